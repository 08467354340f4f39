import { expect, test } from '@jest/globals';

import type { ObjectRef } from '../../src/core/cluster/kubernetes.ts';
import { newFinding } from '../../src/core/findings/new-finding.ts';
import { groupFindings } from '../../src/render/findings/finding-groups.ts';

const ref = (kind: string, name: string): ObjectRef => ({ kind, namespace: 'shop', name });
const [auth, api, web, grafana] = [
  ref('StatefulSet', 'auth'),
  ref('Deployment', 'api'),
  ref('Deployment', 'web'),
  ref('Deployment', 'grafana'),
] as const;

test('what the keys of one Secret block is told in the order of the dependencies', () => {
  const lacking = (key: string, ...blocks: ObjectRef[]) => ({
    ...newFinding('secret-key-missing', { object: ref('Secret', 'app'), key, message: 'm', fix: 'f' }),
    blocks,
  });
  const findings = [lacking('a', grafana), lacking('b', api, web), lacking('c', auth, api, web)];

  const [group] = groupFindings(findings);
  expect(group?.blocks.map(({ name }) => name)).toEqual(['grafana', 'auth', 'api', 'web']);
});
