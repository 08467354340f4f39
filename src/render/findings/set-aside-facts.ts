import type { AuditReport } from '../../core/audit/audit-report.ts';
import { refText } from '../../core/cluster/kubernetes.ts';

/** A sentence for each finding that does not count, and for each that was meant not to. */
export function setAsideFacts({ ignored, lapsedIgnores, baseline }: AuditReport): string[] {
  return [
    ...ignored.map(
      ({ code, message, ignored: { reason, until, by } }) =>
        `ignored until ${until} by ${by} (${reason}): ${code}, ${message}`,
    ),
    ...lapsedIgnores.map(({ object, why }) => `not ignored any more: ${refText(object)}, ${why}`),
    ...(baseline === undefined
      ? []
      : [
          `baseline of ${baseline.takenAt}: ${baseline.known.length} known, ${baseline.gone.length} gone, ${baseline.unseen.length} not seen because something could not be read`,
          ...baseline.known.map(({ message }) => `known: ${message}`),
          ...baseline.gone.map(({ message }) => `gone: ${message}`),
        ]),
  ];
}
