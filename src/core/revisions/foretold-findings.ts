import type { Finding } from '../findings/findings.ts';

/** What would be wrong after a rollback that is only planned, told as what it is, and led away from where it is new. */
export function foretoldFindings(after: readonly Finding[], now: readonly Finding[]): Finding[] {
  const known = new Set(now.map(({ id }) => id));
  return after.map((finding) => {
    const { id, message, object } = finding;
    if (known.has(id)) return finding;
    return { ...finding, message: `after the rollback ${message}`, fix: `c2l history ${object.name}` };
  });
}
