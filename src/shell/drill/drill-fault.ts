import { refText } from '../../core/cluster/kubernetes.ts';
import type { EvictedPod } from '../../core/drill/drill-pods.ts';
import { isFaultless, type DrillPlan } from '../../core/drill/plan-drill.ts';
import type { SecretFault } from '../../core/drill/secret-fault.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import { budgetRetryMs } from '../restart/replace-pods.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import type { Journal } from './drill-journal.ts';

/** Breaks what the plan says, each object with a line of its own before; then whoever uses it starts anew. */
export async function injectFault(session: Session, plan: DrillPlan, journal: Journal): Promise<void> {
  if (isFaultless(plan)) return;
  await journal.arm();
  for (const fault of plan.faults) {
    await journal.write('fault', faultText(fault), { faultAt: journal.openedAt });
    await breakSecret(session, fault);
  }
  for (const { ref, resource, uid } of plan.workloads) {
    await journal.write('fault', `${refText(ref)} is deleted`, { faultAt: journal.openedAt });
    await session.cluster.deleteWorkload({ resource, namespace: ref.namespace, name: ref.name, uid });
  }
}

/** Gives the pods that a PodDisruptionBudget keeps, for longer than it is waited for each. */
export async function startAnew(session: Session, pods: readonly EvictedPod[], patienceMs = 0): Promise<string[]> {
  const refused: string[] = [];
  for (const { pod, uid } of pods) {
    refuseWhenInterrupted(session);
    try {
      const isGone = await evicted(session, { namespace: pod.namespace, name: pod.name, uid }, patienceMs);
      if (!isGone) refused.push(`${refText(pod)} stays: a PodDisruptionBudget keeps it`);
    } catch (error) {
      // One that was replaced meanwhile has started anew already.
      if (!(error instanceof OperatorError)) throw error;
      if (error.code !== 'conflict') refused.push(`${refText(pod)} stays: ${error.message}`);
    }
  }
  return refused;
}

async function evicted(
  { cluster, deps }: Session,
  target: Parameters<Session['cluster']['evictPod']>[0],
  patienceMs: number,
): Promise<boolean> {
  const pace = { everyMs: budgetRetryMs, deadline: deps.clock.monotonic() + patienceMs };
  const eviction = await lookUntil(
    deps,
    pace,
    () => cluster.evictPod(target),
    ({ isDone }) => isDone,
  );
  return eviction.isDone;
}

export function faultText({ secret, does, keys }: SecretFault): string {
  const { name } = secret.metadata;
  const words = {
    lost: `secret/${name} is deleted`,
    'keys-lost': `secret/${name} loses ${keys.join(', ')}`,
    'another-value': `secret/${name} gets another value of ${keys.join(', ')}`,
    'line-break': `secret/${name} gets a line break at the end of ${keys.join(', ')}`,
    'encoded-twice': `secret/${name} holds ${keys.join(', ')} encoded in base64 twice`,
  };
  return words[does];
}

export async function breakSecret(
  { cluster, deps }: Session,
  { secret, does, keys }: Pick<SecretFault, 'secret' | 'does' | 'keys'>,
): Promise<void> {
  const { namespace, name, uid = '', resourceVersion = '' } = secret.metadata;
  if (does === 'lost') {
    await cluster.deleteSecret({ namespace, name, uid });
    return;
  }
  const changed = (value: SecretValue): SecretValue => {
    if (does === 'encoded-twice') return value.encodedAgain();
    if (does === 'line-break') return value.withLineBreak();
    const digits = Array.from(deps.randomBytes(16), (byte) => byte.toString(16).padStart(2, '0'));
    return SecretValue.fromText(`drill-${digits.join('')}`);
  };
  const data = new Map(
    does === 'keys-lost'
      ? []
      : keys.flatMap((key) => {
          const value = secret.data.get(key);
          return value === undefined ? [] : [[key, changed(value)] as const];
        }),
  );
  const remove = does === 'keys-lost' ? keys : [];
  await cluster.patchSecret({ namespace, name, resourceVersion, data, remove, annotations: {} });
}
