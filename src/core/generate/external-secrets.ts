import { sourceNames } from '../sources/source-names.ts';
import { namespaceOf, type Stack, type StackKey, type StackSecret } from '../stack/stack.ts';
import { madeOfStack, needsSecrets } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';

const apiVersion = 'external-secrets.io/v1';
const storeName = 'c2l-vault';

/**
 * What lets External Secrets write the stack's Secrets from the vault. They lie beside: applied unasked, they would take
 * over Secrets that somebody else writes.
 */
export const generateExternalSecrets = madeOfStack('external-secrets', [needsSecrets], (stack): GeneratedFile[] => [
  {
    path: 'secret-store.yaml',
    comment: `Where the Secrets of stack ${stack.name} come from, and as whom External Secrets reads there: the identity needs the role Key Vault Secrets User on the vault, and a federated credential for the ServiceAccount. Before the Secrets: wave -2.`,
    use: 'beside',
    documents: [...new Set(stack.secrets.map((secret) => namespaceOf(stack, secret)))]
      .sort()
      .flatMap((namespace) => [serviceAccount(stack, namespace), secretStore(stack, namespace)]),
  },
  {
    path: 'external-secrets.yaml',
    comment: `The Secrets of stack ${stack.name}, in wave -1: before everything that consumes them. Each takes over the Secret of its name and drops the keys that it does not map, so look first at what is there: c2l audit -n ${stack.namespaces[0]}`,
    use: 'beside',
    documents: stack.secrets.map((secret) => externalSecret(stack, secret)),
  },
]);

function metadata(name: string, namespace: string, wave: number, annotations: object = {}): object {
  return {
    name,
    namespace,
    annotations: {
      'argocd.argoproj.io/sync-wave': String(wave),
      'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      ...annotations,
    },
  };
}

function serviceAccount({ azureKeyVault }: Stack, namespace: string): object {
  const identity = {
    'azure.workload.identity/client-id': azureKeyVault?.clientId ?? 'CLIENT-ID',
    'azure.workload.identity/tenant-id': azureKeyVault?.tenantId ?? 'TENANT-ID',
  };
  const metadataOfAccount = metadata(storeName, namespace, -2, identity);
  const isNamed = azureKeyVault?.clientId !== undefined && azureKeyVault.tenantId !== undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: isNamed
      ? metadataOfAccount
      : new Commented('azureKeyVault.clientId and .tenantId of the stack file name yours.', metadataOfAccount),
  };
}

function secretStore({ azureKeyVault }: Stack, namespace: string): object {
  const url = urlOf(azureKeyVault?.vault ?? 'NAME');
  return {
    apiVersion,
    kind: 'SecretStore',
    metadata: metadata(storeName, namespace, -2),
    spec: {
      provider: {
        azurekv: {
          authType: 'WorkloadIdentity',
          vaultUrl:
            azureKeyVault === undefined
              ? new Commented('azureKeyVault.vault of the stack file names yours.', url)
              : url,
          serviceAccountRef: { name: storeName },
        },
      },
    },
  };
}

function urlOf(vault: string): string {
  return vault.startsWith('https://') ? vault : `https://${vault}.vault.azure.net`;
}

function externalSecret(stack: Stack, secret: StackSecret): object {
  const keys = Object.entries(secret.keys).sort(([left], [right]) => (left < right ? -1 : 1));
  const mapped = keys.filter(([key, declared]) => isCertain(key, declared));
  const found = keys.filter(([key, declared]) => !isCertain(key, declared));
  const template = secret.type === 'Opaque' ? {} : { template: { engineVersion: 'v2', type: secret.type } };
  return {
    apiVersion,
    kind: 'ExternalSecret',
    metadata: metadata(secret.name, namespaceOf(stack, secret), -1),
    spec: {
      refreshInterval: new Commented('How long a key that somebody took from the Secret stays away.', '1m'),
      secretStoreRef: { kind: 'SecretStore', name: storeName },
      target: {
        name: secret.name,
        creationPolicy: new Commented(
          'The Secret outlives this object, so that a prune or a delete by mistake takes no key away.',
          'Orphan',
        ),
        deletionPolicy: new Commented('And outlives its values in the vault.', 'Retain'),
        ...template,
      },
      ...(mapped.length > 0 && { data: mapped.map(([key, declared]) => certainKey(key, declared)) }),
      ...(found.length > 0 && {
        dataFrom: new Commented(
          'Optional keys are looked for: one that the vault lacks, named outright, would keep all others away.',
          searches(found),
        ),
      }),
    },
  };
}

/** A search knows no versions, and a key with a pinned version is there. */
function isCertain(key: string, declared: StackKey): boolean {
  return declared.required || sourceNames(key, declared).azureKeyVaultVersion !== undefined;
}

function certainKey(key: string, declared: StackKey): object {
  const { azureKeyVaultName, azureKeyVaultVersion: version } = sourceNames(key, declared);
  return {
    secretKey: key,
    remoteRef: { key: azureKeyVaultName, ...(version !== undefined && { version }) },
  };
}

/** One search for all that keep their names: each goes through the whole vault. */
function searches(keys: readonly (readonly [string, StackKey])[]): object[] {
  const named = keys.map(([key, declared]) => ({ key, name: sourceNames(key, declared).azureKeyVaultName }));
  const same = named.filter(({ key, name }) => key === name).map(({ name }) => name);
  const renamed = named.filter(({ key, name }) => key !== name);
  const find = (names: string): object => ({ find: { name: { regexp: names } } });
  return [
    ...(same.length > 0 ? [find(`^(${same.join('|')})$`)] : []),
    ...renamed.map(({ key, name }) => ({
      ...find(`^${name}$`),
      rewrite: [{ regexp: { source: `^${name}$`, target: key } }],
    })),
  ];
}
