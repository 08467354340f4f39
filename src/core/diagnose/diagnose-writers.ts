import { refId, refText } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ExternalSecret, SealedSecret } from '../cluster/secret-writer-objects.ts';
import type { Finding, FindingCode } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import {
  describeCommand,
  findingOwner,
  ownerFix,
  stateOf,
  storeStep,
  type SecretPlace,
} from '../owners/finding-owner.ts';
import type { OwnerState } from '../owners/owner-state.ts';
import { kubesealFlags } from '../owners/sealing-controllers.ts';
import {
  conditionOf,
  mayWrite,
  storeRef,
  targetName,
  unseals,
  writerIndex,
  type WriterIndex,
} from '../owners/secret-writers.ts';
import { diagnoseStoreCredentials, joinCredentials, withCredentials } from '../owners/store-credentials.ts';
import { entriesLacking } from '../owners/store-lacks.ts';
import { keyVaultUrl } from '../owners/store-place.ts';
import type { Scene } from './diagnosis-scene.ts';

/** Findings of Secrets with their owners, and what keeps those owners from writing as the root of it. */
export interface WriterDiagnosis {
  readonly roots: readonly Finding[];
  readonly secrets: readonly Finding[];
}

/**
 * Says of each broken Secret who writes it. A store or an ExternalSecret that is not ready, and a SealedSecret that is
 * not synced, is the root of what its Secret lacks.
 */
export function diagnoseWriters(scene: Scene, secrets: readonly Finding[]): WriterDiagnosis {
  const index = writerIndex(scene.snapshot);
  const { externalSecrets, sealedSecrets } = scene.snapshot.writers;
  const controller = scene.snapshot.closer?.sealingController;
  const stores = storeFailures(index, externalSecrets.items);
  const external = externalSecrets.items.flatMap((each) => externalFailure(scene, each, { index, stores }) ?? []);
  const sealed = sealedSecrets.items.flatMap((each) => sealedFailure(each) ?? []);
  const failing = new Map([
    ...storeless(externalSecrets.items, stores),
    ...[...external, ...sealed].map((finding) => [refId(finding.object), finding] as const),
  ]);

  const owned = secrets.map((finding) => withOwner(finding, { index, failing, controller }));
  const roots = [...external, ...sealed, ...stores.values()];
  const weighty = roots.map((root) => weighed(root, roots, owned));
  const lacking = diagnoseStoreCredentials(scene, new Map([...stores, ...failing])).map((each) =>
    withOwner(each, { index, failing, controller }),
  );
  const joined = joinCredentials(weighty, lacking);
  return { roots: joined.roots, secrets: withCredentials(owned, joined.credentials) };
}

function externalFailure(
  scene: Scene,
  external: ExternalSecret,
  { index, stores }: { readonly index: WriterIndex; readonly stores: ReadonlyMap<string, Finding> },
): Finding | undefined {
  const state = stateOf(conditionOf(external.status?.conditions, 'Ready'));
  const cause = stores.get(refId(storeRef(external)));
  if (state.ready === 'true' || (cause === undefined && isYoung(scene, external))) return undefined;
  const object = refOf('ExternalSecret', external.metadata);
  const parts = { object, severity: 'warning' } as const;
  const what = `${refText(object)}, which writes secret/${targetName(external)}, cannot`;
  if (cause !== undefined) {
    const message = `${what}: ${storeText(index, external)}`;
    return newFinding('external-secret-not-ready', { ...parts, message, causes: [cause.id], fix: cause.fix });
  }
  const missing = entriesLacking(external, scene.snapshot.events.items).names;
  const entries = missing.length === 0 ? '' : `; its store has no entry ${listText(missing)}`;
  const canBeGiven = missing.length > 0 && keyVaultUrl(index.storeOf(external)) !== undefined;
  return newFinding('external-secret-not-ready', {
    ...parts,
    message: `${what}: ${whyNot(state)}${entries}`,
    fix: canBeGiven ? `c2l fix-secrets -n ${object.namespace}` : describeCommand(object),
  });
}

/** One that synced before its store went says nothing of it yet. */
function storeless(externals: readonly ExternalSecret[], stores: ReadonlyMap<string, Finding>): [string, Finding][] {
  return externals.flatMap((external) => {
    const store = stores.get(refId(storeRef(external)));
    return store === undefined ? [] : [[refId(refOf('ExternalSecret', external.metadata)), store]];
  });
}

function whyNot(state: OwnerState): string {
  return state.ready === 'unknown'
    ? 'External Secrets has not looked at it: its controller may not run'
    : `it is not ready${stateText(state)}`;
}

/** What is wrong with the store that it names: `its store secretstore/vault does not exist`. */
function storeText(index: WriterIndex, external: ExternalSecret): string {
  return `its store ${refText(storeRef(external))} ${index.isStoreAbsent(external) ? absence(index, external) : 'is not ready'}`;
}

function absence(index: WriterIndex, external: ExternalSecret): string {
  const { kind } = storeRef(external);
  return index.hasStoreKind(external) ? 'does not exist' : `does not exist, and this cluster has no kind ${kind}`;
}

/** Before its controller had the time to look. */
function isYoung({ snapshot }: Scene, { metadata, status }: ExternalSecret): boolean {
  const born = Date.parse(metadata.creationTimestamp ?? '');
  return status?.conditions === undefined && Date.parse(snapshot.takenAt) - born < 30_000;
}

function storeFailures(index: WriterIndex, externals: readonly ExternalSecret[]): ReadonlyMap<string, Finding> {
  const users = new Map<string, [ExternalSecret, ...ExternalSecret[]]>();
  for (const external of externals) {
    const id = refId(storeRef(external));
    const others = users.get(id);
    if (others) others.push(external);
    else users.set(id, [external]);
  }
  const failures = [...users].flatMap(([id, members]) => {
    const finding = storeFailure(index, members);
    return finding === undefined ? [] : [[id, finding] as const];
  });
  return new Map(failures);
}

function storeFailure(index: WriterIndex, users: readonly [ExternalSecret, ...ExternalSecret[]]): Finding | undefined {
  const [external] = users;
  const object = storeRef(external);
  const state = stateOf(conditionOf(index.storeOf(external)?.status?.conditions, 'Ready'));
  const isAbsent = index.isStoreAbsent(external);
  if (!isAbsent && state.ready !== 'false') return undefined;
  const named = users.map(({ metadata }) => `externalsecret/${metadata.name}`).sort();
  const what = isAbsent ? absence(index, external) : `is not ready${stateText(state)}`;
  return newFinding('secret-store-not-ready', {
    object,
    severity: 'warning',
    message: `${refText(object)} ${what}; ${listText(named)} ${named.length === 1 ? 'takes' : 'take'} values from it`,
    fix: storeStep(index, external),
  });
}

function sealedFailure(sealed: SealedSecret): Finding | undefined {
  const state = stateOf(conditionOf(sealed.status?.conditions, 'Synced'));
  if (state.ready !== 'false') return undefined;
  const object = refOf('SealedSecret', sealed.metadata);
  return newFinding('sealed-secret-not-synced', {
    object,
    severity: 'warning',
    message: `${refText(object)}, which writes secret/${object.name}, cannot: it is not synced${stateText(state)}`,
    fix: describeCommand(object),
  });
}

function stateText({ reason, message }: OwnerState): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return message === undefined ? why : `${why}: ${message}`;
}

/** Codes whose repair is to write the Secret. */
const writable: ReadonlySet<FindingCode> = new Set([
  'secret-missing',
  'secret-key-missing',
  'secret-value-placeholder',
  'secret-value-invalid',
  'image-pull-secret-missing',
  'tls-secret-missing',
  'secret-value-empty',
  'secret-value-whitespace',
  'secret-value-encoded-twice',
  'image-pull-secret-invalid',
  'tls-secret-invalid',
  'tls-host-not-covered',
  'tls-certificate-expired',
  'tls-certificate-expiring',
]);

interface Writing {
  readonly index: WriterIndex;
  readonly failing: ReadonlyMap<string, Finding>;
  /** Of Sealed Secrets. */
  readonly controller: string | undefined;
}

function withOwner(finding: Finding, { index, failing, controller }: Writing): Finding {
  const { secret, key, object, code } = finding;
  if (secret === undefined || !writable.has(code)) return finding;
  const place = { namespace: object.namespace, secret, ...(key === undefined ? {} : { key }) };
  const owner = findingOwner(index, place, code);
  if (owner === undefined) return finding;
  const root = owner.object && failing.get(refId(owner.object));
  const kubeseal = kubesealFlags(index.of(object.namespace, secret).sealed, controller);
  const explains = root !== undefined && couldWrite(index, place);
  return {
    ...finding,
    owner,
    causes: explains ? [...finding.causes, root.id] : finding.causes,
    fix: explains ? root.fix : (ownerFix(owner, place, { code, kubeseal }) ?? finding.fix),
  };
}

/** Whether the owner, once it works again, would write the key. */
function couldWrite(index: WriterIndex, { namespace, secret, key }: SecretPlace): boolean {
  const { external, sealed } = index.of(namespace, secret);
  if (key === undefined) return true;
  return external === undefined ? sealed !== undefined && unseals(sealed, key) : mayWrite(external, key);
}

/** A root is as bad as the worst that it explains, and blocks all of what that blocks. */
function weighed(root: Finding, roots: readonly Finding[], secrets: readonly Finding[]): Finding {
  const ids = new Set([root.id, ...roots.filter(({ causes }) => causes.includes(root.id)).map(({ id }) => id)]);
  const effects = secrets.filter(({ causes }) => causes.some((cause) => ids.has(cause)));
  const errors = effects.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return root;
  const blocks = new Map(errors.flatMap((error) => error.blocks).map((ref) => [refId(ref), ref]));
  return { ...root, severity: 'error', blocks: [...blocks.values()] };
}
