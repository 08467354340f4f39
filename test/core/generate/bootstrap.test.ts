import { expect, test } from '@jest/globals';

import { generateBootstrap } from '../../../src/core/generate/bootstrap.ts';
import { stackOf } from '../../support/builders.ts';

const made = (stack: ReturnType<typeof stackOf>) => {
  const files = generateBootstrap({ stack, namespaces: stack.namespaces, all: false, argocdNamespace: 'argocd' }, '');
  const guide = files.find(({ path }) => path === 'README.md');
  return { paths: files.map(({ path }) => path), guide: guide !== undefined && 'text' in guide ? guide.text : '' };
};

test('the guide goes from the namespaces to the logins, Secrets before what needs them', () => {
  const { paths, guide } = made({
    ...stackOf({
      secrets: [{ name: 'shop', keys: { token: {}, password: {}, extra: { required: false } } }],
      components: [
        { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
        { name: 'db', workload: 'StatefulSet/db' },
      ],
      argocd: { applications: ['db', 'api'] },
    }),
    azureKeyVault: { vault: 'shop-vault' },
  });
  expect(paths).toEqual(['namespaces.yaml', 'README.md']);
  expect(guide.match(/^## .*$/gm)).toEqual([
    '## Namespaces',
    '## Kinds that the manifests use',
    '## The vault, and who reads it',
    '## Secrets, before what needs them',
    '## Workloads, each after what it depends on',
    '## First logins',
  ]);
  expect(guide).toContain('/shop: password, token\n');
  expect(guide).toContain('1. db\n2. api\n');
  expect(guide).toContain('azure-key-vault:shop-vault');
  expect(guide).toMatch(/argocd app sync db\n\s+argocd app sync api/);
});

test('a stack without Secrets and Applications gets a guide without them', () => {
  const { guide } = made(stackOf({ components: [{ name: 'db', workload: 'StatefulSet/db' }] }));
  expect(guide).not.toMatch(/fix-secrets|argocd app sync/);
});
