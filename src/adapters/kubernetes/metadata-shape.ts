import type { ObjectMeta } from '../../core/cluster/kubernetes-metadata.ts';
import type { ShapeOf } from './kubernetes-shapes.ts';

export const strings = { map: 'string' } as const;

/** Holds the whole object once more, values included; what was seen of it in a Secret is kept apart. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export const metadataShape: ShapeOf<ObjectMeta> = {
  required: { name: 'string' },
  optional: {
    namespace: 'string',
    uid: 'string',
    resourceVersion: 'string',
    generation: 'number',
    creationTimestamp: 'string',
    deletionTimestamp: 'string',
    labels: strings,
    annotations: { map: 'string', without: [lastApplied] },
    ownerReferences: {
      list: {
        required: { apiVersion: 'string', kind: 'string', name: 'string', uid: 'string' },
        optional: { controller: 'boolean', blockOwnerDeletion: 'boolean' },
      },
    },
    finalizers: { list: 'string' },
  },
};
