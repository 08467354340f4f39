import type { Stack } from '../stack/stack.ts';
import type { Alert } from './alert.ts';
import { Commented } from './generated-file.ts';

/** As Prometheus reads it; wherever an alert is written, it is the same one to Alertmanager. */
export function alertRule({ name: stack, runbooks }: Stack, alert: Alert): unknown {
  const { name, why, severity = '{{ $labels.severity }}', code, summary, next } = alert;
  return new Commented(why, {
    alert: name,
    expr: alert.expr,
    for: alert.for,
    labels: { severity, stack, finding: code },
    annotations: {
      summary,
      description: `next: ${next}`,
      ...(runbooks === undefined ? {} : { runbook_url: `${runbooks}#${code}` }),
      runbook: `c2l explain ${code}`,
    },
  });
}
