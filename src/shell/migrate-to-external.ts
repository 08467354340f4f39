import { refText, type ObjectRef } from '../core/kubernetes.ts';
import { stateOf } from '../core/finding-owner.ts';
import { differingKeys } from '../core/migrate/handover.ts';
import { externalSecretFor, migratedLabel } from '../core/migrate/writer-manifests.ts';
import { conditionOf, creationPolicy, targetName } from '../core/secret-writers.ts';
import type { ExternalSecret } from '../core/secret-writer-objects.ts';
import type { Secret } from '../core/secret.ts';
import { namespaceOf, type StackSecret } from '../core/stack.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Right } from '../cluster-ports.ts';
import { readUnchanged, untilSeen, type MigrationCourse, type MigrationStep } from './migrate-steps.ts';
import { nothingReadable, type Session } from './session.ts';

export interface ExternalOptions {
  /** Where the values are. */
  readonly store: Pick<ObjectRef, 'kind' | 'name'>;
  readonly timeoutMs: number;
}

const group = 'external-secrets.io';
const resource = 'externalsecrets';
/** A failure may be that of the try before. */
const patienceMs = 10_000;

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
  const rights = rightsFor(namespace);
  if (writer !== undefined) return { steps: await waitOnly(session, secret, { writer, options }), rights, notes };
  await refuseUnusableStore(session, namespace, options.store);
  const trial = trialName(name);
  return {
    rights,
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
          await session.cluster.createSecretWriter({ resource, manifest });
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

/** Gives the Secret back to whoever wants it: nothing of its values is touched. */
export async function courseFromExternal(
  session: Session,
  secret: Secret,
  { timeoutMs }: Pick<ExternalOptions, 'timeoutMs'>,
): Promise<MigrationCourse> {
  const { namespace, name } = secret.metadata;
  const writer = (await externalsIn(session, namespace)).find((each) => targetName(each) === name);
  const isMarked = secret.owner?.by === 'external-secrets';
  const object = { kind: 'ExternalSecret', namespace, name: writer?.metadata.name ?? name };
  const steps: MigrationStep[] = [];
  if (writer !== undefined && creationPolicy(writer) === 'Owner')
    steps.push(orphanStep(session, secret, { object, timeoutMs }));
  if (writer !== undefined) {
    steps.push({
      action: 'delete-writer',
      object,
      plan: 'the Secret stays',
      run: async () => {
        await refuseOwned(session, secret);
        await session.cluster.deleteSecretWriter({
          resource,
          namespace,
          name: object.name,
          uid: writer.metadata.uid ?? '',
          takesSecret: false,
        });
        await untilSeen(session, timeoutMs, async () => {
          const isThere = (await externalsIn(session, namespace)).some(
            ({ metadata }) => metadata.uid === writer.metadata.uid,
          );
          return isThere ? { waitsFor: `${refText(object)} is not gone yet` } : { found: true };
        });
        return 'gone';
      },
    });
  }
  if (writer !== undefined || isMarked) steps.push(releaseStep(session, secret));
  return { steps, rights: rightsFor(namespace), notes: [] };
}

function orphanStep(
  session: Session,
  secret: Secret,
  { object, timeoutMs }: { object: ObjectRef; timeoutMs: number },
): MigrationStep {
  const { cluster } = session;
  return {
    action: 'release-secret',
    object,
    plan: 'creationPolicy Orphan, so that the Secret outlives it',
    run: async () => {
      const ref = { ...object, kind: 'ExternalSecret' as const };
      const found = await cluster.readSynced(ref);
      if (found.state !== 'present')
        throw new OperatorError('conflict', `${refText(object)} can no longer be read`, { exitCode: ExitCode.partial });
      const resourceVersion = found.value.metadata.resourceVersion ?? '';
      await cluster.patchSynced(ref, {
        resourceVersion,
        spec: { target: { creationPolicy: 'Orphan' } },
        annotations: {},
      });
      const { namespace, name } = secret.metadata;
      const owner = await cluster.readSecret(namespace, name);
      if (owner.state === 'present' && isOwned(owner.value)) {
        await cluster.releaseSecret({
          namespace,
          name,
          resourceVersion: owner.value.metadata.resourceVersion ?? '',
          from: resource,
        });
      }
      await untilSeen(session, timeoutMs, async () => {
        const now = await readUnchanged(session, secret);
        return isOwned(now) ? { waitsFor: `${refText(object)} still owns the Secret` } : { found: true };
      });
      return 'the Secret outlives it now';
    },
  };
}

export function isOwned({ metadata }: Secret): boolean {
  return (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'ExternalSecret' || kind === 'SealedSecret');
}

/** With an owner that goes the Secret would go too. */
export async function refuseOwned(session: Session, secret: Secret): Promise<void> {
  const now = await readUnchanged(session, secret);
  if (!isOwned(now)) return;
  throw new OperatorError('conflict', `Secret ${secret.metadata.name} still has an owner that it would go with`, {
    exitCode: ExitCode.partial,
  });
}

function releaseStep(session: Session, secret: Secret): MigrationStep {
  const { namespace, name } = secret.metadata;
  return {
    action: 'release-secret',
    object: { kind: 'Secret', namespace, name },
    plan: 'the marks of External Secrets go, the values stay',
    run: async () => {
      const now = await readUnchanged(session, secret);
      await session.cluster.releaseSecret({
        namespace,
        name,
        resourceVersion: now.metadata.resourceVersion ?? '',
        from: resource,
      });
      await readUnchanged(session, secret);
      return 'nobody writes it any more, and every key is what it was';
    },
  };
}

function trialName(name: string): string {
  return `${name.slice(0, 240)}.c2l-trial`;
}

async function proveValues(session: Session, secret: Secret, { store, timeoutMs }: ExternalOptions): Promise<string> {
  const { namespace, name } = secret.metadata;
  const trial = { kind: 'ExternalSecret', namespace, name: trialName(name) };
  await removeTrial(session, trial, timeoutMs);
  const manifest = externalSecretFor(secret, declaredOf(session, secret), {
    store,
    target: { name: trial.name, creationPolicy: 'Owner' },
  });
  const uid = await session.cluster.createSecretWriter({ resource, manifest });
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
    return `the store has the same value for all ${secret.data.size} keys`;
  } finally {
    await session.cluster.deleteSecretWriter({ resource, namespace, name: trial.name, uid, takesSecret: true });
  }
}

function removeTrialStep(session: Session, secret: Secret): MigrationStep {
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
    resource,
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

async function untilReady(session: Session, object: ObjectRef, timeoutMs: number): Promise<void> {
  const begun = session.deps.clock.monotonic();
  await untilSeen(session, timeoutMs, async () => {
    const status = (await externalsIn(session, object.namespace)).find(
      ({ metadata }) => metadata.name === object.name,
    )?.status;
    const { ready, reason = 'no reason told' } = stateOf(conditionOf(status?.conditions, 'Ready'));
    if (ready === 'true') return { found: true };
    if (ready !== 'false') return { waitsFor: `${refText(object)} is not looked at: does External Secrets run?` };
    const isFinal = session.deps.clock.monotonic() - begun > patienceMs;
    return {
      waitsFor: `${refText(object)} is not ready (${reason}): kubectl -n ${object.namespace} get events names what its store lacks`,
      isFinal,
    };
  });
}

async function externalsIn({ cluster }: Session, namespace: string): Promise<readonly ExternalSecret[]> {
  const listed = await cluster.list(resource, namespace);
  if (listed.state === 'present') return listed.value;
  if (listed.state === 'unreadable') throw nothingReadable(cluster, listed.reason);
  throw new OperatorError('usage', 'External Secrets is not installed here: the API has no ExternalSecrets', {
    hint: 'install it first, or: --to sealed-secrets',
  });
}

async function refuseUnusableStore(
  { cluster }: Session,
  namespace: string,
  { kind, name }: ExternalOptions['store'],
): Promise<void> {
  const listed = await (kind === 'ClusterSecretStore'
    ? cluster.list('clustersecretstores')
    : cluster.list('secretstores', namespace));
  if (listed.state === 'unreadable') throw nothingReadable(cluster, listed.reason);
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

function declaredOf({ stack }: Session, { metadata }: Secret): StackSecret | undefined {
  return stack?.secrets.find((each) => each.name === metadata.name && namespaceOf(stack, each) === metadata.namespace);
}

/** What c2l generate external-secrets would leave out. */
function unmapped(session: Session, secret: Secret): string[] {
  const declared = declaredOf(session, secret);
  const unknown = [...secret.data.keys()].filter((key) => declared?.keys[key] === undefined);
  if (declared === undefined || unknown.length === 0) return [];
  return [`the stack file does not declare ${unknown.join(', ')}: c2l generate external-secrets would leave them out`];
}

function rightsFor(namespace: string): Right[] {
  const of = (verb: Right['verb'], what: string, in_ = group): Right => ({
    verb,
    group: in_,
    resource: what,
    namespace,
  });
  return [
    of('create', resource),
    of('delete', resource),
    of('create', 'secrets', ''),
    of('get', 'secrets', ''),
    of('patch', 'secrets', ''),
  ];
}
