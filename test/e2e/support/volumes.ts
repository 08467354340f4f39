import type { KubeObject, TestCluster } from './cluster.ts';
import { until } from './wait.ts';

interface Claim {
  readonly name: string;
  readonly spec: object;
}

/** The claims that a StatefulSet's first pod will ask for. */
export function claimsOf(object: KubeObject): Claim[] {
  const templates = object.spec?.volumeClaimTemplates ?? [];
  return templates.map(({ metadata, spec }) => ({ name: `${metadata.name}-${object.metadata.name}-0`, spec }));
}

/**
 * Makes the claims before their StatefulSets do and empties what they were bound to: a reused volume may hold an
 * earlier run's database, which keeps the earlier run's password.
 */
export async function bindEmptyVolumes(cluster: TestCluster, namespace: string, claims: readonly Claim[]) {
  const base = `/api/v1/namespaces/${namespace}`;
  for (const { name, spec } of claims) {
    await cluster.create(`${base}/persistentvolumeclaims`, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec,
    });
  }
  const sweeper = 'empty-volumes';
  await cluster.create(`${base}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: sweeper },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: sweeper,
          image: 'busybox:1.36',
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', '-c', 'find /volumes -mindepth 2 -delete'],
          resources: { requests: { cpu: '5m' } },
          volumeMounts: claims.map(({ name }) => ({ name, mountPath: `/volumes/${name}` })),
        },
      ],
      volumes: claims.map(({ name }) => ({ name, persistentVolumeClaim: { claimName: name } })),
    },
  });
  await until(
    'volumes emptied',
    async () => {
      const phase = (await cluster.get(`${base}/pods/${sweeper}`))?.status?.phase;
      if (phase === 'Failed') throw new Error('the volumes could not be emptied');
      return phase === 'Succeeded' ? phase : undefined;
    },
    { within: 60_000, seen: async () => JSON.stringify((await cluster.get(`${base}/pods/${sweeper}`))?.status) },
  );
  await cluster.remove(`${base}/pods/${sweeper}`);
}

/** Lets volumes that the deleted namespace's claims held be bound again; other namespaces' volumes are left alone. */
export async function freeVolumes(cluster: TestCluster, namespace: string): Promise<void> {
  for (const volume of await cluster.list('/api/v1/persistentvolumes')) {
    if (volume.spec?.claimRef?.namespace !== namespace) continue;
    await cluster.patch(`/api/v1/persistentvolumes/${volume.metadata.name}`, { spec: { claimRef: null } });
  }
}
