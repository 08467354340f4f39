import type { Right } from '../../cluster-ports.ts';
import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { differingKeys } from '../../core/migrate/handover.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { copyBefore } from '../fix/secret-writes.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';

const pollMs = 200;

type WriterResource = 'externalsecrets' | 'sealedsecrets';

/** One thing that a migration does; done again where it was done before, it changes nothing. */
export interface MigrationStep {
  readonly action: StepOutcome['action'];
  readonly object: ObjectRef;
  /** What it is for, before it is done. */
  readonly plan: string;
  /** Gives what became of it. */
  run(): Promise<string>;
}

/** The way of one Secret from what wrote it to what is to write it, from where it stands now. */
export interface MigrationCourse {
  /** Empty where the Secret is there already. */
  readonly steps: readonly MigrationStep[];
  readonly rights: readonly Right[];
  /** What to know beside. */
  readonly notes: readonly string[];
}

/** What a handover does to the Secret itself; no Role can limit the creation of a copy to a name. */
export function ownRights({ metadata: { namespace, name } }: Pick<Secret, 'metadata'>): Right[] {
  const right = { group: '', resource: 'secrets', namespace };
  return [
    { ...right, verb: 'create' },
    { ...right, verb: 'get', name },
    { ...right, verb: 'patch', name },
  ];
}

/** The Secret as it is now. Throws where it is gone, or where a key is not what it was. */
export async function readUnchanged({ cluster }: Session, before: Secret): Promise<Secret> {
  const { namespace, name } = before.metadata;
  const now = await cluster.readSecret(namespace, name);
  if (now.state === 'unreadable')
    throw stopped(`Secret ${namespace}/${name} could not be read: ${now.reason}`, namespace);
  if (now.state === 'absent') throw stopped(`Secret ${namespace}/${name} is gone`, namespace);
  const different = differingKeys(before.data, now.value.data);
  if (different.length === 0) return now.value;
  throw stopped(`Secret ${namespace}/${name} changed meanwhile: ${different.join(', ')}`, namespace);
}

function stopped(message: string, namespace: string): OperatorError {
  return new OperatorError('conflict', message, { hint: `c2l history -n ${namespace}`, exitCode: ExitCode.partial });
}

export function isOwned({ metadata }: Secret): boolean {
  return (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'ExternalSecret' || kind === 'SealedSecret');
}

/** With an owner that goes the Secret would go too. */
async function refuseOwned(session: Session, secret: Secret): Promise<void> {
  const now = await readUnchanged(session, secret);
  if (!isOwned(now)) return;
  throw new OperatorError('conflict', `Secret ${secret.metadata.name} still has an owner that it would go with`, {
    exitCode: ExitCode.partial,
  });
}

/** The way back, should everything go wrong: what the Secret holds, kept beside it. */
export function keepStep(session: Session, before: Secret): MigrationStep {
  const object = { kind: 'Secret', namespace: before.metadata.namespace, name: before.metadata.name };
  return {
    action: 'keep-revision',
    object,
    plan: 'a copy of what it holds',
    run: async () => {
      const revision = copyBefore(session, before, { command: 'migrate', changes: [], values: new Map() });
      await session.cluster.createSecret(revision);
      return `kept as ${revision.name}`;
    },
  };
}

/**
 * Frees the Secret of the marks of who wrote it. An owner that goes takes the Secret along, so that this comes before
 * where it is one.
 */
export function releaseStep(
  session: Session,
  secret: Secret,
  { resource, of, timeoutMs }: { readonly resource: WriterResource; readonly of: string; readonly timeoutMs: number },
): MigrationStep {
  const { namespace, name } = secret.metadata;
  return {
    action: 'release-secret',
    object: { kind: 'Secret', namespace, name },
    plan: `the marks of ${of} go, the values stay`,
    run: async () => {
      await untilReleased(session, secret, { from: resource, timeoutMs });
      await readUnchanged(session, secret);
      return 'nobody writes it any more, and every key is what it was';
    },
  };
}

/**
 * Takes the marks of a writer from the Secret. The writer may be at it just then, told of the change that came before:
 * as long as the values are what they were, it is tried again.
 */
export async function untilReleased(
  session: Session,
  secret: Secret,
  { from, timeoutMs }: { readonly from: WriterResource; readonly timeoutMs: number },
): Promise<void> {
  const { namespace, name } = secret.metadata;
  await untilSeen(session, timeoutMs, async () => {
    const now = await readUnchanged(session, secret);
    const resourceVersion = now.metadata.resourceVersion ?? '';
    try {
      return { found: await session.cluster.releaseSecret({ namespace, name, resourceVersion, from }) };
    } catch (error) {
      if (!(error instanceof OperatorError) || error.code !== 'conflict') throw error;
      return { waitsFor: error.message };
    }
  });
}

export interface WriterToDelete {
  readonly resource: WriterResource;
  readonly object: ObjectRef;
  readonly uid: string;
  readonly timeoutMs: number;
  readonly isThere: () => Promise<boolean>;
}

/** Takes away what would write the Secret again; the Secret stays as it is. */
export function deleteWriterStep(
  session: Session,
  secret: Secret,
  { resource, object, uid, timeoutMs, isThere }: WriterToDelete,
): MigrationStep {
  const { namespace, name } = object;
  return {
    action: 'delete-writer',
    object,
    plan: 'the Secret stays',
    run: async () => {
      await refuseOwned(session, secret);
      await session.cluster.deleteSecretWriter({ resource, namespace, name, uid, takesSecret: false });
      await untilSeen(session, timeoutMs, async () =>
        (await isThere()) ? { waitsFor: `${refText(object)} is not gone yet` } : { found: true },
      );
      await readUnchanged(session, secret);
      return 'gone';
    },
  };
}

/** Asks until there is an answer. Throws with what was seen last. */
export async function untilSeen<T>({ deps }: Session, withinMs: number, look: () => Promise<Sight<T>>): Promise<T> {
  const pace = { everyMs: pollMs, deadline: deps.clock.monotonic() + withinMs };
  const last = await lookUntil(deps, pace, look, (seen) => 'found' in seen || seen.isFinal === true);
  if ('found' in last) return last.found;
  throw new OperatorError('write-failed', last.waitsFor, { exitCode: ExitCode.partial });
}

type Sight<T> = { readonly found: T } | { readonly waitsFor: string; readonly isFinal?: boolean };
