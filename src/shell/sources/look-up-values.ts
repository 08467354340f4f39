import type { ClusterReader, NamedResource } from '../../cluster-ports.ts';
import { builtInDrills } from '../../core/drill/built-in-drills.ts';
import { findingCodes } from '../../core/findings/findings.ts';
import type { Stack } from '../../core/stack/stack.ts';
import type { Deps } from '../../ports.ts';
import { builtInStack, namedStack } from '../session.ts';

/** What the values of options and arguments are, as far as they can be looked up. */
export type ValueKind =
  | 'contexts'
  | 'namespaces'
  | 'contexts-and-namespaces'
  | 'stacks'
  | 'secrets'
  | 'secret-objects'
  | 'objects'
  | 'workloads'
  | 'keys'
  | 'codes'
  | 'runbooks'
  | 'drills'
  | 'sources'
  | 'targets'
  | 'files'
  | 'folders'
  | 'none';

/** Values that were found, and what the shell adds to them by itself. */
export interface LookedUp {
  readonly values: readonly string[];
  readonly rest: 'files' | 'folders' | 'nospace' | undefined;
}

/** The flags before the cursor, by the names that commander gives them. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

/** Longest wait for a cluster: who pressed Tab goes on typing. */
const requestTimeoutMs = 1000;

/** What an option or argument can be, from the kubeconfig, the stack, the program itself or the cluster. Only reads names. */
export function lookUpValues(kind: ValueKind, given: GivenFlags, deps: Deps): Promise<LookedUp> {
  return lookUps[kind](given, deps);
}

type LookUp = (given: GivenFlags, deps: Deps) => Promise<LookedUp>;

const fixed = (values: readonly string[], rest?: LookedUp['rest']): LookUp => {
  return () => Promise.resolve({ values, rest });
};
const found = (
  look: (given: GivenFlags, deps: Deps) => Promise<readonly string[]>,
  rest?: LookedUp['rest'],
): LookUp => {
  return async (given, deps) => ({ values: await look(given, deps), rest });
};

const contexts = async (given: GivenFlags, deps: Deps): Promise<readonly string[]> =>
  (await deps.contexts(given.get('kubeconfig')?.at(-1))).names;

const namespaces = async (given: GivenFlags, deps: Deps): Promise<readonly string[]> =>
  given.has('sandbox') ? (await stackOf(given, deps)).namespaces : namesIn(given, deps, { resources: ['namespaces'] });

const lookUps: Readonly<Record<ValueKind, LookUp>> = {
  none: fixed([]),
  files: fixed([], 'files'),
  folders: fixed([], 'folders'),
  sources: fixed(['env:', 'age:', 'azure-key-vault:'], 'nospace'),
  targets: fixed(['age:', 'azure-key-vault:'], 'nospace'),
  codes: fixed(Object.keys(findingCodes)),
  drills: fixed(builtInDrills, 'files'),
  stacks: fixed([builtInStack]),
  runbooks: found(async (_, deps) => (await (await deps.openRunbookWorld()).list()).map(({ name }) => name), 'files'),
  contexts: found(contexts),
  namespaces: found(namespaces),
  'contexts-and-namespaces': found(async (given, deps) =>
    (await Promise.all([contexts(given, deps), namespaces(given, deps)])).flat(),
  ),
  keys: found(async (given, deps) => (await stackOf(given, deps)).secrets.flatMap(({ keys }) => Object.keys(keys))),
  secrets: found(secretNames),
  'secret-objects': found(async (given, deps) => (await secretNames(given, deps)).map((name) => `secret/${name}`)),
  objects: found((given, deps) => objectNames('objects', given, deps)),
  workloads: found((given, deps) => objectNames('workloads', given, deps)),
};

async function secretNames(given: GivenFlags, deps: Deps): Promise<readonly string[]> {
  if (given.has('sandbox')) return (await stackOf(given, deps)).secrets.map(({ name }) => name);
  return namesIn(given, deps, { resources: ['secrets'] });
}

const workloadResources = ['deployments', 'statefulsets', 'daemonsets'] as const;
const kindOf: Readonly<Partial<Record<NamedResource, string>>> = {
  deployments: 'deployment',
  statefulsets: 'statefulset',
  daemonsets: 'daemonset',
  secrets: 'secret',
};

async function objectNames(kind: 'objects' | 'workloads', given: GivenFlags, deps: Deps): Promise<readonly string[]> {
  if (given.has('sandbox')) {
    const { components, secrets } = await stackOf(given, deps);
    const workloads = components.map(({ workload }) => workload.replace(/^\w+/, (word) => word.toLowerCase()));
    return kind === 'workloads' ? workloads : [...workloads, ...secrets.map(({ name }) => `secret/${name}`)];
  }
  return namesIn(given, deps, {
    resources: kind === 'workloads' ? workloadResources : [...workloadResources, 'secrets'],
    shown: (resource, name) => `${kindOf[resource] ?? resource}/${name}`,
  });
}

interface Wanted {
  readonly resources: readonly NamedResource[];
  readonly shown?: (resource: NamedResource, name: string) => string;
}

/** What cannot be read is left out. */
async function namesIn(given: GivenFlags, deps: Deps, { resources, shown }: Wanted): Promise<readonly string[]> {
  const connection = await deps.connect({
    kubeconfig: given.get('kubeconfig')?.at(-1),
    context: given.get('context')?.at(-1),
    requestTimeoutMs,
  });
  const { cluster } = connection;
  try {
    const isClusterWide = resources.includes('namespaces');
    const namespaces = isClusterWide ? [undefined] : await namespacesOf(given, deps, cluster);
    const lists = namespaces.flatMap((namespace) =>
      resources.map(async (resource) => {
        const found = await cluster.listNames(resource, namespace);
        return found.state === 'present' ? found.value.map((name) => shown?.(resource, name) ?? name) : [];
      }),
    );
    return [...new Set((await Promise.all(lists)).flat())].sort();
  } finally {
    await connection.close();
  }
}

/** As a command would choose them, without asking whether the namespace of the built-in stack is there. */
async function namespacesOf(
  given: GivenFlags,
  deps: Deps,
  { defaultNamespace }: ClusterReader,
): Promise<readonly (string | undefined)[]> {
  if (given.has('allNamespaces')) return [undefined];
  const named = given.get('namespace');
  if (named !== undefined) return named;
  const own = await namedStack(optionsOf(given), deps);
  return own?.namespaces ?? [...new Set([defaultNamespace, builtInStack])];
}

async function stackOf(given: GivenFlags, deps: Deps): Promise<Stack> {
  return (await namedStack(optionsOf(given), deps)) ?? deps.stackFiles.builtIn(builtInStack);
}

function optionsOf(given: GivenFlags): Parameters<typeof namedStack>[0] {
  return {
    config: given.get('config')?.at(-1),
    stack: given.get('stack')?.at(-1),
    sandbox: given.has('sandbox') ? { scenario: 'incident', speed: 1 } : undefined,
  };
}
