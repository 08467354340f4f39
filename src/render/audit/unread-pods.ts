import type { Finding } from '../../core/findings/findings.ts';

/** Whether a report speaks of workloads without having seen their pods: its counts are then the workloads' own. */
export function hasUnreadPods(findings: readonly Finding[]): boolean {
  return findings.some(({ code, object }) => code === 'unreadable' && object.kind === 'Pod' && object.name === '');
}

export const unreadPodsText = 'pods could not be read';
