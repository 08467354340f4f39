import { describe, expect, test } from '@jest/globals';

import type { GenerateSubject } from '../../../src/core/generate/generate-subject.ts';
import { Commented } from '../../../src/core/generate/generated-file.ts';
import { generateRbac, roleGrants } from '../../../src/core/generate/rbac.ts';
import { rbacPurposes, type RbacPurpose } from '../../../src/core/generate/rbac-purposes.ts';
import { namespaceRules } from '../../../src/core/generate/rbac-rules.ts';
import { stackOf } from '../../support/builders.ts';

const stack = stackOf({
  secrets: [
    { name: 'shop-secrets', keys: { 'db-password': {} } },
    { name: 'other', namespace: 'elsewhere', keys: { token: {} } },
  ],
  components: [
    {
      name: 'db',
      workload: 'StatefulSet/db',
      checks: [
        { kind: 'postgres-login', user: { value: 'shop' }, password: { secret: 'shop-secrets', key: 'db-password' } },
      ],
    },
    { name: 'api', workload: 'Deployment/api', checks: [{ kind: 'http', service: 'api', port: 8080 }] },
  ],
});
const subject: GenerateSubject = { stack, namespaces: ['shop'], all: false, argocdNamespace: 'argocd' };

/** As `verb resource[/names]`, without the lists that every command makes. */
function writesAndGets(purpose: RbacPurpose, of: GenerateSubject = subject): string[] {
  return namespaceRules(purpose, 'shop', of)
    .filter(({ verbs }) => !verbs.includes('list'))
    .flatMap(({ verbs, resources, resourceNames }) =>
      verbs.flatMap((verb) =>
        resources.map((resource) => [verb, resource, ...(resourceNames ? [resourceNames.join()] : [])].join(' ')),
      ),
    );
}

const fixes = [
  'get secrets shop-secrets',
  'patch secrets shop-secrets',
  'create secrets',
  'delete secrets',
  'patch externalsecrets',
];
const patchWorkloads = ['patch deployments', 'patch statefulsets', 'patch daemonsets'];
const logins = ['get services/proxy api:8080', 'get pods/exec', 'create pods/exec'];

describe('rights beside the lists that every command makes', () => {
  test.each<[RbacPurpose, string[]]>([
    ['audit', ['get pods/log']],
    ['watch', ['get secrets shop-secrets', ...logins]],
    ['backup', []],
    ['history', ['delete secrets']],
    ['rollback', fixes.filter((each) => !each.includes('externalsecrets'))],
    [
      'dr-drill',
      [
        'get pods/log',
        'get secrets',
        'patch secrets',
        'create secrets',
        'delete secrets',
        'patch externalsecrets',
        'get externalsecrets',
        'create pods/eviction',
        ...patchWorkloads,
        ...logins,
        'update secrets',
        ...['get', 'create', 'update', 'delete'].flatMap((verb) =>
          ['deployments', 'statefulsets', 'daemonsets'].map((resource) => `${verb} ${resource}`),
        ),
      ],
    ],
    ['fix-secrets', [...fixes, 'get externalsecrets']],
    ['restart', ['create pods/eviction', ...patchWorkloads, 'get secrets shop-secrets', ...logins]],
    ['verify', ['get pods/log', 'get secrets shop-secrets', ...logins]],
    [
      'stabilize',
      ['get pods/log', ...fixes, 'get externalsecrets', 'create pods/eviction', ...patchWorkloads, ...logins],
    ],
  ])('%s', (purpose, expected) => {
    expect(writesAndGets(purpose)).toEqual(expected);
  });

  test('without a stack any Secret may need repair', () => {
    expect(writesAndGets('fix-secrets', { ...subject, stack: undefined })).toEqual([
      'get secrets',
      'patch secrets',
      'create secrets',
      'delete secrets',
      'patch externalsecrets',
      'get externalsecrets',
    ]);
  });
});

test('nothing watches, nor names everything; a drill alone updates, and few delete', () => {
  const verbs = rbacPurposes
    .flatMap((purpose) => namespaceRules(purpose, 'shop', subject))
    .flatMap((rule) => rule.verbs);
  expect(new Set(verbs)).toEqual(new Set(['list', 'get', 'patch', 'create', 'delete', 'update']));
  const allowed = (verb: string) =>
    rbacPurposes.filter((purpose) => writesAndGets(purpose).some((each) => each.startsWith(`${verb} `)));
  expect(allowed('update')).toEqual(['dr-drill']);
  expect(allowed('delete')).toEqual(['fix-secrets', 'stabilize', 'history', 'rollback', 'migrate', 'dr-drill']);
  expect(JSON.stringify(rbacPurposes.map((purpose) => generateRbac(subject, purpose)))).not.toContain('*');
});

/** `Kind namespace/name` of each document, in order. */
function objects(of: GenerateSubject, purpose: RbacPurpose = 'audit'): string[] {
  return generateRbac(of, purpose)
    .flatMap(({ documents }) => documents)
    .map((document) => (document instanceof Commented ? document.value : document))
    .map((document) => {
      const { kind, metadata } = document as { kind: string; metadata: { name: string; namespace?: string } };
      return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    });
}

test('a Role in each looked-at namespace and in that of Argo CD; names of namespaces are all that is cluster-wide', () => {
  expect(objects({ ...subject, namespaces: ['shop', 'elsewhere'] })).toEqual([
    'ServiceAccount shop/c2l-audit',
    'Role shop/c2l-audit',
    'RoleBinding shop/c2l-audit',
    'Role elsewhere/c2l-audit',
    'RoleBinding elsewhere/c2l-audit',
    'Role argocd/c2l-audit',
    'RoleBinding argocd/c2l-audit',
    'ClusterRole /c2l-audit-shop-namespaces',
    'ClusterRoleBinding /c2l-audit-shop-namespaces',
  ]);
});

test('who may seal may ask the controller for its certificate, and no other service', () => {
  const beside = (purpose: RbacPurpose, of: GenerateSubject = subject) =>
    roleGrants(purpose, of).flatMap(({ namespace = '', rules }) =>
      rules
        .filter(({ resourceNames = [] }) => resourceNames.some((name) => name.startsWith('sealed-secrets')))
        .map(({ verbs, resources, resourceNames = [] }) => [namespace, ...verbs, ...resources, ...resourceNames]),
    );
  const rule = ['get', 'services/proxy', 'sealed-secrets-controller:8080', 'sealed-secrets:8080'];
  expect(rbacPurposes.filter((purpose) => beside(purpose).length > 0)).toEqual(['fix-secrets', 'stabilize', 'migrate']);
  expect(beside('fix-secrets')).toEqual([['kube-system', ...rule]]);
  expect(beside('fix-secrets', { ...subject, namespaces: ['kube-system'] })).toEqual([['kube-system', ...rule]]);
  expect(beside('fix-secrets', { ...subject, namespaces: [], all: true })).toEqual([['', ...rule]]);
});

test('for all namespaces one ClusterRole', () => {
  expect(objects({ stack: undefined, namespaces: [], all: true, argocdNamespace: 'argocd' })).toEqual([
    'ServiceAccount argocd/c2l-audit',
    'ClusterRole /c2l-audit',
    'ClusterRoleBinding /c2l-audit',
  ]);
});

test('a drill has a place for its journal, and rights there that nothing else has', () => {
  expect(objects(subject, 'dr-drill')).toEqual([
    'ServiceAccount shop/c2l-dr-drill',
    'Namespace /c2l-drill',
    'Role shop/c2l-dr-drill',
    'RoleBinding shop/c2l-dr-drill',
    'Role argocd/c2l-dr-drill',
    'RoleBinding argocd/c2l-dr-drill',
    'Role c2l-drill/c2l-dr-drill-journal',
    'RoleBinding c2l-drill/c2l-dr-drill-journal',
    'ClusterRole /c2l-dr-drill-shop-namespaces',
    'ClusterRoleBinding /c2l-dr-drill-shop-namespaces',
  ]);
  expect(() => objects({ ...subject, namespaces: [], all: true }, 'dr-drill')).toThrow(
    'a drill takes place in one namespace',
  );
});

test('what reads c2l’s own copies alone looks at no workload', () => {
  expect(objects(subject, 'history')).toEqual([
    'ServiceAccount shop/c2l-history',
    'Role shop/c2l-history',
    'RoleBinding shop/c2l-history',
  ]);
  const lists = namespaceRules('history', 'shop', subject).filter(({ verbs }) => verbs.includes('list'));
  expect(lists.flatMap(({ resources }) => resources)).toEqual(['secrets']);
});

test('a pause is ended where it is kept, and nothing else is looked at for it', () => {
  expect(objects(subject, 'restore-sync')).toEqual([
    'ServiceAccount shop/c2l-restore-sync',
    'Role shop/c2l-restore-sync',
    'RoleBinding shop/c2l-restore-sync',
    'Role argocd/c2l-restore-sync',
    'RoleBinding argocd/c2l-restore-sync',
  ]);
  const granted = roleGrants('restore-sync', subject).flatMap(({ rules }) =>
    rules.map(({ verbs, resources }) => `${verbs.join()} ${resources.join()}`),
  );
  expect(granted).toEqual(['list,get,patch externalsecrets', 'list,get,patch applications']);
});
