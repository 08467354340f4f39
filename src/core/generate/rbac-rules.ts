import { argoCdSecretName } from '../argocd/argocd-parts.ts';
import type { Resource } from '../cluster/kubernetes.ts';
import { controllerPort, controllerServices } from '../owners/sealing-controllers.ts';
import { namespaceOf, type Stack } from '../stack/stack.ts';
import type { GenerateSubject } from './generate-subject.ts';
import { listAccess } from './list-access.ts';
import { checkRules } from './rbac-check-rules.ts';
import { externalPauseRule } from './rbac-pause-rules.ts';
import type { RbacPurpose } from './rbac-purposes.ts';
import { mergedRules, secretRule, type RbacRule } from './rbac-rule.ts';

/** What the command does in one looked-at namespace. */
export function namespaceRules(purpose: RbacPurpose, namespace: string, { stack }: GenerateSubject): RbacRule[] {
  const parts = partsOf[purpose];
  return [...listRules(purpose, stack), ...mergedRules(parts.flatMap((part) => rulesOf[part](namespace, stack)))];
}

/**
 * `history` reads what c2l kept and nothing else, `restore-sync` what it paused; `migrate` looks at what uses a Secret only
 * where monitoring is to have one of its own.
 */
export function readsWorkloads(purpose: RbacPurpose, stack: Stack | undefined): boolean {
  if (purpose === 'migrate') return stack?.monitoring !== undefined;
  return purpose !== 'history' && purpose !== 'restore-sync';
}

/** What is listed to see who writes a Secret. */
const writerLists: ReadonlySet<string> = new Set(['externalsecrets', 'secretstores', 'sealedsecrets']);

function isListed(resource: string, purpose: RbacPurpose, stack: Stack | undefined): boolean {
  if (purpose === 'restore-sync') return false;
  if (readsWorkloads(purpose, stack)) return true;
  return purpose === 'migrate' ? writerLists.has(resource) : resource === 'secrets';
}

/** Who seals asks the controller what to seal with, by way of the API server. */
export function sealingRules(purpose: RbacPurpose): RbacRule[] {
  if (!seals.has(purpose)) return [];
  return [
    {
      why: 'the certificate to seal with; where Sealed Secrets is installed elsewhere, this Role belongs there',
      apiGroups: [''],
      resources: ['services/proxy'],
      resourceNames: controllerServices.map((service) => `${service}:${controllerPort}`),
      verbs: ['get'],
    },
  ];
}

const seals: ReadonlySet<RbacPurpose> = new Set(['fix-secrets', 'stabilize', 'migrate']);

/** An audit asks why a pod is held up that lacks no Secret, and so does verify, of what it waits for. */
const closeLooks: ReadonlySet<RbacPurpose> = new Set(['audit', 'verify', 'stabilize', 'dr-drill']);

function looksCloser(purpose: RbacPurpose): boolean {
  return closeLooks.has(purpose);
}

/** What every command that looks at workloads reads where Argo CD runs. */
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

/** Nodes belong to no namespace, nor do stores that serve all of them. */
export function clusterListRules(purpose: RbacPurpose, stack: Stack | undefined): RbacRule[] {
  const stores = {
    why: 'whether External Secrets reaches the stores that serve all namespaces',
    apiGroups: ['external-secrets.io'],
    resources: ['clustersecretstores'],
    verbs: ['list'],
  };
  const nodes = {
    why: 'read only where pods are silent: whether their node works',
    apiGroups: [''],
    resources: ['nodes'],
    verbs: ['list'],
  };
  const seesStores = purpose === 'migrate' || readsWorkloads(purpose, stack);
  const asksForNodes = looksCloser(purpose) || purpose === 'restart';
  return [...(seesStores ? [stores] : []), ...(asksForNodes ? [nodes] : [])];
}

/** What is read beside namespaces: whether a namespace is there at all, stores that serve all of them, and nodes. */
export function clusterRules(
  purpose: RbacPurpose,
  { stack, namespaces, all }: GenerateSubject,
  others: readonly string[],
): RbacRule[] {
  if (purpose !== 'migrate' && !readsWorkloads(purpose, stack)) return [];
  const resourceNames = [...(all ? (stack?.namespaces ?? []) : namespaces), ...others];
  const why = 'whether the namespace is there at all';
  return [
    ...(resourceNames.length === 0
      ? []
      : [{ why, apiGroups: [''], resources: ['namespaces'], resourceNames, verbs: ['get'] }]),
    ...(all ? [] : clusterListRules(purpose, stack)),
  ];
}

/** Where a drill keeps its journal and the copies that are its way back. */
export const drillJournalRules: readonly RbacRule[] = [
  secretRule(
    'the journal of a drill and its copies, whose names carry its time',
    ['get', 'create', 'patch', 'delete'],
    undefined,
  ),
];

function listRules(purpose: RbacPurpose, stack: Stack | undefined): RbacRule[] {
  const rules = new Map<string, { why: string; apiGroups: string[]; resources: string[]; verbs: string[] }>();
  for (const [resource, { group, why, onlyWhenStuck = false }] of Object.entries(listAccess)) {
    if (!isListed(resource, purpose, stack)) continue;
    if (onlyWhenStuck && !looksCloser(purpose)) continue;
    const rule = rules.get(`${why}/${group}`);
    if (rule !== undefined) rule.resources.push(resource);
    else rules.set(`${why}/${group}`, { why, apiGroups: [group], resources: [resource], verbs: ['list'] });
  }
  return [...rules.values()];
}

type RulesOf = (namespace: string, stack: Stack | undefined) => RbacRule[];
type Part =
  | 'logs'
  | 'write'
  | 'delete'
  | 'sync'
  | 'pause'
  | 'restart'
  | 'checks'
  | 'prune'
  | 'resume'
  | 'drill'
  | 'drill-pause'
  | 'handover';

const partsOf: Readonly<Record<RbacPurpose, readonly Part[]>> = {
  audit: ['logs'],
  'fix-secrets': ['write', 'delete', 'sync', 'pause'],
  restart: ['restart', 'checks'],
  verify: ['logs', 'checks'],
  stabilize: ['logs', 'write', 'delete', 'sync', 'pause', 'restart', 'checks'],
  watch: ['checks'],
  backup: [],
  history: ['prune'],
  rollback: ['write', 'delete'],
  'restore-sync': ['resume'],
  migrate: ['write', 'handover'],
  'dr-drill': ['logs', 'write', 'delete', 'sync', 'drill-pause', 'restart', 'checks', 'drill'],
};

const rulesOf: Readonly<Record<Part, RulesOf>> = {
  logs: () => [
    {
      why: 'the last line of a container that ends again and again; no value of a Secret is shown of it',
      apiGroups: [''],
      resources: ['pods/log'],
      verbs: ['get'],
    },
  ],
  write: (namespace, stack) => [
    secretRule('that what was written is there', ['get'], stackSecrets(namespace, stack)),
    secretRule('the keys that were lost', ['patch'], stackSecrets(namespace, stack)),
    secretRule(
      'the copy kept before a change, and a Secret that is gone; RBAC cannot limit the creation to names',
      ['create'],
      undefined,
    ),
  ],
  delete: () => [
    secretRule(
      'copies beyond the newest ten, whose names carry their time, and an immutable Secret that --recreate names',
      ['delete'],
      undefined,
    ),
  ],
  sync: () => [
    {
      why: 'External Secrets is told to bring from its store what only it may write',
      apiGroups: ['external-secrets.io'],
      resources: ['externalsecrets'],
      verbs: ['patch'],
    },
  ],
  pause: () => [externalPauseRule('with --pause-sync an ExternalSecret is read whole, to be put back as it was')],
  'drill-pause': () => [
    externalPauseRule('an ExternalSecret that would undo a fault is read, to be put back as it was'),
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
  checks: checkRules,
  prune: () => [secretRule('copies that --prune removes, whose names carry their time', ['delete'], undefined)],
  resume: () => [
    {
      why: 'the sync that c2l paused goes on as it was before',
      apiGroups: ['external-secrets.io'],
      resources: ['externalsecrets'],
      verbs: ['list', 'get', 'patch'],
    },
  ],
  handover: (namespace, stack) => [
    {
      why: 'who is to write a Secret is made, tried beside it, and taken away again',
      apiGroups: ['external-secrets.io'],
      resources: ['externalsecrets'],
      verbs: ['get', 'patch', 'create', 'delete'],
    },
    {
      why: 'and in its place a SealedSecret',
      apiGroups: ['bitnami.com'],
      resources: ['sealedsecrets'],
      verbs: ['create', 'delete'],
    },
    ...(stack?.monitoring === undefined
      ? []
      : [
          secretRule(
            'the Secret that the monitoring has for itself',
            ['get', 'patch', 'delete'],
            [stack.monitoring.secret],
          ),
        ]),
    secretRule('what a trial made, whose name ends in .c2l-trial', ['get'], trialSecrets(namespace, stack)),
  ],
  drill: () => [
    ...(['get', 'create', 'patch', 'update', 'delete'] as const).map((verb) =>
      secretRule('what a drill loses, marks and puts back, the copies of fix-secrets too', [verb], undefined),
    ),
    {
      why: 'workloads that namespace-loss takes away and puts back; without it the other scenarios run',
      apiGroups: ['apps'],
      resources: restartable,
      verbs: ['get', 'create', 'update', 'delete'],
    },
  ],
};

const restartable: readonly Resource[] = ['deployments', 'statefulsets', 'daemonsets'];

/** Those that the stack names; without a stack any Secret may need repair. */
function stackSecrets(namespace: string, stack: Stack | undefined): readonly string[] | undefined {
  const declared = stack?.secrets.filter((secret) => namespaceOf(stack, secret) === namespace) ?? [];
  return declared.length === 0 ? undefined : declared.map(({ name }) => name);
}

function trialSecrets(namespace: string, stack: Stack | undefined): readonly string[] | undefined {
  return stackSecrets(namespace, stack)?.map((name) => `${name}.c2l-trial`);
}
