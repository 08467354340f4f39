import { refText } from '../../src/core/cluster/kubernetes.ts';
import type { Finding } from '../../src/core/findings/findings.ts';

/** Each finding as one line: what it is, what it says, what is to be done, and what it blocks. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, code, message, fix, blocks }) => {
    const held = blocks.length === 0 ? '' : ` -> ${blocks.map(refText).join(' ')}`;
    return `${severity} ${code}: ${message} [${fix}]${held}`;
  });
}
