import type { RbacPurpose } from './rbac-purposes.ts';
import type { RbacRule } from './rbac-rule.ts';

/** Who keeps a pause ends it where it is kept: on Applications, where Argo CD has them. */
export function argocdPauseRules(purpose: RbacPurpose): RbacRule[] {
  const apiGroups = ['argoproj.io'];
  const resources = ['applications'];
  const pause = ['get', 'patch'];
  if (purpose === 'restart') {
    const why =
      'Argo CD is kept from scaling back what an immutable Secret that was created again wants gone at one time';
    return [{ why, apiGroups, resources, verbs: pause }];
  }
  if (purpose === 'stabilize') {
    const why =
      'Argo CD is kept from undoing a value with --pause-sync, and from scaling back what restart scales down';
    return [{ why, apiGroups, resources, verbs: pause }];
  }
  if (purpose === 'fix-secrets') {
    return [{ why: 'with --pause-sync Argo CD is kept from undoing a value', apiGroups, resources, verbs: pause }];
  }
  if (purpose === 'dr-drill') {
    const why = 'Argo CD is kept from undoing a fault, and goes on as it was before';
    return [{ why, apiGroups, resources, verbs: pause }];
  }
  if (purpose !== 'restore-sync') return [];
  return [
    {
      why: 'the sync that c2l paused goes on as it was before',
      apiGroups,
      resources,
      verbs: ['list', 'get', 'patch'],
    },
  ];
}

/** A pause of External Secrets is put back from what was read. */
export function externalPauseRule(why: string): RbacRule {
  return { why, apiGroups: ['external-secrets.io'], resources: ['externalsecrets'], verbs: ['get'] };
}
