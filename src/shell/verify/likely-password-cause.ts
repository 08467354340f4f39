import { revisionsIn } from '../../core/revisions/revision.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { passwordCause } from '../../core/verify/password-cause.ts';
import type { LikelyCause } from '../../core/verify/verify-report.ts';
import { readyPod, servingContainer, workloadOf, type CheckOf, type CheckWorld } from './attempt.ts';

/** Looks for what speaks for a volume that was initialised with another password than the Secret holds now. */
export async function likelyPasswordCause(
  check: CheckOf<'postgres-login'>,
  { cluster, view }: CheckWorld,
): Promise<LikelyCause | undefined> {
  const { spec, object } = check;
  const { password } = spec;
  const snapshot = await view();
  const workload = workloadOf(snapshot, check);
  const pod = readyPod(snapshot, check);
  if (workload === undefined || pod === undefined || !('secret' in password)) return undefined;
  const [secret, claims, kept] = await Promise.all([
    cluster.readSecret(object.namespace, password.secret),
    cluster.list('persistentvolumeclaims', object.namespace),
    cluster.listRevisions(object.namespace),
  ]);
  const now = secret.state === 'present' ? secret.value : undefined;
  const held = now?.data.get(password.key);
  const revisions =
    kept.state === 'present' ? revisionsIn(kept.value, { namespace: object.namespace, name: password.secret }) : [];
  return passwordCause({
    spec,
    workload,
    pod,
    container: servingContainer(pod, spec.port),
    secret: now,
    claims,
    revision: revisions.find(({ data }) => differs(data.get(password.key), held))?.id,
  });
}

function differs(before: SecretValue | undefined, now: SecretValue | undefined): boolean {
  return before !== undefined && now?.equals(before) !== true;
}
