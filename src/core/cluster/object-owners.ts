import type { Condition, ObjectMeta, OwnerReference } from './kubernetes-metadata.ts';
import type { Job, ObjectRef } from './kubernetes.ts';

export function refOf(kind: string, metadata: ObjectMeta): ObjectRef {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

/** The one owner that keeps the object alive; others are only told of its end. */
export function controllerOf(metadata: ObjectMeta): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true);
}

export function ownerRef(owner: OwnerReference, owned: ObjectMeta): ObjectRef {
  return { kind: owner.kind, namespace: owned.namespace ?? '', name: owner.name };
}

export function hasCondition(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

export function isFinishedJob(job: Job): boolean {
  return hasCondition(job.status?.conditions, 'Complete') || hasCondition(job.status?.conditions, 'Failed');
}
