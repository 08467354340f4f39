import type { ClusterReader } from '../../cluster-ports.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import type { StackValue } from '../../core/stack/stack.ts';
import type { PlannedCheck } from '../../core/verify/checks.ts';
import { fail, notRead, type Attempt } from './attempt.ts';

/** The live values: what verify proves is that the Secret as it stands now opens the door. */
export async function loginOf(
  { user, password }: { user: StackValue; password: StackValue },
  { object }: PlannedCheck,
  cluster: ClusterReader,
): Promise<{ user: SecretValue; password: SecretValue } | Attempt> {
  const [userValue, passwordValue] = await Promise.all(
    [user, password].map((value) => liveValue(value, object.namespace, cluster)),
  );
  if (userValue === undefined || passwordValue === undefined) return fail('has no user or password to log in with');
  if (!(userValue instanceof SecretValue)) return userValue;
  if (!(passwordValue instanceof SecretValue)) return passwordValue;
  return { user: userValue, password: passwordValue };
}

export async function liveValue(
  value: StackValue,
  namespace: string,
  cluster: ClusterReader,
): Promise<SecretValue | Attempt> {
  if ('value' in value) return SecretValue.fromText(value.value);
  const secret = await cluster.readSecret(namespace, value.secret);
  if (secret.state === 'unreadable') return notRead(secret);
  if (secret.state === 'absent') return fail(`secret ${value.secret} does not exist`, false);
  return secret.value.data.get(value.key) ?? fail(`${valueText(value)} is missing`, false);
}

export function valueText(value: StackValue): string {
  return 'value' in value ? 'the given value' : `key ${value.key} of secret ${value.secret}`;
}
