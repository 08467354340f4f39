import { OperatorError } from '../../errors.ts';
import { controllerNamespace } from '../owners/sealing-controllers.ts';
import { subjectName, type GenerateSubject } from './generate-subject.ts';
import { Commented, type YamlFile } from './generated-file.ts';
import { argocdPauseRules } from './rbac-pause-rules.ts';
import type { RbacPurpose } from './rbac-purposes.ts';
import type { RbacRule } from './rbac-rule.ts';
import {
  argocdRules,
  argocdSecretRules,
  clusterListRules,
  clusterRules,
  drillJournalRules,
  namespaceRules,
  readsWorkloads,
  sealingRules,
} from './rbac-rules.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

/** Where a drill keeps its journal if nothing else is said. */
const journal = 'c2l-drill';

/** The smallest rights with which a command does all of its work on a stack: an account, its Roles and their bindings. */
export function generateRbac(
  subject: GenerateSubject,
  purpose: RbacPurpose,
  { name, namespace: home }: Account = accountOf(subject, purpose),
): YamlFile[] {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: home } };
  const isDrill = purpose === 'dr-drill';
  if (isDrill && subject.all) throw allNamespacesForDrill();
  const grants = roleGrants(purpose, subject, name);
  return [
    {
      path: `rbac-${purpose}.yaml`,
      comment: `What c2l ${purpose} needs, and no more. Run it as this account.`,
      use: 'apply',
      documents: [
        ...(isDrill && home === journal ? [journalPlace, account] : [account]),
        ...(isDrill && home !== journal ? [journalPlace] : []),
        ...grants.flatMap((grant) => grantDocuments(grant, { name, namespace: home })),
      ],
    },
  ];
}

/** What a command may do, by the place where it may. */
export function roleGrants(purpose: RbacPurpose, subject: GenerateSubject, name = `c2l-${purpose}`): RoleGrant[] {
  const isDrill = purpose === 'dr-drill';
  const grants = subject.all ? everywhere(purpose, name, subject) : byNamespace(purpose, name, subject);
  if (isDrill) grants.push({ kind: 'Role', name: `${name}-journal`, namespace: journal, rules: drillJournalRules });
  const cluster = clusterRules(purpose, subject, isDrill ? [journal] : []);
  if (cluster.length > 0) {
    grants.push({ kind: 'ClusterRole', name: `${name}-${subjectName(subject)}-namespaces`, rules: cluster });
  }
  return grants;
}

/** Whose rights they are; the Roles are called after it. */
export interface Account {
  readonly name: string;
  readonly namespace: string;
}

function accountOf({ stack, namespaces, argocdNamespace }: GenerateSubject, purpose: RbacPurpose): Account {
  return { name: `c2l-${purpose}`, namespace: stack?.namespaces[0] ?? namespaces[0] ?? argocdNamespace };
}

/** RBAC cannot limit the creation of namespaces to a name: this one is there before a drill. */
const journalPlace = new Commented('Where the journal of a drill lies, outside of what it breaks.', {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: journal },
});

function allNamespacesForDrill(): OperatorError {
  return new OperatorError('stack-lacks-field', 'a drill takes place in one namespace', {
    hint: 'c2l generate rbac --for dr-drill -n NAMESPACE',
  });
}

export interface RoleGrant {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
  readonly namespace?: string;
  readonly rules: readonly RbacRule[];
}

function byNamespace(purpose: RbacPurpose, name: string, subject: GenerateSubject): RoleGrant[] {
  const { namespaces, argocdNamespace } = subject;
  const besides = [
    { namespace: argocdNamespace, rules: rulesAtArgocd(purpose, subject, namespaces.includes(argocdNamespace)) },
    { namespace: controllerNamespace, rules: sealingRules(purpose) },
  ].filter(({ rules }) => rules.length > 0);
  const role = (namespace: string, own: readonly RbacRule[]): RoleGrant => ({
    kind: 'Role',
    name,
    namespace,
    rules: [...own, ...besides.filter((beside) => beside.namespace === namespace).flatMap(({ rules }) => rules)],
  });
  const others = new Set(besides.map(({ namespace }) => namespace).filter((each) => !namespaces.includes(each)));
  return [
    ...namespaces.map((namespace) => role(namespace, namespaceRules(purpose, namespace, subject))),
    ...[...others].map((namespace) => role(namespace, [])),
  ];
}

/** Where its namespace is one of the looked-at, most of it is read there anyway. */
function rulesAtArgocd(purpose: RbacPurpose, { stack }: GenerateSubject, isLooked: boolean): RbacRule[] {
  if (!readsWorkloads(purpose, stack)) return argocdPauseRules(purpose);
  const looks = isLooked ? argocdRules().slice(0, 1) : [...argocdRules(), ...argocdSecretRules(purpose)];
  return [...looks, ...argocdPauseRules(purpose)];
}

/** With a ClusterRole the names of a stack's Secrets would count in every namespace, so that none are given. */
function everywhere(purpose: RbacPurpose, name: string, subject: GenerateSubject): RoleGrant[] {
  const rules = namespaceRules(purpose, subject.stack?.namespaces[0] ?? '', subject);
  const unnamed = rules.map(({ why, apiGroups, resources, verbs }) => ({ why, apiGroups, resources, verbs }));
  const rest = [
    ...clusterListRules(purpose, subject.stack),
    ...rulesAtArgocd(purpose, subject, true),
    ...sealingRules(purpose),
  ];
  return [{ kind: 'ClusterRole', name, rules: [...unnamed, ...rest] }];
}

function grantDocuments(
  { kind, name, namespace, rules }: RoleGrant,
  account: { readonly name: string; readonly namespace: string },
): unknown[] {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return [
    { apiVersion, kind, metadata, rules: rules.map(({ why, ...rule }) => new Commented(why, rule)) },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: group, kind, name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    },
  ];
}
