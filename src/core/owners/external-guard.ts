import { OperatorError } from '../../errors.ts';
import { refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ExternalSecret, SecretStore } from '../cluster/secret-writer-objects.ts';
import type { PlannedKey, PlannedSecret } from '../fix/planned-secret.ts';
import type { SecretTarget } from '../fix/secret-target.ts';
import type { WantedKey } from '../fix/wanted-key.ts';
import { stateOf, storeStep } from './finding-owner.ts';
import { conditionOf, creationPolicy, mappingField, mayWrite, storeRef, type WriterIndex } from './secret-writers.ts';
import { entryPlace, keyVaultSecret, keyVaultUrl, storeEntry } from './store-place.ts';
import type { SyncDoubt } from './sync-doubt.ts';
import type { SyncPlan, VaultEntry } from './sync-plan.ts';

export interface ExternalGuard {
  /** Keys that it does not write: only where it merges may others write beside it. */
  readonly free: readonly WantedKey[];
  readonly sync?: SyncPlan;
  readonly refusal?: OperatorError;
}

/** What of a Secret's wanted keys an ExternalSecret is to bring, and what keeps it from that. */
export function guardExternal(
  { object, wanted }: SecretTarget,
  external: ExternalSecret,
  index: WriterIndex,
): ExternalGuard {
  const isMerging = creationPolicy(external) === 'Merge';
  const own = wanted.filter(({ key }) => mayWrite(external, key));
  const others = wanted.filter((key) => !own.includes(key));
  const free = isMerging ? others : [];
  if (!isMerging && others.length > 0) return { free, refusal: unmapped(external, object, others) };
  if (own.length === 0) return { free };
  const store = index.storeOf(external);
  const sync = syncPlan(external, object, { own, store });
  const canBeStored = new Set(sync.vault?.entries.map((entry) => entry.wanted));
  const isAddition = ({ reason }: WantedKey): boolean => reason === 'missing' || reason === 'optional';
  const wrong = own.filter((key) => !isAddition(key) && !canBeStored.has(key));
  if (wrong.length > 0) return { free, refusal: wrongInStore(external, object, { wrong, store }) };
  const broken = storeRefusal(external, object, index);
  if (broken !== undefined) return { free, refusal: broken };
  return { free, sync };
}

function syncPlan(
  external: ExternalSecret,
  secret: ObjectRef,
  { own, store }: { readonly own: readonly WantedKey[]; readonly store: SecretStore | undefined },
): SyncPlan {
  const url = keyVaultUrl(store);
  const entries = own.flatMap((wanted): VaultEntry[] => {
    const entry = storeEntry(external, wanted.key);
    const name = entry && keyVaultSecret(entry);
    return name === undefined ? [] : [{ wanted, name }];
  });
  const { refreshTime, syncedResourceVersion } = external.status ?? {};
  return {
    external: refOf('ExternalSecret', external.metadata),
    policy: creationPolicy(external),
    secret,
    keys: own.map(({ key }) => key),
    before: { refreshTime, syncedResourceVersion },
    store: storeRef(external),
    ...(url !== undefined && entries.length > 0 && { vault: { url, entries } }),
    places: new Map(own.map(({ key }) => [key, entryPlace(external, store, key)])),
  };
}

/** The plan as reports and reviewers see it; `stored` are the keys whose value first goes into the store. */
export function plannedSync(
  { secret, external, keys }: SyncPlan,
  stored: ReadonlyMap<string, Omit<PlannedKey, 'key'>>,
  doubt: SyncDoubt | undefined,
): PlannedSecret {
  const planned = keys.map((key): PlannedKey => ({
    key,
    ...(stored.get(key) ?? { change: 'ADD', source: refText(external) }),
  }));
  return { object: secret, action: 'sync', keys: planned, ...(doubt && { doubt }) };
}

/** What the policy makes of a Secret, beside the keys that are mapped. */
const policyWords: Readonly<Record<string, string>> = {
  Owner: 'owns it and drops at once what it does not map',
  Orphan: 'made it and drops with its next sync what it does not map',
};

function unmapped(external: ExternalSecret, { namespace, name }: ObjectRef, keys: readonly WantedKey[]): OperatorError {
  const names = keys.map(({ key }) => key).join(', ');
  const policy = creationPolicy(external);
  const ref = refText(refOf('ExternalSecret', external.metadata));
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is written by ${ref}, which ${policyWords[policy] ?? 'drops what it does not map'} (creationPolicy ${policy}), and maps no ${names}`,
    {
      hint: `add it to its ${mappingField(external)}: kubectl -n ${namespace} edit externalsecret ${external.metadata.name}`,
    },
  );
}

function wrongInStore(
  external: ExternalSecret,
  { namespace, name }: ObjectRef,
  { wrong, store }: { readonly wrong: readonly WantedKey[]; readonly store: SecretStore | undefined },
): OperatorError {
  const ref = refText(refOf('ExternalSecret', external.metadata));
  const names = wrong.map(({ key }) => key).join(', ');
  const places = wrong.map(({ key }) => `${key} into ${entryPlace(external, store, key)}`);
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is written by ${ref}, which takes ${names} from its store and undoes changes made here`,
    {
      hint: `put ${places.join(', ')}, then: kubectl -n ${namespace} annotate externalsecret ${external.metadata.name} force-sync="$(date +%s)" --overwrite`,
    },
  );
}

/** A store that is not ready is what has to be repaired: no sync can bring anything. */
function storeRefusal(
  external: ExternalSecret,
  { namespace, name }: ObjectRef,
  index: WriterIndex,
): OperatorError | undefined {
  const store = storeRef(external);
  const isAbsent = index.isStoreAbsent(external);
  const { ready, reason } = stateOf(conditionOf(index.storeOf(external)?.status?.conditions, 'Ready'));
  if (!isAbsent && ready !== 'false') return undefined;
  const state = isAbsent ? 'does not exist' : `is not ready${reason === undefined ? '' : ` (${reason})`}`;
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is written by ${refText(refOf('ExternalSecret', external.metadata))}, whose ${refText(store)} ${state}`,
    { hint: storeStep(index, external) },
  );
}
