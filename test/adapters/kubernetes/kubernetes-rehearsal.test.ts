import { expect, test } from '@jest/globals';

import { connectCluster } from '../../../src/adapters/kubernetes/kubernetes-cluster.ts';
import { sendJson, startFakeServer } from '../../support/fake-server.ts';

const application = (syncPolicy?: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'db', namespace: 'argocd' },
  spec: { project: 'default', ...(syncPolicy && { syncPolicy }) },
});

test.each([
  ['an empty policy, which Argo CD takes out again', application({}), 'same'],
  ['a policy of its own', application({ automated: {} }), 'change'],
])('an Application that is to have %s', async (_case, wanted, change) => {
  const server = await startFakeServer((response, { method }) => {
    sendJson(response, 200, method === 'GET' ? application() : wanted);
  });
  const cluster = await connectCluster({ kubeconfigText: server.kubeconfig(), requestTimeoutMs: 5000, env: {} });
  try {
    const object = { apiVersion: wanted.apiVersion, kind: 'Application', resource: 'applications', ...wanted.metadata };
    expect(await cluster.rehearseApply({ ...object, fields: wanted })).toBe(change);
  } finally {
    cluster.close();
    await server.close();
  }
});
