import { argoCdSecretName } from '../argocd-parts.ts';
import type { Resource } from '../kubernetes.ts';
import { namespaceOf, type Stack } from '../stack.ts';
import type { GenerateSubject } from './generate-subject.ts';
import { listAccess } from './list-access.ts';
import type { RbacPurpose } from './rbac-purposes.ts';

/** One rule of a Role, and why it is there. */
export interface RbacRule {
  readonly why: string;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What the command does in one looked-at namespace. */
export function namespaceRules(purpose: RbacPurpose, namespace: string, { stack }: GenerateSubject): RbacRule[] {
  const own = purpose === 'stabilize' ? (['audit', 'fix-secrets', 'restart', 'verify'] as const) : ([purpose] as const);
  return [...listRules(), ...merged(own.flatMap((each) => rulesOf[each](namespace, stack)))];
}

/** What every command reads where Argo CD runs. */
export function argocdRules(): RbacRule[] {
  return [
    {
      why: 'what Argo CD says of its applications',
      apiGroups: ['argoproj.io'],
      resources: ['applications'],
      verbs: ['list'],
    },
    {
      why: 'whether Argo CD itself works',
      apiGroups: ['apps'],
      resources: ['deployments', 'statefulsets'],
      verbs: ['list'],
    },
  ];
}

/** What `audit` reads of Argo CD's own Secrets, where that namespace is not one of the looked-at. */
export function argocdSecretRules(purpose: RbacPurpose): RbacRule[] {
  if (purpose !== 'audit' && purpose !== 'stabilize') return [];
  return [
    secretRule(
      'whether Argo CD can log in to its repositories and clusters; RBAC cannot limit a list to their label',
      ['list'],
      undefined,
    ),
    secretRule('whether Argo CD has the key of its sessions', ['get'], [argoCdSecretName]),
  ];
}

export const clusterStoreRule: RbacRule = {
  why: 'whether External Secrets reaches the stores that serve all namespaces',
  apiGroups: ['external-secrets.io'],
  resources: ['clustersecretstores'],
  verbs: ['list'],
};

/** Nodes belong to no namespace. */
export const nodeRule: RbacRule = {
  why: 'read only where pods are silent: whether their node works',
  apiGroups: [''],
  resources: ['nodes'],
  verbs: ['list'],
};

/** What is read beside namespaces: whether a namespace is there at all, stores that serve all of them, and nodes. */
export function clusterRules({ stack, namespaces, all }: GenerateSubject): RbacRule[] {
  const resourceNames = all ? (stack?.namespaces ?? []) : namespaces;
  const why = 'whether the namespace is there at all';
  return [
    ...(resourceNames.length === 0
      ? []
      : [{ why, apiGroups: [''], resources: ['namespaces'], resourceNames, verbs: ['get'] }]),
    ...(all ? [] : [clusterStoreRule, nodeRule]),
  ];
}

function listRules(): RbacRule[] {
  const rules = new Map<string, { why: string; apiGroups: string[]; resources: string[]; verbs: string[] }>();
  for (const [resource, { group, why }] of Object.entries(listAccess)) {
    const rule = rules.get(`${why}/${group}`);
    if (rule !== undefined) rule.resources.push(resource);
    else rules.set(`${why}/${group}`, { why, apiGroups: [group], resources: [resource], verbs: ['list'] });
  }
  return [...rules.values()];
}

type RulesOf = (namespace: string, stack: Stack | undefined) => RbacRule[];

const rulesOf: Readonly<Record<Exclude<RbacPurpose, 'stabilize'>, RulesOf>> = {
  audit: () => [
    {
      why: 'the last line of a container that ends again and again; no value of a Secret is shown of it',
      apiGroups: [''],
      resources: ['pods/log'],
      verbs: ['get'],
    },
  ],
  'fix-secrets': (namespace, stack) => [
    secretRule('that what was written is there', ['get'], stackSecrets(namespace, stack)),
    secretRule('the keys that were lost', ['patch'], stackSecrets(namespace, stack)),
    secretRule(
      'the copy kept before a change, and a Secret that is gone; RBAC cannot limit the creation to names',
      ['create'],
      undefined,
    ),
    secretRule(
      'copies beyond the newest ten, whose names carry their time, and an immutable Secret that --recreate names',
      ['delete'],
      undefined,
    ),
    {
      why: 'External Secrets is told to bring from its store what only it may write',
      apiGroups: ['external-secrets.io'],
      resources: ['externalsecrets'],
      verbs: ['patch'],
    },
  ],
  restart: () => [
    {
      why: 'pods that serve nobody are replaced; an eviction respects disruption budgets',
      apiGroups: [''],
      resources: ['pods/eviction'],
      verbs: ['create'],
    },
    {
      why: 'workloads that run with an older value get a new rollout',
      apiGroups: ['apps'],
      resources: restartable,
      verbs: ['patch'],
    },
  ],
  verify: checkRules,
};

const restartable: readonly Resource[] = ['deployments', 'statefulsets', 'daemonsets'];

/** Those that the stack names; without a stack any Secret may need repair. */
function stackSecrets(namespace: string, stack: Stack | undefined): readonly string[] | undefined {
  const declared = stack?.secrets.filter((secret) => namespaceOf(stack, secret) === namespace) ?? [];
  return declared.length === 0 ? undefined : declared.map(({ name }) => name);
}

function secretRule(why: string, verbs: readonly string[], resourceNames: readonly string[] | undefined): RbacRule {
  return { why, apiGroups: [''], resources: ['secrets'], ...(resourceNames && { resourceNames }), verbs };
}

/** Only what the checks of the stack do. */
function checkRules(namespace: string, stack: Stack | undefined): RbacRule[] {
  const checks =
    stack?.components
      .filter((component) => namespaceOf(stack, component) === namespace)
      .flatMap((component) => component.checks) ?? [];
  const http = checks.filter((check) => check.kind === 'http');
  const services = http.filter(({ basicAuth }) => basicAuth === undefined).map(({ service }) => service);
  const logins = http.flatMap(({ basicAuth }) => basicAuth ?? []);
  const databases = checks.filter((check) => check.kind === 'postgres-login');
  const insiders = checks.some(({ kind }) => kind === 'tcp' || kind === 'dns' || kind === 'command');
  const secrets = [...logins, ...databases]
    .flatMap(({ user, password }) => [user, password])
    .flatMap((value) => ('secret' in value ? [value.secret] : []));
  return [
    ...(secrets.length === 0 ? [] : [secretRule('the logins that are tried', ['get'], unique(secrets))]),
    ...(services.length === 0 ? [] : [proxyRule(http.filter(({ basicAuth }) => basicAuth === undefined))]),
    ...(logins.length === 0 ? [] : [streamRule('logins by HTTP', 'pods/portforward')]),
    ...(databases.length === 0 && !insiders
      ? []
      : [streamRule(execReason(databases.length > 0, insiders), 'pods/exec')]),
    ...(stack === undefined ? [] : [endpointsRule]),
  ];
}

const endpointsRule: RbacRule = {
  why: 'whether Services lead to ready pods',
  apiGroups: ['discovery.k8s.io'],
  resources: ['endpointslices'],
  verbs: ['list'],
};

function execReason(hasDatabases: boolean, hasInsiders: boolean): string {
  const login = 'logins at a database, with its own client';
  const inside = 'what the stack has looked at from inside a pod';
  if (!hasInsiders) return login;
  return hasDatabases ? `${login}, and ${inside}` : inside;
}

/** A request through the proxy names the Service together with its port. */
function proxyRule(checks: readonly { readonly service: string; readonly port: number }[]): RbacRule {
  return {
    why: 'HTTP checks go through the proxy of the API server',
    apiGroups: [''],
    resources: ['services/proxy'],
    resourceNames: unique(checks.map(({ service, port }) => `${service}:${port}`)),
    verbs: ['get'],
  };
}

/** A WebSocket begins as a GET: servers before 1.35 ask for `get` alone, later ones for `create` too. */
function streamRule(what: string, resource: string): RbacRule {
  const why = `${what}; a WebSocket needs get, from Kubernetes 1.35 on create as well`;
  return { why, apiGroups: [''], resources: [resource], verbs: ['get', 'create'] };
}

/** `stabilize` reads the same Secret after writing it and for a login: that is one rule. */
function merged(rules: readonly RbacRule[]): RbacRule[] {
  const byGrant = new Map<string, RbacRule>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.verbs]);
    const other = byGrant.get(key);
    byGrant.set(key, other === undefined ? rule : joined(other, rule));
  }
  return [...byGrant.values()];
}

function joined(left: RbacRule, right: RbacRule): RbacRule {
  const { resourceNames, ...rule } = { ...left, why: `${left.why}, and ${right.why}` };
  if (resourceNames === undefined || right.resourceNames === undefined) return rule;
  return { ...rule, resourceNames: unique([...resourceNames, ...right.resourceNames]) };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
