import { OperatorError } from '../errors.ts';
import { describeCommand, stateOf } from './finding-owner.ts';
import { refText, type ObjectRef } from './kubernetes.ts';
import { refOf } from './object-owners.ts';
import type { SecretTarget, WantedKey } from './plan-secrets.ts';
import type { PlannedSecret } from './secret-reports.ts';
import type { ExternalSecret } from './secret-writer-objects.ts';
import { conditionOf, creationPolicy, mayWrite, storeRef, type WriterIndex } from './secret-writers.ts';

/** Keys that External Secrets is to write from its store, since it would undo whatever else wrote them. */
export interface SyncPlan {
  readonly external: ObjectRef;
  readonly secret: ObjectRef;
  readonly keys: readonly string[];
  /** When it last took the values from its store. */
  readonly refreshedAt: string | undefined;
}

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
  const ref = refOf('ExternalSecret', external.metadata);
  const isMerging = creationPolicy(external) === 'Merge';
  const own = wanted.filter(({ key }) => mayWrite(external, key));
  const others = wanted.filter((key) => !own.includes(key));
  const free = isMerging ? others : [];
  if (!isMerging && others.length > 0) return { free, refusal: unmapped(ref, object, others) };
  if (own.length === 0) return { free };
  const stored = own.filter(({ reason }) => reason !== 'missing' && reason !== 'optional');
  if (stored.length > 0) return { free, refusal: wrongInStore(ref, object, stored) };
  const broken = storeRefusal(external, object, index);
  if (broken !== undefined) return { free, refusal: broken };
  const keys = own.map(({ key }) => key);
  return { free, sync: { external: ref, secret: object, keys, refreshedAt: external.status?.refreshTime } };
}

/** The plan as reports and reviewers see it. */
export function plannedSync({ secret, external, keys }: SyncPlan): PlannedSecret {
  const planned = keys.map((key) => ({ key, change: 'ADD' as const, source: refText(external) }));
  return { object: secret, action: 'sync', keys: planned };
}

function unmapped(external: ObjectRef, { namespace, name }: ObjectRef, keys: readonly WantedKey[]): OperatorError {
  const names = keys.map(({ key }) => key).join(', ');
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is written by ${refText(external)}, which drops what it does not map, and maps no ${names}`,
    { hint: `add it to its spec.data: kubectl -n ${namespace} edit externalsecret ${external.name}` },
  );
}

function wrongInStore(external: ObjectRef, { namespace, name }: ObjectRef, keys: readonly WantedKey[]): OperatorError {
  const names = keys.map(({ key }) => key).join(', ');
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is written by ${refText(external)}, which takes ${names} from its store and undoes changes made here`,
    {
      hint: `change the value in the store, then: kubectl -n ${namespace} annotate externalsecret ${external.name} force-sync="$(date +%s)" --overwrite`,
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
    { hint: describeCommand(store) },
  );
}
