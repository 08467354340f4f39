import { OperatorError } from '../../errors.ts';
import { refId, refText, type ObjectRef, type Pod } from '../kubernetes.ts';
import { dataInPod } from '../data-in-pod.ts';
import { componentRef } from '../dependencies.ts';
import { refOf } from '../object-owners.ts';
import { secretReferences } from '../references.ts';
import type { PlannedFault } from './drill-report.ts';
import { requirements, type Requirement } from '../requirements.ts';
import { revisionsIn } from '../revision.ts';
import type { Secret } from '../secret.ts';
import { writerIndex } from '../secret-writers.ts';
import type { Snapshot } from '../snapshot.ts';
import { namespaceOf, type Stack } from '../stack.ts';
import { workloads, type Workload } from '../workloads.ts';
import type { DrillFault, DrillScenario, ValueChange } from './drill-schema.ts';

/** What a fault does to one Secret. */
export interface SecretFault {
  readonly secret: Secret;
  /** `lost` takes the whole Secret; else its keys are lost or changed. */
  readonly does: 'lost' | 'keys-lost' | ValueChange;
  readonly keys: readonly string[];
}

/** A pod that is to start anew: what runs keeps the environment that it was started with. */
export interface EvictedPod {
  readonly pod: ObjectRef;
  readonly uid: string;
  readonly workload: ObjectRef;
}

export interface DrillPlan {
  readonly faults: readonly SecretFault[];
  readonly evict: readonly EvictedPod[];
  /** Pods that use what is broken and stay all the same. */
  readonly keep: readonly { readonly pod: ObjectRef; readonly reason: string }[];
  /** Keys whose present value the recovery replaces. */
  readonly overwrite: readonly string[];
  /** Kinds of source that refuse during the recovery. */
  readonly refused: readonly string[];
}

/** What a scenario does to this cluster. Throws where it would break what no way back is proven for. */
export function planDrill(scenario: DrillScenario, snapshot: Snapshot, stack: Stack | undefined): DrillPlan {
  const needed = requirements(snapshot, stack);
  const faults = joined(scenario.faults.flatMap((fault) => secretFaults(fault, { snapshot, stack, needed })));
  refuseOwned(faults, snapshot);
  refuseDataLoss(faults, snapshot, stack);
  const changed = faults.filter(({ does }) => does !== 'lost' && does !== 'keys-lost');
  return {
    faults,
    ...consumers(faults, snapshot, stack),
    overwrite: changed.flatMap(({ secret, keys }) => keys.map((key) => `${secret.metadata.name}/${key}`)),
    refused: scenario.faults.flatMap((fault) => (fault.kind === 'refuse-source' ? [fault.source] : [])),
  };
}

export function plannedFaults({ faults }: DrillPlan): PlannedFault[] {
  return faults.map(({ secret, does, keys }) => ({
    object: refOf('Secret', secret.metadata),
    does,
    keys,
  }));
}

interface Scene {
  readonly snapshot: Snapshot;
  readonly stack: Stack | undefined;
  readonly needed: readonly Requirement[];
}

function secretFaults(fault: DrillFault, scene: Scene): SecretFault[] {
  const secrets = stackSecrets(scene);
  switch (fault.kind) {
    case 'refuse-source':
      return [];
    case 'lose-secrets': {
      const named =
        fault.secrets === 'all' ? secrets : secrets.filter((each) => fault.secrets.includes(each.metadata.name));
      refuseUnknown(
        fault.secrets,
        named.map(({ metadata }) => metadata.name),
        'Secret',
      );
      const kept = fault.revisions ? revisionsOf(named, scene.snapshot) : [];
      return [...named, ...kept].map((secret) => ({ secret, does: 'lost', keys: [...secret.data.keys()].sort() }));
    }
    case 'lose-keys': {
      const required = scene.needed.filter((each) => each.required).map(idOf);
      return keyFaults(secrets, fault.keys, {
        does: 'keys-lost',
        isMeant: (id) => required.includes(id),
      });
    }
    case 'change-values': {
      const logins = loginKeys(scene);
      return keyFaults(secrets, fault.keys, { does: fault.into, isMeant: (id) => logins.includes(id) });
    }
  }
}

/** Those that something needs at all: whatever else lies in the namespace is not the stack's. */
function stackSecrets({ snapshot, needed }: Scene): Secret[] {
  const names = new Set(needed.map(({ namespace, secret }) => `${namespace}/${secret}`));
  return snapshot.secrets.items.filter(({ metadata }) => names.has(`${metadata.namespace}/${metadata.name}`));
}

function revisionsOf(secrets: readonly Secret[], { secrets: all }: Snapshot): Secret[] {
  const kept = new Set(
    secrets.flatMap(({ metadata }) =>
      revisionsIn(all.items, metadata).map(({ namespace, name }) => `${namespace}/${name}`),
    ),
  );
  return all.items.filter(({ metadata }) => kept.has(`${metadata.namespace}/${metadata.name}`));
}

function keyFaults(
  secrets: readonly Secret[],
  wanted: string | readonly string[],
  { does, isMeant }: { readonly does: SecretFault['does']; readonly isMeant: (id: string) => boolean },
): SecretFault[] {
  const faults = secrets.flatMap((secret): SecretFault[] => {
    const { namespace, name } = secret.metadata;
    const keys = [...secret.data.keys()].filter((key) =>
      typeof wanted === 'string' ? isMeant(idOf({ namespace, secret: name, key })) : wanted.includes(key),
    );
    return keys.length === 0 ? [] : [{ secret, does, keys: keys.sort() }];
  });
  refuseUnknown(
    wanted,
    faults.flatMap(({ keys }) => keys),
    'key',
  );
  if (faults.length > 0) return faults;
  throw invalid('the stack has no key that this scenario could break', 'c2l dr-drill list');
}

function idOf({ namespace, secret, key }: Pick<Requirement, 'namespace' | 'secret' | 'key'>): string {
  return `${namespace}/${secret}/${key}`;
}

/** The databases that keep their data when they start anew: whoever repairs a password restarts what uses it. */
function loginKeys({ snapshot, stack }: Scene): string[] {
  if (stack === undefined) return [];
  const volatile = new Set(volatileWorkloads(snapshot, stack).map(({ ref }) => refId(ref)));
  return stack.components.flatMap((component) =>
    component.checks.flatMap((check) => {
      if (check.kind !== 'postgres-login' || !('secret' in check.password)) return [];
      if (volatile.has(refId(componentRef(stack, component)))) return [];
      return idOf({ namespace: namespaceOf(stack, component), ...check.password });
    }),
  );
}

function volatileWorkloads(snapshot: Snapshot, stack: Stack | undefined): Workload[] {
  return workloads(snapshot).filter((workload) => reasonToKeep(workload, stack) === dataWouldBeLost);
}

/** A repaired value restarts what uses it, and with it whatever a database has in its pod. */
function refuseDataLoss(faults: readonly SecretFault[], snapshot: Snapshot, stack: Stack | undefined): void {
  const changed = faults.filter(({ does }) => does !== 'lost' && does !== 'keys-lost');
  const lost = volatileWorkloads(snapshot, stack).find((workload) => usesBroken(workload, changed));
  if (lost === undefined) return;
  throw new OperatorError(
    'drill-refused',
    `${refText(lost.ref)} uses a value that this scenario changes, and its data lies in its pod: it would be lost`,
    { hint: 'give it a volume, or name other keys in the scenario' },
  );
}

function refuseUnknown(wanted: string | readonly string[], found: readonly string[], what: string): void {
  if (typeof wanted === 'string') return;
  const unknown = wanted.filter((name) => !found.includes(name));
  if (unknown.length > 0) throw invalid(`the stack has no ${what} ${unknown.join(', ')}`, 'c2l audit');
}

/** One fault for each Secret: of two, the first. */
function joined(faults: readonly SecretFault[]): SecretFault[] {
  const byId = new Map<string, SecretFault>();
  for (const fault of faults) {
    const id = refId(refOf('Secret', fault.secret.metadata));
    if (!byId.has(id)) byId.set(id, fault);
  }
  return [...byId.values()];
}

/** What another program writes would come back by itself, or be taken for its own: neither proves the way back. */
function refuseOwned(faults: readonly SecretFault[], snapshot: Snapshot): void {
  const index = writerIndex(snapshot);
  for (const { secret, does } of faults) {
    const { metadata, owner, immutable } = secret;
    const { external, sealed, application } = index.of(metadata.namespace, metadata.name);
    const by = owner?.by ?? (external ? 'external-secrets' : sealed ? 'sealed-secrets' : application && 'argocd');
    const place = `Secret ${metadata.namespace}/${metadata.name}`;
    if (by !== undefined) {
      throw new OperatorError('secret-owned', `${place} is written by ${by}, which a drill does not pause`, {
        hint: 'name the others in a scenario of your own: c2l dr-drill describe total-secret-loss',
      });
    }
    if (immutable && does !== 'lost') {
      throw new OperatorError('secret-owned', `${place} is immutable: it can be lost, and not changed`, {
        hint: 'c2l dr-drill run total-secret-loss',
      });
    }
  }
}

function consumers(
  faults: readonly SecretFault[],
  snapshot: Snapshot,
  stack: Stack | undefined,
): Pick<DrillPlan, 'evict' | 'keep'> {
  const evict: EvictedPod[] = [];
  const keep: { pod: ObjectRef; reason: string }[] = [];
  for (const workload of workloads(snapshot)) {
    if (!usesBroken(workload, faults)) continue;
    const reason = reasonToKeep(workload, stack);
    for (const each of workload.pods) {
      const pod = refOf('Pod', each.metadata);
      if (reason !== undefined) keep.push({ pod, reason });
      else evict.push({ pod, uid: each.metadata.uid ?? '', workload: workload.ref });
    }
  }
  return { evict, keep };
}

/** An image that is on the node starts without its pull secret. */
function usesBroken({ ref, podSpec }: Workload, faults: readonly SecretFault[]): boolean {
  return secretReferences(ref, podSpec).some(
    ({ secret, key, via, optional }) =>
      !optional &&
      via !== 'imagePullSecrets' &&
      via !== 'serviceAccount' &&
      faults.some(
        (fault) =>
          fault.secret.metadata.name === secret &&
          fault.secret.metadata.namespace === ref.namespace &&
          (key === undefined || fault.keys.includes(key)),
      ),
  );
}

const dataWouldBeLost = 'its data lies in the pod, and would be lost with it';

/** Why pods must not be deleted, in a drill or on its way back. */
export function reasonToKeep(workload: Workload, stack: Stack | undefined): string | undefined {
  const { ref, type } = workload;
  if (type === 'Job' || type === 'CronJob') return 'its Job counts a deleted pod as a failure';
  if (type === 'Other' && ref.kind !== 'ReplicaSet') return 'no controller would start it again';
  return dataInPod(workload, stack) === undefined ? undefined : dataWouldBeLost;
}

/** The pods that have started since and hold other values than the Secrets hold now. */
export function outdatedPods(
  snapshot: Snapshot,
  stack: Stack | undefined,
  { changed, since }: { readonly changed: ReadonlySet<string>; readonly since: string },
): EvictedPod[] {
  return workloads(snapshot).flatMap((workload) => {
    const { ref, podSpec, pods } = workload;
    if (reasonToKeep(workload, stack) !== undefined) return [];
    const uses = secretReferences(ref, podSpec).some(
      ({ secret, key, via }) =>
        via !== 'imagePullSecrets' &&
        via !== 'serviceAccount' &&
        (key === undefined
          ? [...changed].some((id) => id.startsWith(`${ref.namespace}/${secret}/`))
          : changed.has(`${ref.namespace}/${secret}/${key}`)),
    );
    if (!uses) return [];
    return pods
      .filter((pod) => startOf(pod) >= since)
      .map(({ metadata }) => ({ pod: refOf('Pod', metadata), uid: metadata.uid ?? '', workload: ref }));
  });
}

function startOf({ metadata }: Pod): string {
  return metadata.creationTimestamp ?? '';
}

function invalid(message: string, hint: string): OperatorError {
  return new OperatorError('drill-invalid', message, { hint });
}

export function podsText(pods: readonly { readonly pod: ObjectRef }[]): string {
  return pods.map(({ pod }) => refText(pod)).join(', ');
}
