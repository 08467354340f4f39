import type { ClusterReader, NamedResource } from '../cluster-ports.ts';
import { findingCodes } from '../core/findings.ts';
import { builtInDrills } from '../core/drill/built-in-drills.ts';
import type { Stack } from '../core/stack.ts';
import type { Deps } from '../ports.ts';
import { builtInStack, namedStack } from './session.ts';

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

const requestTimeoutMs = 1000;

/** What an option or argument can be, from the kubeconfig, the stack, the program itself or the cluster. Only reads names. */
export async function lookUpValues(kind: ValueKind, given: GivenFlags, deps: Deps): Promise<LookedUp> {
  switch (kind) {
    case 'none':
      return { values: [], rest: undefined };
    case 'files':
    case 'folders':
      return { values: [], rest: kind };
    case 'sources':
      return { values: ['env:', 'age:', 'azure-key-vault:'], rest: 'nospace' };
    case 'targets':
      return { values: ['age:', 'azure-key-vault:'], rest: 'nospace' };
    case 'codes':
      return { values: Object.keys(findingCodes), rest: undefined };
    case 'drills':
      return { values: builtInDrills, rest: 'files' };
    case 'runbooks': {
      const runbooks = await (await deps.openRunbookWorld()).list();
      return { values: runbooks.map(({ name }) => name), rest: 'files' };
    }
    case 'stacks':
      return { values: [builtInStack], rest: undefined };
    case 'contexts':
      return { values: await deps.contextNames(given.get('kubeconfig')?.at(-1)), rest: undefined };
    case 'contexts-and-namespaces': {
      const [contexts, namespaces] = await Promise.all([
        lookUpValues('contexts', given, deps),
        lookUpValues('namespaces', given, deps),
      ]);
      return { values: [...contexts.values, ...namespaces.values], rest: undefined };
    }
    case 'keys':
      return { values: (await stackOf(given, deps)).secrets.flatMap(({ keys }) => Object.keys(keys)), rest: undefined };
    case 'namespaces':
      if (given.has('sandbox')) return { values: (await stackOf(given, deps)).namespaces, rest: undefined };
      return { values: await namesIn(given, deps, { resources: ['namespaces'] }), rest: undefined };
    case 'secrets':
      return { values: await secretNames(given, deps), rest: undefined };
    case 'secret-objects':
      return { values: (await secretNames(given, deps)).map((name) => `secret/${name}`), rest: undefined };
    case 'objects':
    case 'workloads':
      return { values: await objectNames(kind, given, deps), rest: undefined };
  }
}

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
