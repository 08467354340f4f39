import type { Secret } from '../../core/cluster/secret.ts';
import { outdatedPods, podsText } from '../../core/drill/drill-pods.ts';
import type { DrillStep } from '../../core/drill/drill-report.ts';
import { keyId } from '../../core/fix/plan-secrets.ts';
import { listText } from '../../core/list-text.ts';
import { revisionType } from '../../core/revisions/kept-revision.ts';
import { revisionsIn } from '../../core/revisions/revision.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { observe } from '../observe/observe.ts';
import { removeRevisions } from '../revisions/prune-revisions.ts';
import type { Session } from '../session.ts';
import { startAnew } from './drill-fault.ts';
import type { Journal } from './drill-journal.ts';
import { putBackWorkloads } from './drill-workloads.ts';

/** As long as the pods beside one are to become ready, which a budget may wait for. */
const budgetPatienceMs = 60_000;

export interface PutBack {
  /** Values that nobody had brought back. */
  readonly restored: readonly string[];
  /** What somebody added to a Secret meanwhile, and what no copy has. */
  readonly takenAway: readonly string[];
  /** Pods that hold other values, and could not be started anew. */
  readonly kept: readonly string[];
}

/**
 * Makes every Secret that the drill touched what it was, removes what was added beside it, and starts anew what may
 * hold other values. Does nothing where all is as it was, so that it can be begun again at any point.
 */
export async function putBack(session: Session, journal: Journal): Promise<PutBack> {
  const { cluster, deps, scope, stack } = session;
  const { namespace, touched, faultAt, lines } = journal.content;
  const hasStep = (wanted: DrillStep): boolean => lines.some(({ step }) => step === wanted);
  // Cut off between a write and what it calls for, a pod may hold what the Secret held for a moment.
  const isCertain = hasStep('verified') && !hasStep('way-back-begun');
  const restored: string[] = [];
  const takenAway: string[] = [];
  const changed = new Set<string>();
  for (const { name, copy } of touched.filter(({ resource }) => resource === undefined)) {
    const { differs, keys, isRevision, added } = await putBackOne(session, journal, { name, copy });
    for (const key of isCertain ? differs : keys) changed.add(keyId({ namespace, secret: name, key }));
    // The recovery reads only the sources: what c2l kept comes back from the copy and from nowhere else.
    if (differs.length > 0 && !isRevision) restored.push(`${keysText(differs)} of secret ${name}`);
    takenAway.push(...added.map((what) => `${what} of secret ${name}`));
  }
  restored.push(...(await putBackWorkloads(session, journal)));
  await removeNewRevisions(session, journal);
  if (changed.size === 0 || faultAt === undefined) return { restored, takenAway, kept: [] };
  const snapshot = await observe(cluster, scope, deps.clock.now());
  const outdated = outdatedPods(snapshot, stack, { changed, since: faultAt });
  if (outdated.length === 0) return { restored, takenAway, kept: [] };
  await journal.write(
    'put-back',
    `start anew what began since the fault, and may hold what it wrote: ${podsText(outdated)}`,
  );
  const kept = await startAnew(session, outdated, budgetPatienceMs);
  return { restored, takenAway, kept: kept.map((reason) => `${reason}, and it may hold what the drill wrote`) };
}

interface PutBackSecret {
  /** Keys whose value was not what it had been. */
  readonly differs: readonly string[];
  readonly keys: readonly string[];
  readonly isRevision: boolean;
  readonly added: readonly string[];
}

function keysText(keys: readonly string[]): string {
  return `${keys.length === 1 ? 'key' : 'keys'} ${listText(keys)}`;
}

async function putBackOne(
  session: Session,
  journal: Journal,
  { name, copy }: { readonly name: string; readonly copy: string },
): Promise<PutBackSecret> {
  const { cluster } = session;
  const { namespace } = journal.content;
  const content = await journal.copy(copy);
  if (content === undefined) throw lost(`the copy of Secret ${namespace}/${name} is gone`);
  const now = await cluster.copySecret(namespace, name);
  if (now.state === 'unreadable') throw lost(now.reason);
  const before = await cluster.readSecret(namespace, name);
  if (before.state === 'unreadable') throw lost(before.reason);
  const there = before.state === 'present' ? before.value : undefined;
  if (there !== undefined && now.state === 'present' && now.value.content.equals(content)) {
    return { differs: [], keys: [...there.data.keys()], isRevision: there.type === revisionType, added: [] };
  }
  const secret = await replace(session, { namespace, name, content, there });
  return {
    differs: differences(secret, there),
    keys: [...secret.data.keys()],
    isRevision: secret.type === revisionType,
    added: there === undefined ? [] : addedTo(there, secret),
  };
}

/** By somebody who did not know of the drill; c2l marks what it makes anew as its own. */
function addedTo(there: Secret, before: Secret): string[] {
  const { labels = {} } = before.metadata;
  return [
    ...[...there.data.keys()].filter((key) => !before.data.has(key)).map((key) => `key ${key}`),
    ...Object.entries(there.metadata.labels ?? {})
      .filter(([label, value]) => !(label in labels) && value !== 'c2l')
      .map(([label]) => `label ${label}`),
  ];
}

/** The API takes no other type, and nothing at all of what is immutable: such a Secret makes room first. */
async function replace(
  { cluster }: Session,
  {
    namespace,
    name,
    content,
    there,
  }: { namespace: string; name: string; content: SecretValue; there: Secret | undefined },
): Promise<Secret> {
  if (there === undefined) return cluster.putBackSecret({ namespace, name, content });
  try {
    if (!there.immutable) {
      const { resourceVersion } = there.metadata;
      return await cluster.putBackSecret({ namespace, name, content, resourceVersion });
    }
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'write-failed') throw error;
  }
  await cluster.deleteSecret({ namespace, name, uid: there.metadata.uid ?? '' });
  return cluster.putBackSecret({ namespace, name, content });
}

function differences({ data }: Secret, before: Secret | undefined): string[] {
  return [...data].flatMap(([key, value]) => (before?.data.get(key)?.equals(value) === true ? [] : [key]));
}

/** What fix-secrets kept of Secrets that the drill broke tells of nothing that anybody did. */
async function removeNewRevisions(session: Session, journal: Journal): Promise<void> {
  const { namespace, touched, revisions } = journal.content;
  const found = await session.cluster.listRevisions(namespace);
  if (found.state !== 'present') return;
  const known = new Set(revisions);
  const names = new Set(touched.flatMap(({ name, resource }) => (resource === undefined ? [name] : [])));
  const added = revisionsIn(found.value).filter(({ name, secretName }) => names.has(secretName) && !known.has(name));
  await removeRevisions(session, added);
}

function lost(reason: string): OperatorError {
  return new OperatorError('drill-not-found', `cannot put back: ${reason}`, {
    hint: 'c2l fix-secrets, from the sources that were proven before the drill',
    exitCode: ExitCode.partial,
  });
}
