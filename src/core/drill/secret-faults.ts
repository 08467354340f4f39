import { OperatorError } from '../../errors.ts';
import { refId, refText } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { revisionsIn } from '../revisions/revision.ts';
import { requirements, type Requirement } from '../secrets/requirements.ts';
import { namespaceOf, type Stack } from '../stack/stack.ts';
import { componentRef } from '../workloads/dependencies.ts';
import { usesBroken, volatileWorkloads } from './drill-pods.ts';
import type { DrillFault } from './drill-schema.ts';
import type { SecretFault } from './secret-fault.ts';

/** A Secret that a fault means, and cannot be done to. */
export interface SparedSecret {
  readonly secret: Secret;
  readonly reason: string;
}

export interface SecretFaults {
  readonly faults: readonly SecretFault[];
  readonly spared: readonly SparedSecret[];
}

interface Scene {
  readonly snapshot: Snapshot;
  readonly stack: Stack | undefined;
  readonly needed: readonly Requirement[];
}

/** What the faults of a scenario do to Secrets. Throws where they would break what no way back is proven for. */
export function faultsOf(faults: readonly DrillFault[], snapshot: Snapshot, stack: Stack | undefined): SecretFaults {
  const needed = requirements(snapshot, stack);
  const each = faults.map((fault) => secretFaults(fault, { snapshot, stack, needed }));
  const found = joined(each.flatMap((one) => one.faults));
  refuseDataLoss(found, snapshot, stack);
  const broken = new Set(found.map(({ secret }) => secret));
  return { faults: found, spared: each.flatMap((one) => one.spared).filter(({ secret }) => !broken.has(secret)) };
}

function secretFaults(fault: DrillFault, scene: Scene): SecretFaults {
  const secrets = stackSecrets(scene);
  switch (fault.kind) {
    case 'refuse-source':
    case 'lose-workloads':
    case 'undo-recovery':
      return { faults: [], spared: [] };
    case 'lose-secrets': {
      const { secrets: wanted } = fault;
      const named = secrets.filter(
        (secret) =>
          wanted === 'all' ||
          (wanted === 'image-pull' ? secret.pullCredentials !== undefined : wanted.includes(secret.metadata.name)),
      );
      refuseUnknown(
        wanted,
        named.map(({ metadata }) => metadata.name),
        'Secret',
      );
      if (named.length === 0)
        throw invalid('the stack has no Secret that this scenario could lose', 'c2l dr-drill list');
      const kept = fault.revisions ? revisionsOf(named, scene.snapshot) : [];
      const lost = [...named, ...kept].map((secret): SecretFault => ({
        secret,
        does: 'lost',
        keys: [...secret.data.keys()].sort(),
        isForPulls: wanted === 'image-pull',
      }));
      return { faults: lost, spared: [] };
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
): SecretFaults {
  const meant = secrets.flatMap((secret): SecretFault[] => {
    const { namespace, name } = secret.metadata;
    const keys = [...secret.data.keys()].filter((key) =>
      typeof wanted === 'string' ? isMeant(idOf({ namespace, secret: name, key })) : wanted.includes(key),
    );
    return keys.length === 0 ? [] : [{ secret, does, keys: keys.sort(), isForPulls: false }];
  });
  refuseUnknown(
    wanted,
    meant.flatMap(({ keys }) => keys),
    'key',
  );
  // One that is named is refused, with the reason.
  const isSpared = ({ secret }: SecretFault): boolean => secret.immutable && typeof wanted === 'string';
  const faults = meant.filter((fault) => !isSpared(fault));
  const instead = does === 'keys-lost' ? 'loses no key' : 'no value in it changes';
  const reason = `is immutable: it can be lost whole, and ${instead}`;
  const spared = meant.filter(isSpared).map(({ secret }) => ({ secret, reason }));
  if (faults.length > 0) return { faults, spared };
  const why = spared.map(({ secret }) => `: secret/${secret.metadata.name} ${reason}`).join('');
  throw invalid(`the stack has no key that this scenario could break${why}`, 'c2l dr-drill list');
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

function invalid(message: string, hint: string): OperatorError {
  return new OperatorError('drill-invalid', message, { hint });
}
