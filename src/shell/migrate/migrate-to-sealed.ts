import type { Right } from '../../cluster-ports.ts';
import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { SealedSecret } from '../../core/cluster/secret-writer-objects.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { migratedLabel, adoptAnnotation, sealedSecretFor } from '../../core/migrate/writer-manifests.ts';
import { conditionOf } from '../../core/owners/secret-writers.ts';
import { OperatorError } from '../../errors.ts';
import { openSealer } from '../owners/seal-secrets.ts';
import { sealingCertificate, type CertificatePlace } from '../owners/sealing-certificate.ts';
import { cannotDecide, type Session } from '../session.ts';
import {
  deleteWriterStep,
  isOwned,
  ownRights,
  readUnchanged,
  releaseStep,
  untilSeen,
  type MigrationCourse,
  type MigrationStep,
} from './migrate-steps.ts';

export interface SealedOptions {
  readonly sealing: CertificatePlace;
  readonly timeoutMs: number;
}

const resource = 'sealedsecrets';

/** The values that run are sealed, so that what is unsealed is what was there. */
export async function courseToSealed(
  session: Session,
  secret: Secret,
  options: SealedOptions,
): Promise<MigrationCourse> {
  const { namespace, name } = secret.metadata;
  const object = { kind: 'SealedSecret', namespace, name };
  const rights = rightsFor(secret);
  const notes: string[] = [];
  const there = await sealedNamed(session, object);
  const owns = secret.metadata.ownerReferences?.some(({ uid }) => uid === there?.metadata.uid) === true;
  if (owns && synced(there) === 'True') return { steps: [], rights, notes };
  if (!owns) refuseForeign(object, there);
  const wait = waitStep(session, secret, { object, options });
  const isRefused = there !== undefined && !owns && synced(there) === 'False';
  if (there !== undefined && !isRefused) return { steps: [adoptStep(session, secret), wait], rights, notes };
  const certificate = await sealingCertificate(session, options.sealing);
  await openSealer(session.deps);
  const steps = [
    adoptStep(session, secret),
    // Sealed Secrets looks at the mark on a Secret only when it unseals: what was refused before is made anew.
    ...(there === undefined ? [] : [deleteStep(session, secret, { object, there, timeoutMs: options.timeoutMs })]),
    createStep(session, secret, { object, certificate }),
    wait,
  ];
  return { steps, rights, notes };
}

function refuseForeign(object: ObjectRef, there: SealedSecret | undefined): void {
  if (there === undefined || isOurs(there)) return;
  throw new OperatorError(
    'secret-owned',
    `${refText(object)} is there already, and does not write the Secret: what it holds only its controller can read`,
    { hint: `kubectl -n ${object.namespace} delete sealedsecret ${object.name} --cascade=orphan, then the same again` },
  );
}

export async function courseFromSealed(
  session: Session,
  secret: Secret,
  { timeoutMs }: Pick<SealedOptions, 'timeoutMs'>,
): Promise<MigrationCourse> {
  const { namespace, name } = secret.metadata;
  const object = { kind: 'SealedSecret', namespace, name };
  const there = await sealedNamed(session, object);
  const isMarked = isOwned(secret) || secret.metadata.annotations?.[adoptAnnotation] !== undefined;
  return {
    steps: [
      ...(isMarked ? [releaseStep(session, secret, { resource, of: 'Sealed Secrets', timeoutMs })] : []),
      ...(there === undefined ? [] : [deleteStep(session, secret, { object, there, timeoutMs })]),
    ],
    rights: rightsFor(secret),
    notes: [],
  };
}

function adoptStep(session: Session, secret: Secret): MigrationStep {
  const { namespace, name } = secret.metadata;
  return {
    action: 'adopt-secret',
    object: { kind: 'Secret', namespace, name },
    plan: `marked as ${adoptAnnotation}: without it Sealed Secrets leaves it alone`,
    run: async () => {
      const now = await readUnchanged(session, secret);
      if (now.metadata.annotations?.[adoptAnnotation] === 'true') return 'marked already';
      const resourceVersion = now.metadata.resourceVersion ?? '';
      await session.cluster.patchSecret({
        namespace,
        name,
        resourceVersion,
        data: new Map(),
        annotations: { [adoptAnnotation]: 'true' },
      });
      return 'marked';
    },
  };
}

function createStep(
  session: Session,
  secret: Secret,
  { object, certificate }: { object: ObjectRef; certificate: string },
): MigrationStep {
  const { namespace, name } = object;
  return {
    action: 'create-writer',
    object,
    plan: `${secret.data.size === 1 ? 'the one value that runs' : `the ${secret.data.size} values that run`}, sealed by kubeseal`,
    run: async () => {
      const now = await readUnchanged(session, secret);
      const sealer = await openSealer(session.deps);
      const request = { namespace, name, data: now.data, scope: 'strict' as const, certificate };
      const sealed = await sealer.seal(request, session.deps.signal);
      await session.cluster.createSecretWriter({ resource, manifest: sealedSecretFor(now, sealed) });
      return 'created';
    },
  };
}

function waitStep(
  session: Session,
  secret: Secret,
  { object, options }: { object: ObjectRef; options: SealedOptions },
): MigrationStep {
  return {
    action: 'wait-ready',
    object,
    plan: 'until it has unsealed, and every key is still what it was',
    run: async () => {
      await untilSeen(session, options.timeoutMs, async () => {
        const now = await readUnchanged(session, secret);
        const there = await sealedNamed(session, object);
        if (there !== undefined && synced(there) === 'True' && isOwned(now)) return { found: true };
        const said = conditionOf(there?.status?.conditions, 'Synced')?.message;
        if (there !== undefined && synced(there) === 'False') {
          return { waitsFor: `${refText(object)} was not unsealed: ${said ?? 'no reason told'}`, isFinal: true };
        }
        return { waitsFor: `${refText(object)} is not looked at: does the Sealed Secrets controller run?` };
      });
      return 'it owns the Secret, and every key is what it was';
    },
  };
}

interface DeleteOptions {
  readonly object: ObjectRef;
  readonly there: SealedSecret;
  readonly timeoutMs: number;
}

function deleteStep(session: Session, secret: Secret, { object, there, timeoutMs }: DeleteOptions): MigrationStep {
  const { uid = '' } = there.metadata;
  const isThere = async (): Promise<boolean> => (await sealedNamed(session, object))?.metadata.uid === uid;
  return deleteWriterStep(session, secret, { resource, object, uid, timeoutMs, isThere });
}

function isOurs({ metadata }: SealedSecret): boolean {
  return Object.entries(migratedLabel).every(([label, value]) => metadata.labels?.[label] === value);
}

function synced(sealed: SealedSecret | undefined): string | undefined {
  return conditionOf(sealed?.status?.conditions, 'Synced')?.status;
}

async function sealedNamed({ cluster }: Session, { namespace, name }: ObjectRef): Promise<SealedSecret | undefined> {
  const listed = await cluster.list(resource, namespace);
  if (listed.state === 'present') return listed.value.find(({ metadata }) => metadata.name === name);
  if (listed.state === 'unreadable') throw cannotDecide(cluster, listed, 'migrate');
  throw new OperatorError('usage', 'Sealed Secrets is not installed here: the API has no SealedSecrets', {
    hint: 'install it first, or: --to external-secrets',
  });
}

function rightsFor(secret: Secret): Right[] {
  const { namespace } = secret.metadata;
  const of = (verb: Right['verb']): Right => ({ verb, group: 'bitnami.com', resource, namespace });
  return [of('create'), of('delete'), ...ownRights(secret)];
}
