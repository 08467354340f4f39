import { trackingId } from '../argocd/application-objects.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import { sourceNames } from '../sources/source-names.ts';
import type { StackSecret } from '../stack/stack.ts';

/** By this c2l knows the objects again that it made to take a Secret over. */
export const migratedLabel = { 'app.kubernetes.io/managed-by': 'c2l' };

/** What is created beside a Secret, without its kind and version, which the server's own tell. */
export interface WriterManifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

const argocd = {
  'argocd.argoproj.io/sync-wave': '-1',
  'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
};

export interface ExternalTarget {
  readonly name: string;
  /** `Owner` for one that goes with its ExternalSecret. */
  readonly creationPolicy: 'Owner' | 'Orphan';
}

/** Exactly the keys that the Secret holds: it writes nothing else, and leaves nothing out. */
export function externalSecretFor(
  { metadata: { namespace }, type, data }: Secret,
  declared: StackSecret | undefined,
  { store, target }: { readonly store: Pick<ObjectRef, 'kind' | 'name'>; readonly target: ExternalTarget },
): WriterManifest {
  return {
    metadata: { name: target.name, namespace, labels: migratedLabel, annotations: argocd },
    spec: {
      refreshInterval: '1m',
      secretStoreRef: { kind: store.kind, name: store.name },
      target: {
        name: target.name,
        creationPolicy: target.creationPolicy,
        deletionPolicy: 'Retain',
        // Without a template it would write its own labels and annotations onto the Secret.
        template: { engineVersion: 'v2', type },
      },
      data: [...data.keys()].sort().map((secretKey) => {
        const { azureKeyVaultName: key, azureKeyVaultVersion: version } = sourceNames(
          secretKey,
          declared?.keys[secretKey],
        );
        return { secretKey, remoteRef: { key, ...(version !== undefined && { version }) } };
      }),
    },
  };
}

const sealedPrefix = 'sealedsecrets.bitnami.com';
export const adoptAnnotation = `${sealedPrefix}/managed`;

/** Sealed Secrets replaces what a Secret bears by what the template holds, so that it holds what others put there. */
export function sealedSecretFor(
  { metadata: { name, namespace, labels = {}, annotations = {} }, type }: Secret,
  encryptedData: ReadonlyMap<string, string>,
): WriterManifest {
  const kept = Object.entries(annotations).filter(([key]) => !isOwnMark(key));
  return {
    metadata: { name, namespace, labels: migratedLabel, annotations: argocd },
    spec: {
      encryptedData: Object.fromEntries([...encryptedData].sort(([left], [right]) => (left < right ? -1 : 1))),
      template: {
        metadata: { name, namespace, labels, annotations: { ...Object.fromEntries(kept), [adoptAnnotation]: 'true' } },
        type,
      },
    },
  };
}

/** Of this one object at this one time: it must not be made again with the next that is unsealed. */
function isOwnMark(annotation: string): boolean {
  return (
    annotation.startsWith('c2l.dev/') || annotation.startsWith('kubectl.kubernetes.io/') || annotation === trackingId
  );
}
