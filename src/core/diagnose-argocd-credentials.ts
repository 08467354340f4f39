import type { Scene } from './diagnosis-scene.ts';
import type { Finding } from './findings.ts';
import { refText } from './kubernetes.ts';
import { listText } from './list-text.ts';
import { newFinding } from './new-finding.ts';
import { refOf } from './object-owners.ts';
import type { Secret } from './secret.ts';

const typeLabel = 'argocd.argoproj.io/secret-type';

/**
 * Secrets that Argo CD itself lives on, where they are in a namespace that is looked at: repositories, clusters and its
 * own. What is wrong with them is told by Argo CD only in the conditions of applications.
 */
export function diagnoseArgoCdCredentials({ snapshot }: Scene): Finding[] {
  const { namespace } = snapshot.argocd;
  return snapshot.secrets.items.flatMap((secret) => {
    if (secret.metadata.namespace !== namespace) return [];
    const kind = secret.metadata.labels?.[typeLabel] ?? (secret.metadata.name === 'argocd-secret' ? 'own' : '');
    const wrong = faults[kind]?.(secret) ?? [];
    if (wrong.length === 0) return [];
    const object = refOf('Secret', secret.metadata);
    return newFinding('argocd-credentials-invalid', {
      object,
      secret: object.name,
      message: `${refText(object)}, ${uses[kind] ?? ''}, ${listText(wrong)}`,
      fix: `kubectl -n ${namespace} edit secret ${object.name}`,
    });
  });
}

const uses: Readonly<Record<string, string>> = {
  repository: 'by which Argo CD reaches a repository',
  'repo-creds': 'by which Argo CD reaches repositories',
  cluster: 'by which Argo CD reaches a cluster',
  own: 'with which Argo CD signs its sessions',
};

const faults: Readonly<Record<string, (secret: Secret) => string[]>> = {
  repository: repositoryFaults,
  'repo-creds': repositoryFaults,
  cluster: (secret) => [
    ...lacking(secret, ['name', 'server', 'config']),
    ...(secret.data.get('config')?.violation({ kind: 'json' }) === undefined
      ? []
      : ['holds a config that is not JSON']),
  ],
  own: (secret) => lacking(secret, ['server.secretkey']),
};

function repositoryFaults(secret: Secret): string[] {
  const { data } = secret;
  const key = data.get('sshPrivateKey');
  const isHalf = data.has('password') && !data.has('username');
  return [
    ...lacking(secret, ['url']),
    ...(isHalf ? ['has a password without a username'] : []),
    ...(data.has('username') && !data.has('password') ? ['has a username without a password'] : []),
    ...(key === undefined || key.violation({ kind: 'pem' }) === undefined
      ? []
      : ['holds an sshPrivateKey that is not PEM']),
  ];
}

function lacking({ data }: Secret, keys: readonly string[]): string[] {
  const missing = keys.filter((key) => data.get(key)?.isEmpty !== false);
  return missing.length === 0 ? [] : [`lacks ${listText(missing)}`];
}
