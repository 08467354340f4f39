import { refId } from '../cluster/kubernetes.ts';
import type { Gap } from '../cluster/snapshot.ts';
import type { Finding } from '../findings/findings.ts';
import { count } from '../list-text.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import type { PlannedCheck } from '../verify/checks.ts';
import type { Observation, Target } from './targets.ts';
import { apiServerName } from './watch-problems.ts';

export const apiServerTarget: Target = {
  id: apiServerName,
  group: apiServerName,
  needs: [],
  critical: true,
  place: 'endpoint',
};

const common = { place: 'cluster', critical: true } as const;

/** The checks of verify as targets; a component hangs on the Secrets that it takes keys from. */
export function checkTargets(checks: readonly PlannedCheck[], secrets: readonly SecretNeed[]): Target[] {
  return checks.map(({ id, component, critical, needs, object }) => {
    const taken = secrets.filter(({ references }) => references.some((place) => refId(place) === refId(object)));
    return { ...common, id, group: component, critical, needs: [...needs, ...taken.map(secretName), apiServerName] };
  });
}

function secretName({ namespace, name }: Pick<SecretNeed, 'namespace' | 'name'>): string {
  return `secret ${namespace}/${name}`;
}

/**
 * Each Secret that something needs, as a target of its own: where several components fail for its missing keys, it is
 * what one incident is about. Secrets that may not be read are left out: a checker need not be trusted with them.
 */
export function secretTargets(
  secrets: readonly SecretNeed[],
  diagnosis: readonly Finding[],
): { targets: Target[]; observations: Observation[] } {
  const readable = secrets.filter(({ gap }) => gap === undefined);
  return {
    targets: readable.map((need) => ({
      ...common,
      id: secretName(need),
      group: secretName(need),
      needs: [apiServerName],
    })),
    observations: readable.map((need) => {
      const wrong = diagnosis.filter(
        ({ object, severity }) =>
          severity === 'error' &&
          object.kind === 'Secret' &&
          object.namespace === need.namespace &&
          object.name === need.name,
      );
      return { id: secretName(need), durationMs: 0, ...judged(wrong) };
    }),
  };
}

function judged([first, ...rest]: readonly Finding[]): Pick<Observation, 'outcome' | 'detail'> {
  if (first === undefined) return { outcome: 'pass', detail: 'has what is needed of it' };
  const more = rest.length === 0 ? '' : `; ${count(rest.length, 'more finding')}`;
  return { outcome: 'fail', detail: `${first.message}${more}` };
}

/** What could not be listed: its objects have no targets, and that must not read as "nothing failed". */
export function gapTargets(gaps: readonly Gap[]): { targets: Target[]; observations: Observation[] } {
  const id = ({ resource, namespace }: Gap): string => `list ${resource}${namespace === '' ? '' : ` of ${namespace}`}`;
  return {
    targets: gaps.map((gap) => ({ ...common, id: id(gap), group: id(gap), needs: [apiServerName] })),
    observations: gaps.map((gap) => ({ id: id(gap), durationMs: 0, outcome: 'unreadable', detail: gap.reason })),
  };
}
