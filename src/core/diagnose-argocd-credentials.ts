import { argoCdSecretName, argoCdTypeLabel } from './argocd-parts.ts';
import type { Scene } from './diagnosis-scene.ts';
import type { Finding } from './findings.ts';
import { refText } from './kubernetes.ts';
import { listText } from './list-text.ts';
import { newFinding } from './new-finding.ts';
import { refOf } from './object-owners.ts';
import type { Secret } from './secret.ts';

/**
 * Secrets that Argo CD itself lives on: repositories, clusters and its own. What is wrong with them is told by Argo CD
 * only in the conditions of applications.
 */
export function diagnoseArgoCdCredentials({ snapshot: { argocd } }: Scene): Finding[] {
  const { namespace, secrets } = argocd;
  if (secrets === undefined) return [];
  return [...(secrets.lacksOwn ? [ownSecretMissing(namespace)] : []), ...secrets.items.flatMap(invalidSecret)];
}

function ownSecretMissing(namespace: string): Finding {
  const object = { kind: 'Secret', namespace, name: argoCdSecretName };
  return newFinding('argocd-secret-missing', {
    object,
    secret: argoCdSecretName,
    message: `${refText(object)} does not exist in namespace ${namespace}: nobody can log in to Argo CD, and argocd-server does not start again`,
    fix: `kubectl -n ${namespace} create secret generic ${argoCdSecretName}`,
  });
}

function invalidSecret(secret: Secret): Finding[] {
  const object = refOf('Secret', secret.metadata);
  const kind = secret.metadata.labels?.[argoCdTypeLabel] ?? (object.name === argoCdSecretName ? 'own' : '');
  const wrong = faults[kind]?.(secret) ?? [];
  if (wrong.length === 0) return [];
  return [
    newFinding('argocd-credentials-invalid', {
      object,
      secret: object.name,
      message: `${refText(object)}, ${uses[kind] ?? ''}, ${listText(wrong)}`,
      fix: `kubectl -n ${object.namespace} edit secret ${object.name}`,
    }),
  ];
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
