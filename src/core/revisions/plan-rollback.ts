import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import type { SecretPlan } from '../fix/plan-secrets.ts';
import type { PlannedKey } from '../fix/planned-secret.ts';
import type { SecretTarget } from '../fix/secret-target.ts';
import type { KeptRevision } from './kept-revision.ts';
import { marksOf } from './revision.ts';

/** What makes a Secret hold again exactly what a revision holds: nothing more, nothing less. */
export function planRollback(revision: KeptRevision, current: Secret | undefined, isInGit: boolean): SecretPlan {
  const before = current?.data ?? new Map<string, never>();
  const source = `revision ${revision.id}`;
  const kept = [...revision.data].map(([key, value]): PlannedKey => {
    const present = before.get(key);
    if (present === undefined) return { key, change: 'ADD', source };
    return present.equals(value) ? { key, change: 'SAME' } : { key, change: 'CHANGE', source };
  });
  const removed = [...before.keys()]
    .filter((key) => !revision.data.has(key))
    .map((key): PlannedKey => ({ key, change: 'REMOVE' }));
  const keys = [...kept, ...removed].sort((left, right) => compareText(left.key, right.key));
  const written = new Set(keys.filter(({ change }) => change === 'ADD' || change === 'CHANGE').map(({ key }) => key));
  const isSame = keys.every(({ change }) => change === 'SAME');
  return {
    object: { kind: 'Secret', namespace: revision.namespace, name: revision.secretName },
    action: actionOf(current, isSame),
    keys,
    current,
    type: revision.secretType,
    values: new Map([...revision.data].filter(([key]) => written.has(key))),
    ...(current === undefined ? { marks: marksOf(revision, isInGit) } : {}),
  };
}

function actionOf(current: Secret | undefined, isSame: boolean): SecretPlan['action'] {
  if (current === undefined) return 'create';
  if (isSame) return 'none';
  return current.immutable ? 'recreate' : 'patch';
}

/** The plan as those see it who judge whether a Secret may be written at all. */
export function rollbackTarget({ object, current, type, keys }: SecretPlan): SecretTarget {
  const wanted = keys
    .filter(({ change }) => change !== 'SAME')
    .map(({ key, change }) => ({
      namespace: object.namespace,
      secret: object.name,
      key,
      reason: change === 'ADD' ? ('missing' as const) : ('overwrite' as const),
      references: [],
    }));
  return { object, current, type, wanted };
}
