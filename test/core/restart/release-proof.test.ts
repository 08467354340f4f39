import { expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { releaseProof } from '../../../src/core/restart/release-proof.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import { container, deployment, keyEnv, namespace, secret, snapshotOf } from '../../support/builders.ts';
import { pending, running, waiting } from '../../support/pod-statuses.ts';

const at = '2026-01-02T03:00:00Z';
const created = { immutable: true, metadata: { name: 'app', namespace, creationTimestamp: at } };
const spec = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };

type Status = NonNullable<Pod['status']>;
const refused = (key: string): Status =>
  pending([], [waiting('web', 'CreateContainerConfigError', `couldn't find key ${key} in Secret shop/app`)]);
const begun = pending([], [running('web')]);
const creating = pending([], [waiting('web', 'ContainerCreating')]);

test.each<[string, readonly Status[], string]>([
  ['one lacks a key that came with the Secret', [begun, refused('k')], 'held'],
  ['all have begun', [begun, begun], 'begun'],
  ['one is still made', [begun, creating], 'not yet'],
  ['one is not there yet', [begun], 'not yet'],
])('where %s', (_, statuses, proof) => {
  const view = secretsView(snapshotOf(secret('app', ['k'], { ...created, lastWrite: { manager: 'kubectl', at } })));
  const pods = statuses.flatMap((status) =>
    (deployment('web', { spec, pods: status }).pods ?? []).map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, creationTimestamp: '2026-01-02T03:02:00Z' },
    })),
  );
  expect(releaseProof(pods, 2, view)).toBe(proof);
});

test('a key that the Secret lacks as well is no proof that kubelet keeps an older one', () => {
  const view = secretsView(snapshotOf(secret('app', ['other'], { ...created, lastWrite: { manager: 'kubectl', at } })));
  const { pods = [] } = deployment('web', { spec, pods: refused('k') });
  expect(releaseProof(pods, 1, view)).toBe('not yet');
});
