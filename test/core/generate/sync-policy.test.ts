import { expect, test } from '@jest/globals';

import { generateSyncPolicy } from '../../../src/core/generate/sync-policy.ts';
import { stackOf } from '../../support/builders.ts';

const stack = {
  ...stackOf({
    components: [
      { name: 'db', workload: 'StatefulSet/db' },
      { name: 'metrics', workload: 'Deployment/metrics', critical: false },
    ],
  }),
  argocd: { namespace: 'argocd', applications: ['metrics', 'db', 'of-no-component'] },
};

test('an Application is left as it is only where the stack says that it is not critical', () => {
  const files = generateSyncPolicy({ stack, namespaces: stack.namespaces, all: false, argocdNamespace: 'argocd' }, '');
  expect(files.map(({ path }) => path)).toEqual([
    'kustomization.yaml',
    'application-db.yaml',
    'application-of-no-component.yaml',
    'README.md',
  ]);
});
