import type { Stack } from '../../core/stack/stack.ts';
import { apiServerTarget } from '../../core/watch/cluster-targets.ts';
import type { WatchEndpoint, WatchSection } from '../../core/watch/watch-schema.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps } from '../../ports.ts';
import { openSession, type Session, type SessionOptions } from '../session.ts';
import { createClusterWatch, type ClusterSight } from './watch-cluster.ts';

/** The cluster as watch looks at it, over as many rounds as it takes until its server answers for the first time. */
export interface WatchedCluster {
  look(): Promise<ClusterSight>;
  /** Once the server answered. */
  readonly session: Session | undefined;
  close(): Promise<void>;
}

/** Throws OperatorError where the kubeconfig, the stack or a namespace is wrong: no later round would mend that. */
export async function openWatchedCluster(options: SessionOptions, deps: Deps): Promise<WatchedCluster> {
  const silent: Deps = { ...deps, terminal: { ...deps.terminal, err: () => undefined } };
  let session: Session | undefined;
  let look: (() => Promise<ClusterSight>) | undefined;
  const open = async (announced: Deps): Promise<string | undefined> => {
    try {
      session = await openSession(options, announced);
      look = createClusterWatch(session);
      return undefined;
    } catch (error) {
      if (error instanceof OperatorError && error.code === 'nothing-readable') return error.message;
      throw error;
    }
  };
  let failure = await open(deps);
  return {
    async look() {
      if (look === undefined) failure = await open(silent);
      return look === undefined ? unanswered(failure ?? '') : look();
    },
    get session() {
      return session;
    },
    close: async () => session?.close(),
  };
}

function unanswered(detail: string): ClusterSight {
  const observation = { id: apiServerTarget.id, outcome: 'fail', detail, durationMs: 0 } as const;
  return { targets: [apiServerTarget], observations: [observation], isPartial: true };
}

/** Whether the cluster is watched: where that is said, where a flag means it, else where the stack has components. */
export function wantsCluster(
  { cluster, names }: { readonly cluster: boolean | undefined; readonly names: boolean },
  stack: Stack | undefined,
  section: WatchSection,
): boolean | 'if-there-is-one' {
  const said = cluster ?? section.cluster;
  if (said !== undefined) return said;
  if (names) return true;
  if (section.endpoints.length === 0) return true;
  return stack !== undefined && stack.components.length > 0 ? 'if-there-is-one' : false;
}

/** URLs of the command line as endpoints, called by their host where that tells them apart. */
export function endpointsOf(urls: readonly string[], taken: readonly string[]): Pick<WatchEndpoint, 'name' | 'url'>[] {
  const names = new Set(taken);
  return urls.map((url) => {
    if (!/^https?:/.test(url) || !URL.canParse(url)) {
      throw new OperatorError('usage', `"${url}" is no URL that starts with http:// or https://`, {
        hint: 'c2l watch --once --url https://shop.example/health',
      });
    }
    const host = new URL(url).host.replaceAll(/[^a-z0-9.-]+/g, '-');
    let name = host;
    for (let copy = 2; names.has(name); copy += 1) name = `${host}-${copy}`;
    names.add(name);
    return { name, url };
  });
}
