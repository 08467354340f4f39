import type { Right } from '../../cluster-ports.ts';
import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { ExternalSecret } from '../../core/cluster/secret-writer-objects.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { externalSecretFor, migratedLabel } from '../../core/migrate/writer-manifests.ts';
import { stateOf } from '../../core/owners/finding-owner.ts';
import { conditionOf, creationPolicy, targetName } from '../../core/owners/secret-writers.ts';
import { OperatorError } from '../../errors.ts';
import { cannotDecide, type Session } from '../session.ts';
import { declaredOf, proveValues, removeTrialStep, trialName, type ExternalOptions } from './external-trial.ts';
import { externalResource, externalsIn, rightsFor, untilReady } from './external-writers.ts';
import { readUnchanged, type MigrationCourse, type MigrationStep } from './migrate-steps.ts';

/** What External Secrets would write, tried beside the Secret before the Secret itself is given to it. */
export async function courseToExternal(
  session: Session,
  secret: Secret,
  options: ExternalOptions,
): Promise<MigrationCourse> {
  const { namespace, name } = secret.metadata;
  const all = await externalsIn(session, namespace);
  const writer = all.find((each) => targetName(each) === name && creationPolicy(each) !== 'None');
  const object = { kind: 'ExternalSecret', namespace, name };
  const notes = unmapped(session, secret);
  const rights = rightsFor(secret);
  if (writer !== undefined) return { steps: await waitOnly(session, secret, { writer, options }), rights, notes };
  await refuseUnusableStore(session, namespace, options.store);
  const trial = trialName(name);
  const triedRight: Right = { verb: 'get', group: '', resource: 'secrets', namespace, name: trial };
  return {
    rights: [...rights, triedRight],
    notes,
    steps: [
      {
        action: 'prove-values',
        object,
        plan: `that ${refText({ ...options.store, namespace })} has the same values, by a trial beside: ${trial}`,
        run: () => proveValues(session, secret, options),
      },
      {
        action: 'create-writer',
        object,
        plan: 'which writes these very values, and whose end the Secret outlives',
        run: async () => {
          const unchanged = await readUnchanged(session, secret);
          const target = { name, creationPolicy: 'Orphan' as const };
          const manifest = externalSecretFor(unchanged, declaredOf(session, unchanged), {
            store: options.store,
            target,
          });
          await session.cluster.createSecretWriter({ resource: externalResource, manifest });
          return 'created';
        },
      },
      waitStep(session, secret, { object, options }),
    ],
  };
}

/** Whoever was killed after the creation, or finds the work done by somebody else. */
async function waitOnly(
  session: Session,
  secret: Secret,
  { writer, options }: { writer: ExternalSecret; options: ExternalOptions },
): Promise<MigrationStep[]> {
  const { namespace = '', name, labels } = writer.metadata;
  const object = { kind: 'ExternalSecret', namespace, name };
  const { ready, reason = 'no reason told' } = stateOf(conditionOf(writer.status?.conditions, 'Ready'));
  if (ready === 'true') {
    // What a run that was killed left beside goes all the same.
    const left = (await externalsIn(session, namespace)).some(
      (each) => each.metadata.name === trialName(secret.metadata.name),
    );
    return left ? [removeTrialStep(session, secret)] : [];
  }
  if (labels?.['app.kubernetes.io/managed-by'] === migratedLabel['app.kubernetes.io/managed-by'])
    return [waitStep(session, secret, { object, options })];
  throw new OperatorError(
    'secret-owned',
    `${refText(object)} is there for Secret ${secret.metadata.name} and not ready (${reason})`,
    {
      hint: `kubectl -n ${namespace} describe externalsecret ${name}`,
    },
  );
}

function waitStep(
  session: Session,
  secret: Secret,
  { object, options }: { object: ObjectRef; options: ExternalOptions },
): MigrationStep {
  return {
    action: 'wait-ready',
    object,
    plan: 'until it has written, and every key is still what it was',
    run: async () => {
      await untilReady(session, object, options.timeoutMs);
      await readUnchanged(session, secret);
      return 'it writes the Secret, and every key is what it was';
    },
  };
}

async function refuseUnusableStore(
  { cluster }: Session,
  namespace: string,
  { kind, name }: ExternalOptions['store'],
): Promise<void> {
  const listed = await (kind === 'ClusterSecretStore'
    ? cluster.list('clustersecretstores')
    : cluster.list('secretstores', namespace));
  if (listed.state === 'unreadable') throw cannotDecide(cluster, listed, 'migrate');
  const stores = listed.state === 'present' ? listed.value : [];
  const store = stores.find(({ metadata }) => metadata.name === name);
  if (store === undefined) {
    const there = stores.map(({ metadata }) => `${kind}/${metadata.name}`).join(', ');
    throw new OperatorError('usage', `namespace ${namespace} has no ${kind} ${name}`, {
      hint:
        there === ''
          ? 'c2l generate external-secrets --out DIR, then kubectl apply -f DIR/secret-store.yaml'
          : `--store ${there}`,
    });
  }
  const { ready, reason = 'no reason told' } = stateOf(conditionOf(store.status?.conditions, 'Ready'));
  if (ready === 'true') return;
  throw new OperatorError('usage', `${kind} ${name} is not ready (${reason})`, {
    hint: `kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}`,
  });
}

/** What c2l generate external-secrets would leave out. */
function unmapped(session: Session, secret: Secret): string[] {
  const declared = declaredOf(session, secret);
  const unknown = [...secret.data.keys()].filter((key) => declared?.keys[key] === undefined);
  if (declared === undefined || unknown.length === 0) return [];
  return [`the stack file does not declare ${unknown.join(', ')}: c2l generate external-secrets would leave them out`];
}
