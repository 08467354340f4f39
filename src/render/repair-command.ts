import type { Finding } from '../core/findings/findings.ts';
import { repairOptions, type TakenFrom } from '../core/sources/source-option.ts';

/**
 * What repairs the first of the errors: where that is `fix-secrets`, with the sources and flags of this run, and with all that
 * this command has to name of the others too.
 */
export function repairCommand(findings: readonly Finding[], taken: TakenFrom): string | undefined {
  const fixes = findings.filter(({ severity }) => severity === 'error').map(({ fix }) => fix);
  const [first] = fixes;
  const base = first === undefined ? undefined : baseOf(first);
  if (base === undefined) return first;
  const named = fixes.filter((fix) => baseOf(fix) === base).flatMap((fix) => fix.match(namingFlags) ?? []);
  return [base, ...repairOptions(taken), ...new Set(named)].join(' ');
}

/** What nothing else explains. */
export function rootsOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ causes }) => causes.length === 0);
}

const namingFlags = /--(?:recreate|overwrite) \S+/g;

function baseOf(fix: string): string | undefined {
  return /^(c2l fix-secrets(?: -n \S+)?)(?: --(?:recreate|overwrite) \S+)*$/.exec(fix)?.[1];
}
