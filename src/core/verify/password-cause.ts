import type { Pod } from '../cluster/kubernetes-pod.ts';
import type { Secret } from '../cluster/secret.ts';
import { claimOf, type Claims } from '../sources/existing-data.ts';
import type { StackCheck, StackValue } from '../stack/stack.ts';
import { utcText } from '../utc-text.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { LikelyCause } from './verify-report.ts';

type LoginCheck = Extract<StackCheck, { kind: 'postgres-login' }>;

export interface RefusedLogin {
  readonly spec: Pick<LoginCheck, 'user' | 'password'>;
  readonly workload: Workload;
  readonly pod: Pod;
  readonly container: string;
  /** The Secret that the password is taken from; undefined where it could not be read or the stack holds the value. */
  readonly secret: Secret | undefined;
  readonly claims: Claims;
  /** The newest state of that Secret that c2l keeps in which the password was another. */
  readonly revision: string | undefined;
}

/**
 * Why a database refuses the password that the Secret holds: PostgreSQL takes its password at the first start on an
 * empty volume, and never again. What the times of volume and value speak for is said as likely: nobody can look into
 * the database without its password.
 */
export function passwordCause(refused: RefusedLogin): LikelyCause | undefined {
  const { password } = refused.spec;
  if (!('secret' in password)) return undefined;
  return {
    cause: causeText(refused, password),
    ways: [...restoreWays(refused, password), changeWay(refused, password)],
  };
}

type SecretKey = Extract<StackValue, { secret: string }>;

const rule = 'PostgreSQL takes POSTGRES_PASSWORD at its first start alone';

function causeText(refused: RefusedLogin, { secret: name, key }: SecretKey): string {
  const { workload, pod, secret, claims } = refused;
  const claim = claimOf(workload, claims);
  const store = claim?.text ?? `pod/${pod.metadata.name}`;
  const since = claim === undefined ? pod.status?.startTime : claim.createdAt;
  const written = lastWritten(secret, key);
  const value = `key ${key} of secret ${name}`;
  if (since === undefined || written === undefined || written.at <= since) {
    return `likely ${store} was initialised with another password than ${value} holds, or it was changed inside the database: ${rule}`;
  }
  const when = written.isExact ? 'was written' : 'may have been written as late as';
  const began = `${store} is there since ${utcText(since)}${restartsOf(refused)}`;
  return `likely the data was initialised with another password: ${began}, and ${value} ${when} ${utcText(written.at)}${written.by}; ${rule}`;
}

function restartsOf({ pod, container }: RefusedLogin): string {
  const restarts = pod.status?.containerStatuses?.find(({ name }) => name === container)?.restartCount ?? 0;
  return restarts === 0 ? '' : ` (restarts of its container: ${restarts})`;
}

interface Written {
  readonly at: string;
  /** ` by NAME`, or nothing where nobody knows. */
  readonly by: string;
  /** A writer's time moves with any of its keys. */
  readonly isExact: boolean;
}

function lastWritten(secret: Secret | undefined, key: string): Written | undefined {
  if (secret === undefined) return undefined;
  const { keyChangedAt, lastWrite, metadata } = secret;
  const by = lastWrite === undefined || lastWrite.manager === '' ? '' : ` by ${lastWrite.manager}`;
  const exact = keyChangedAt.get(key);
  if (exact !== undefined) return { at: exact, isExact: true, by: exact === lastWrite?.at ? by : '' };
  const at = lastWrite?.at ?? metadata.creationTimestamp;
  return at === undefined ? undefined : { at, isExact: false, by };
}

function restoreWays({ workload, revision }: RefusedLogin, { secret, key }: SecretKey): LikelyCause['ways'] {
  const { namespace } = workload.ref;
  const what = 'put the value back that the data was made with';
  return revision !== undefined
    ? [{ what, command: `c2l rollback ${secret} ${revision} -n ${namespace}` }]
    : [
        {
          what: `${what}: --from names a backup or vault that has it, else it is asked for`,
          command: `c2l fix-secrets ${secret}/${key} --overwrite ${key} -n ${namespace}`,
        },
      ];
}

/** psql asks for the new password itself, so that it stands in no argument and no log. */
function changeWay(
  { spec: { user }, workload, pod, container }: RefusedLogin,
  { secret, key }: SecretKey,
): LikelyCause['ways'][number] {
  const role = 'value' in user && /^[a-z_][a-z0-9_]*$/.test(user.value) ? ` ${user.value}` : '';
  const psql = `psql -U "\${POSTGRES_USER:-postgres}" -d postgres -c "\\password${role}"`;
  return {
    what: `or give the database the password that key ${key} of secret ${secret} holds; psql asks for it`,
    command: `kubectl exec -it -n ${workload.ref.namespace} ${pod.metadata.name} -c ${container} -- sh -c '${psql}'`,
  };
}
