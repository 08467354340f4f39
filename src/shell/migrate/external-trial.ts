import type { ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { differingKeys } from '../../core/migrate/handover.ts';
import { externalSecretFor } from '../../core/migrate/writer-manifests.ts';
import { namespaceOf, type StackSecret } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Session } from '../session.ts';
import { externalResource, externalsIn, patienceMs, untilReady } from './external-writers.ts';
import { untilSeen, type MigrationStep } from './migrate-steps.ts';

export interface ExternalOptions {
  /** Where the values are. */
  readonly store: Pick<ObjectRef, 'kind' | 'name'>;
  readonly timeoutMs: number;
}

/** The name of what is tried beside a Secret. */
export function trialName(name: string): string {
  return `${name.slice(0, 240)}.c2l-trial`;
}

/** That the store has the very values of a Secret. Throws where it has others; the trial goes either way. */
export async function proveValues(
  session: Session,
  secret: Secret,
  { store, timeoutMs }: ExternalOptions,
): Promise<string> {
  const { namespace, name } = secret.metadata;
  const trial = { kind: 'ExternalSecret', namespace, name: trialName(name) };
  await removeTrial(session, trial, timeoutMs);
  const manifest = externalSecretFor(secret, declaredOf(session, secret), {
    store,
    target: { name: trial.name, creationPolicy: 'Owner' },
  });
  const uid = await session.cluster.createSecretWriter({ resource: externalResource, manifest });
  try {
    await untilReady(session, trial, timeoutMs);
    const made = await session.cluster.readSecret(namespace, trial.name);
    if (made.state !== 'present')
      throw new OperatorError('write-failed', `the trial Secret ${trial.name} could not be read`, {
        exitCode: ExitCode.partial,
      });
    const different = differingKeys(secret.data, made.value.data);
    if (different.length > 0) {
      throw new OperatorError(
        'values-invalid',
        `the store holds another value for ${different.join(', ')}: handed over, the Secret would change`,
        {
          hint: `store what runs: c2l backup -n ${namespace} --to azure-key-vault:NAME-OR-URL`,
        },
      );
    }
    return `the store has the same value for ${secret.data.size === 1 ? 'its one key' : `all ${secret.data.size} keys`}`;
  } finally {
    await session.cluster.deleteSecretWriter({
      resource: externalResource,
      namespace,
      name: trial.name,
      uid,
      takesSecret: true,
    });
  }
}

export function removeTrialStep(session: Session, secret: Secret): MigrationStep {
  const { namespace, name } = secret.metadata;
  const object = { kind: 'ExternalSecret', namespace, name: trialName(name) };
  return {
    action: 'delete-writer',
    object,
    plan: 'a trial that an earlier run left behind',
    run: async () => {
      await removeTrial(session, object, patienceMs);
      return 'gone';
    },
  };
}

/** With its Secret: one of an earlier run would be taken for the answer. */
async function removeTrial(session: Session, { namespace, name }: ObjectRef, timeoutMs: number): Promise<void> {
  const left = (await externalsIn(session, namespace)).find(({ metadata }) => metadata.name === name);
  if (left === undefined) return;
  await session.cluster.deleteSecretWriter({
    resource: externalResource,
    namespace,
    name,
    uid: left.metadata.uid ?? '',
    takesSecret: true,
  });
  await untilSeen(session, timeoutMs, async () => {
    const made = await session.cluster.readSecret(namespace, name);
    return made.state === 'absent'
      ? { found: true }
      : { waitsFor: `the Secret ${name} of an earlier trial is not gone yet` };
  });
}

export function declaredOf({ stack }: Session, { metadata }: Secret): StackSecret | undefined {
  return stack?.secrets.find((each) => each.name === metadata.name && namespaceOf(stack, each) === metadata.namespace);
}
