import { argoCdSecretName, argoCdTypeLabel } from '../argocd/argocd-parts.ts';
import { refText } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import type { Scene } from './diagnosis-scene.ts';

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
  cluster: clusterFaults,
  own: (secret) => lacking(secret, ['server.secretkey']),
};

/** The cluster that Argo CD itself runs in, which it reaches without credentials. */
const ownCluster = String.raw`https://kubernetes\.default\.svc/?`;

function clusterFaults(secret: Secret): string[] {
  const { data } = secret;
  const isOwn = data.get('server')?.violation({ pattern: ownCluster }) === undefined;
  return [
    ...lacking(secret, isOwn ? ['server'] : ['server', 'config']),
    ...(isNot(data.get('config'), 'json') ? ['holds a config that is not JSON'] : []),
  ];
}

/** A line break at its end makes it none the less. */
function isNot(value: SecretValue | undefined, kind: 'json' | 'pem'): boolean {
  return value?.violation({ kind }) === (kind === 'json' ? 'is not JSON' : 'is not PEM');
}

function repositoryFaults(secret: Secret): string[] {
  const { data } = secret;
  // A password alone is taken as a token: services do not look at the name beside it.
  return [
    ...lacking(secret, ['url']),
    ...(data.has('username') && !data.has('password') ? ['has a username without a password'] : []),
    ...(isNot(data.get('sshPrivateKey'), 'pem') ? ['holds an sshPrivateKey that is not PEM'] : []),
  ];
}

function lacking({ data }: Secret, keys: readonly string[]): string[] {
  const missing = keys.filter((key) => data.get(key)?.isEmpty !== false);
  return missing.length === 0 ? [] : [`lacks ${listText(missing)}`];
}
