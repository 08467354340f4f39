import type { CheckResult } from './verify-report.ts';

type Outcome = CheckResult['outcome'];

/** A check that ended otherwise than in the round before. */
export interface CheckChange {
  readonly check: CheckResult;
  /** Undefined where it was not made before. */
  readonly was: Outcome | undefined;
}

/** Changes that are told in one breath. */
export type ChangeGroup = readonly [CheckChange, ...CheckChange[]];

export function checkId({ component, name }: Pick<CheckResult, 'component' | 'name'>): string {
  return `${component}: ${name}`;
}

/** What is otherwise than in the rounds before; of a first round all that did not pass. */
export function checkChanges(checks: readonly CheckResult[], before: ReadonlyMap<string, Outcome>): CheckChange[] {
  return checks
    .map((check) => ({ check, was: before.get(checkId(check)) }))
    .filter(({ check, was }) => was !== check.outcome && !(before.size === 0 && check.outcome === 'pass'));
}

/**
 * What was skipped for the same reason goes together, and what came right of one component; each failure stands for
 * itself.
 */
export function changeGroups(changes: readonly CheckChange[]): ChangeGroup[] {
  const groups = new Map<string, [CheckChange, ...CheckChange[]]>();
  for (const change of changes) {
    const key = groupOf(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()];
}

function groupOf({ check, was }: CheckChange): string {
  if (check.outcome === 'skipped') return `skipped ${check.detail}`;
  return check.outcome === 'pass' ? `pass ${check.component} ${was ?? ''}` : checkId(check);
}
