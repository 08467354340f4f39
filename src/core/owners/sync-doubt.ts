import { findObject } from '../cluster/find-object.ts';
import { refId, refText } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ExternalSecret } from '../cluster/secret-writer-objects.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { listText } from '../list-text.ts';
import { utcText } from '../utc-text.ts';
import { describeCommand, stateOf } from './finding-owner.ts';
import { conditionOf, creationPolicy, isTemplated, writerIndex, type WriterIndex } from './secret-writers.ts';
import { entriesLacking } from './store-lacks.ts';
import { entryPlace, storeEntry, storePlace } from './store-place.ts';
import type { SyncPlan } from './sync-plan.ts';

/** Why a sync is not likely to bring what it is planned for. */
export interface SyncDoubt {
  readonly because: string;
  /** The command that shows more. */
  readonly next: string;
}

/** What c2l itself has seen of the store: of these entries nothing that others saw earlier counts. */
export interface SeenEntries {
  readonly names: ReadonlySet<string>;
  /** Whether some of them are put there first. */
  readonly willBeFilled: boolean;
}

/**
 * What External Secrets said of its last try. It may have been mended since, which the next try tells: so it is no
 * reason to refuse, and one to say so before somebody waits for it.
 */
export function syncDoubt(sync: SyncPlan, snapshot: Snapshot, seen: SeenEntries): SyncDoubt | undefined {
  const external = snapshot.writers.externalSecrets.items.find(
    ({ metadata }) => refId(refOf('ExternalSecret', metadata)) === refId(sync.external),
  );
  if (external === undefined) return undefined;
  const index = writerIndex(snapshot);
  const next = describeCommand(sync.external);
  const { ready, reason } = stateOf(conditionOf(external.status?.conditions, 'Ready'));
  if (ready === 'true') return unbrought(sync, external, index, snapshot);
  if (ready !== 'false') return undefined;
  const lacking = entriesLacking(external, snapshot.events.items);
  const names = lacking.names.filter((name) => !seen.names.has(name) && !seen.names.has(name.replace(/^secret\//, '')));
  if (names.length > 0) {
    const at = lacking.seenAt === undefined ? '' : ` (seen ${utcText(lacking.seenAt)})`;
    const its = `${refText(sync.external)} could not sync: its store had no entry ${listText(names)}${at}`;
    return { because: `${its}: where that is so still, put ${listText(places(external, names, index))} first`, next };
  }
  if (lacking.names.length > 0 || seen.willBeFilled) return undefined;
  return {
    because: `${refText(sync.external)} could not sync when it last tried${reason === undefined ? '' : ` (${reason})`}`,
    next,
  };
}

/** Where the keys go that are taken from these entries. */
function places(external: ExternalSecret, names: readonly string[], index: WriterIndex): string[] {
  const mapped = (external.spec?.data ?? []).flatMap(({ secretKey }) => {
    const entry = storeEntry(external, secretKey);
    return entry !== undefined && names.includes(entry.name) ? [entry] : [];
  });
  const store = index.storeOf(external);
  const whole = names.filter((name) => !mapped.some((entry) => entry.name === name));
  return [
    ...mapped.map(({ key }) => `${key} into ${entryPlace(external, store, key)}`),
    ...whole.map((name) => `entry ${name} into ${storePlace(external, store)}`),
  ];
}

/** An entry that it takes whole has what keys it has: one that it did not bring is likely not there. */
function unbrought(
  { keys, secret }: SyncPlan,
  external: ExternalSecret,
  index: WriterIndex,
  snapshot: Snapshot,
): SyncDoubt | undefined {
  const isThere = findObject(snapshot.secrets.items, secret) !== undefined;
  const isPutBack = ['Owner', 'Merge'].includes(creationPolicy(external));
  const lacking = keys.filter((key) => !external.spec?.data?.some(({ secretKey }) => secretKey === key));
  const untold = lacking.filter((key) => !isTemplated(external, key));
  if (!isThere || !isPutBack || untold.length === 0) return undefined;
  const { refreshTime } = external.status ?? {};
  const at = refreshTime === undefined ? '' : ` (${utcText(refreshTime)})`;
  const ref = refOf('ExternalSecret', external.metadata);
  const places = untold.map((key) => `${key} into ${entryPlace(external, index.storeOf(external), key)}`);
  return {
    because: `${refText(ref)} has synced${at} and brought no ${listText(untold)}: where the store lacks that, put ${listText(places)} first`,
    next: describeCommand(ref),
  };
}
