import { apiTime } from '../api/api-time.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * What of a store the sandbox knows: the provider `fake`, whose values stand in the store itself, and `azurekv` for the
 * sandbox's own vault.
 */
interface StoreSpec {
  readonly provider?: {
    readonly azurekv?: { readonly vaultUrl?: string };
    readonly fake?: { readonly data?: readonly { key: string; value?: string; version?: string }[] };
  };
}

export interface RemoteRef {
  readonly key: string;
  readonly property?: string;
  readonly version?: string;
}

/** Why External Secrets could not get a value, in its words. */
export class ProviderProblem extends Error {}

/** Says of each SecretStore whether it can be used. */
export function secretStoreController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const store = plane.store.get('secretstores', namespace, name);
    if (store) {
      writeCondition(plane, store, isUsable(store));
    }
  });
  return {
    observe({ resource, type, object }) {
      if (resource === 'secretstores' && type !== 'DELETED') {
        queue.add(object.metadata.namespace ?? '', object.metadata.name);
      }
    },
  };
}

function isUsable(store: StoredObject): boolean {
  const { fake, azurekv } = (store['spec'] as StoreSpec | undefined)?.provider ?? {};
  return fake !== undefined || azurekv?.vaultUrl !== undefined;
}

function writeCondition(plane: ControlPlane, store: StoredObject, usable: boolean): void {
  const { namespace, name } = store.metadata;
  const said = usable
    ? { status: 'True', reason: 'Valid', message: 'store validated' }
    : { status: 'False', reason: 'InvalidProviderConfig', message: 'unable to create client' };
  plane.store.mutate('secretstores', namespace, name, (draft) => {
    draft['status'] = {
      capabilities: 'ReadWrite',
      conditions: [{ type: 'Ready', ...said, lastTransitionTime: transitionTime(plane, store, said.reason) }],
    };
  });
}

interface StoredCondition {
  readonly reason?: string;
  readonly lastTransitionTime: string;
}

/** A condition keeps its time for as long as it says the same. */
export function transitionTime(plane: ControlPlane, { status }: StoredObject, reason: string): string {
  const [before] = (status as { conditions?: StoredCondition[] } | undefined)?.conditions ?? [];
  return before?.reason === reason ? before.lastTransitionTime : apiTime(plane.clock.now());
}

export function storeNamed(plane: ControlPlane, namespace: string, name: string): StoredObject {
  const store = plane.store.get('secretstores', namespace, name);
  if (!store) {
    const missing = `SecretStore.external-secrets.io ${JSON.stringify(name)} not found`;
    throw new ProviderProblem(`could not get SecretStore ${JSON.stringify(name)}, ${missing}`);
  }
  if (!isUsable(store)) {
    throw new ProviderProblem(`SecretStore ${JSON.stringify(name)} is not ready`);
  }
  return store;
}

/** The newest value of a key, or that of one version. */
export function remoteText(plane: ControlPlane, store: StoredObject, { key, version }: RemoteRef): string {
  const { fake, azurekv } = (store['spec'] as StoreSpec).provider ?? {};
  const text = azurekv === undefined ? fakeText(fake?.data, key, version) : vaultText(plane, azurekv, { key, version });
  if (text === undefined) {
    throw new ProviderProblem('Secret does not exist');
  }
  return text;
}

type FakeData = NonNullable<NonNullable<StoreSpec['provider']>['fake']>['data'];

function fakeText(data: FakeData, key: string, version: string | undefined): string | undefined {
  return data?.findLast((entry) => entry.key === key && (version === undefined || entry.version === version))?.value;
}

function vaultText(
  { vaults = [] }: ControlPlane,
  { vaultUrl = '' }: { readonly vaultUrl?: string },
  { key, version }: { readonly key: string; readonly version: string | undefined },
): string | undefined {
  const vault = vaults.find(({ url }) => url === vaultUrl.replace(/\/$/, ''));
  if (vault === undefined) {
    throw new ProviderProblem(`dial ${vaultUrl}: connection refused`);
  }
  return vault.read(key.replace(/^secret\//, ''), version);
}
