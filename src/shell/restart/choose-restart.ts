import { findSubject, hiddenBy } from '../../core/audit/find-subject.ts';
import { findObject } from '../../core/cluster/find-object.ts';
import { refId, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { unreadFix, unreadText } from '../../core/diagnose/diagnose-unreadable.ts';
import { buildScene, type Scene } from '../../core/diagnose/diagnosis-scene.ts';
import type { ChosenSecret } from '../../core/restart/affected-by.ts';
import type { RestartChoice } from '../../core/restart/plan-restart.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Session } from '../session.ts';

/** As they are typed. */
export interface RestartWords {
  /** Workloads whose data may be lost with their pods. */
  readonly acceptDataLoss?: readonly string[] | undefined;
  /** Workloads whose pods may be deleted where a budget refuses their eviction. */
  readonly delete?: readonly string[] | undefined;
  /** `secret/NAME[:KEY]`. */
  readonly affectedBy?: string | undefined;
}

/** Ids of workloads whose broken pods are deleted where their budget refuses the eviction. */
export interface DeleteChoice {
  readonly deletable: ReadonlySet<string>;
}

/** What the words mean in this cluster. Throws `usage` where they mean nothing. */
export function chooseRestart(
  { stack }: Session,
  snapshot: Snapshot,
  words: RestartWords,
): RestartChoice & DeleteChoice {
  const scene = buildScene(snapshot, stack);
  const ids = (typed: readonly string[] = []): Set<string> =>
    new Set(typed.map((word) => refId(subjectOf(scene, word, 'workload'))));
  return {
    acceptDataLoss: ids(words.acceptDataLoss),
    deletable: ids(words.delete),
    affectedBy: words.affectedBy === undefined ? undefined : chosenSecret(scene, words.affectedBy),
  };
}

function chosenSecret(scene: Scene, typed: string): ChosenSecret {
  const match = /^(secrets?\/[^/:]+)(?::([-._a-zA-Z0-9]+))?$/.exec(typed);
  if (match === null) {
    throw new OperatorError('usage', `"${typed}" names no Secret`, { hint: '--affected-by secret/NAME[:KEY]' });
  }
  const [, word = '', key] = match;
  const { namespace, name } = subjectOf(scene, word, 'secret');
  const chosen = { namespace, secret: name, ...(key === undefined ? {} : { key }) };
  refuseUnknownKey(scene, chosen);
  return chosen;
}

function refuseUnknownKey({ snapshot, needs }: Scene, { namespace, secret: name, key }: ChosenSecret): void {
  const secret = findObject(snapshot.secrets.items, { namespace, name });
  if (key === undefined || secret === undefined || secret.data.has(key)) return;
  const need = needs.find((each) => each.namespace === namespace && each.name === name);
  if (need?.keys.some((each) => each.key === key) === true) return;
  const keys = [...secret.data.keys()].sort().join(', ');
  throw new OperatorError('usage', `secret ${name} has no key ${key}, and nothing needs one`, {
    hint: keys === '' ? `c2l audit secret/${name}` : `its keys are ${keys}`,
  });
}

function subjectOf(scene: Scene, word: string, kind: 'workload' | 'secret'): ObjectRef {
  const found = findSubject(scene, word);
  if (found.ok && found.kind === kind) return found.ref;
  if (found.ok) throw new OperatorError('usage', `${word} is no ${kind}`, { hint: 'c2l restart --dry-run -v' });
  const [hidden] = found.isSeen === true ? [] : hiddenBy(scene, word, scene.snapshot.secrets.gaps);
  if (hidden === undefined) throw new OperatorError('usage', found.message, { hint: found.hint });
  throw new OperatorError('nothing-readable', `it is not known whether there is ${word}: ${unreadText(hidden)}`, {
    hint: unreadFix(hidden),
    exitCode: ExitCode.unreadable,
  });
}
