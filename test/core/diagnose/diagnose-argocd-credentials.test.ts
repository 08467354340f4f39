import { expect, test } from '@jest/globals';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { gap, secretWith, snapshotOf } from '../../support/builders.ts';

function messages(type: string | undefined, data: Readonly<Record<string, string>>, name = 'creds'): string[] {
  const labels = type === undefined ? {} : { 'argocd.argoproj.io/secret-type': type };
  const { secrets = [] } = secretWith(name, data, { metadata: { name, namespace: 'argocd', labels } });
  const found = diagnose(snapshotOf({ argocdSecrets: { items: secrets } }));
  return found.map(
    ({ severity, code, message }) => `${severity} ${code} ${message.replace(/^secret\/[^,]*, [^,]*, /, '')}`,
  );
}

const url = 'https://git.example.test/shop.git';

test.each<[string, string | undefined, Record<string, string>, string | undefined]>([
  ['a repository with a login', 'repository', { url, username: 'u', password: 'word' }, undefined],
  ['a public repository', 'repository', { url }, undefined],
  ['a repository without its address', 'repository', { username: 'u', password: 'word' }, 'lacks url'],
  ['a repository with half a login', 'repo-creds', { url, username: 'u' }, 'has a username without a password'],
  ['a repository with a token alone', 'repository', { url, password: 'word' }, undefined],
  [
    'a repository with what is no key',
    'repository',
    { url, sshPrivateKey: 'word' },
    'holds an sshPrivateKey that is not PEM',
  ],
  ['a cluster', 'cluster', { name: 'c', server: 'https://c.test', config: '{}' }, undefined],
  ['a cluster without its address', 'cluster', { name: 'c', server: '', config: '{}' }, 'lacks server'],
  [
    'a cluster with what is no configuration',
    'cluster',
    { name: 'c', server: 'https://c.test', config: 'word' },
    'holds a config that is not JSON',
  ],
  ['a cluster without its credentials', 'cluster', { name: 'c', server: 'https://c.test' }, 'lacks config'],
  ['the cluster that Argo CD runs in', 'cluster', { server: 'https://kubernetes.default.svc' }, undefined],
  [
    'a cluster whose configuration ends in a line break',
    'cluster',
    { server: 'https://c.test', config: '{}\n' },
    undefined,
  ],
  ['any other Secret', undefined, {}, undefined],
])('%s', (_, type, data, wrong) => {
  expect(messages(type, data)).toEqual(wrong === undefined ? [] : [`error argocd-credentials-invalid ${wrong}`]);
});

test("Argo CD's own Secret must hold the key of its sessions", () => {
  expect(messages(undefined, { 'admin.password': 'word' }, 'argocd-secret')).toEqual([
    'error argocd-credentials-invalid lacks server.secretkey',
  ]);
});

test("Argo CD's own Secret is missing only where that was seen", () => {
  expect(diagnose(snapshotOf({ argocdSecrets: { lacksOwn: false } }))).toEqual([]);
  expect(diagnose(snapshotOf({ argocdSecrets: { lacksOwn: true } }))).toMatchObject([
    {
      id: 'argocd-secret-missing/argocd/argocd-secret',
      severity: 'error',
      fix: 'kubectl -n argocd create secret generic argocd-secret',
    },
  ]);
});

test.each([
  [
    'is named with what it hides',
    [],
    ['secrets in namespace argocd could not be read (…), so it is not known whether'],
  ],
  ['is said by a list that was refused everywhere', [gap('secrets', '')], ['secrets of all namespaces could not be']],
])('a list of them that is refused %s', (_, others, says) => {
  const refused = { ...gap('secrets', 'argocd'), reason: '…', hides: 'whether Argo CD can log in' };
  const found = diagnose(snapshotOf({ argocdSecrets: {}, gaps: [refused, ...others] }));
  expect(found.map(({ message }) => message)).toEqual(says.map((words) => expect.stringContaining(words)));
});
