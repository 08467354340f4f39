import type { PlannedPause } from '../core/argocd/plan-pause.ts';
import { refText } from '../core/cluster/kubernetes.ts';
import { listText } from '../core/list-text.ts';
import { durationText, paragraph } from './layout.ts';
import type { Style } from './style.ts';

/** What is paused for how long, and what comes after: before anything is agreed to. */
export function pauseLines({ objects, keys, durationMs }: PlannedPause, style: Style): string[] {
  if (objects.length === 0) return [];
  const innermost = objects.at(-1);
  const isExternal = innermost?.kind === 'ExternalSecret';
  const what = keys.length === 0 ? 'the Secret' : listText(keys);
  const after = isExternal
    ? `then External Secrets writes what its store holds at once: put ${what} into the store to keep it`
    : `then Argo CD sets back what Git does not hold at once: commit ${what} to Git to keep it`;
  const names = objects.map(refText).join(', ');
  return paragraph('pause  ', `${names} for ${durationText(durationMs)}; ${after}`, style.width);
}
