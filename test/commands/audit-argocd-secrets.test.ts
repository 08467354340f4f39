import { describe, expect, test } from '@jest/globals';

import type { Finding } from '../../src/core/findings/findings.ts';
import type { Fault } from '../../src/sandbox/api/api-server.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const argocd = 'argocd';

function forbidden(): Fault {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 };
  return { status: 403, body: JSON.stringify(status) };
}

async function auditOf(world: Sandbox, ...argv: readonly string[]) {
  const { stdout, code } = await runCli(['audit', '-o', 'json', ...argv], { kubeconfig: world.kubeconfig });
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  const about = findings.filter(({ object }) => object.namespace === argocd && object.kind === 'Secret');
  return { code, about, said: about.map(({ code: word, message }) => `${word} ${message}`) };
}

const half = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'repo-shop', namespace: argocd, labels: { 'argocd.argoproj.io/secret-type': 'repository' } },
  type: 'Opaque',
  data: { url: btoa('https://git.example.test/shop.git'), username: btoa('robot') },
};

describe.each([
  ['of the stack', []],
  ['of another namespace', ['-n', 'kube-system']],
  ['of the namespace that Argo CD runs in', ['-n', argocd]],
  ['of all namespaces', ['-A']],
])('an audit %s', (_, scope) => {
  test('looks at the Secrets that Argo CD lives on', async () => {
    const world = await sandbox({ scenario: 'healthy' });
    expect(await auditOf(world, ...scope)).toMatchObject({ code: 0, said: [] });

    world.store.create('secrets', half);
    world.store.remove('secrets', argocd, 'argocd-secret');

    expect(await auditOf(world, ...scope)).toMatchObject({
      code: 1,
      said: [
        expect.stringMatching(/^argocd-credentials-invalid secret\/repo-shop, .* has a username without a password$/),
        expect.stringMatching(/^argocd-secret-missing secret\/argocd-secret does not exist in namespace argocd/),
      ],
    });
  });

  test('says what it does not know where they may not be read', async () => {
    const world = await sandbox({
      scenario: 'healthy',
      intercept: ({ path }) => (/\/(argocd\/)?secrets\b/.test(path) ? forbidden() : undefined),
    });
    const { code, said } = await auditOf(world, ...scope);
    expect(said.join('\n')).not.toContain('argocd-secret-missing');
    expect(code).toBe(3);
  });
});

test('one that may be read where the others may not is told by itself', async () => {
  const world = await sandbox({
    scenario: 'healthy',
    intercept: ({ path }) => (path.includes('/argocd/secrets?') ? forbidden() : undefined),
  });
  world.store.remove('secrets', argocd, 'argocd-secret');
  const { said } = await auditOf(world);
  expect(said).toEqual([
    expect.stringMatching(/^argocd-secret-missing /),
    expect.stringMatching(
      /^unreadable .* it is not known whether Argo CD can log in to its repositories and clusters$/,
    ),
  ]);
});

test('no Secret is asked for where Argo CD is not', async () => {
  const asked: string[] = [];
  const world = await sandbox({
    scenario: 'healthy',
    intercept: ({ path }) => {
      asked.push(path);
      return path.includes('/argocd/secrets') ? forbidden() : undefined;
    },
  });
  for (const kind of ['deployments', 'statefulsets', 'applications'] as const) {
    for (const { metadata } of world.store.list(kind, argocd)) world.store.remove(kind, argocd, metadata.name);
  }
  expect(await auditOf(world, '-n', 'kube-system')).toMatchObject({ code: 0, said: [] });
  expect(asked.filter((path) => path.includes('/argocd/secrets'))).toEqual([]);
});
