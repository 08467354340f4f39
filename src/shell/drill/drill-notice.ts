import type { Cluster } from '../../cluster-ports.ts';
import { present, type Observed } from '../../core/cluster/observed.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { abortCommand } from '../../core/drill/drill-command.ts';
import { drillType, markerName, type UnfinishedDrill } from '../../core/drill/drill-journal.ts';
import type { Terminal } from '../../ports.ts';

export function unfinishedText({ namespace, scenario }: UnfinishedDrill): string {
  const which = scenario === '' ? 'of an unknown scenario' : scenario;
  return `warning: drill ${which} in namespace ${namespace} is not finished; unless somebody is at it now, put everything back, or resume it; ${abortCommand({ namespace })}`;
}

export interface DrillNotice {
  /** The same cluster, whose lists of Secrets tell of unfinished drills and leave their own Secrets out. */
  over(cluster: Cluster): Cluster;
  /** For the commands that run and end drills. */
  mute(): void;
}

/** Every command lists the Secrets anyway: no request is made for it. */
export function createDrillNotice(terminal: Pick<Terminal, 'err'>): DrillNotice {
  const told = new Set<string>();
  let isMuted = false;
  const tell = ({ metadata }: Secret): void => {
    const { namespace, name, annotations = {} } = metadata;
    if (isMuted || name !== markerName || told.has(namespace)) return;
    told.add(namespace);
    terminal.err(unfinishedText({ namespace, scenario: annotations['c2l.dev/drill-scenario'] ?? '' }));
  };
  const without = (found: Observed<readonly Secret[]>): Observed<readonly Secret[]> => {
    if (found.state !== 'present') return found;
    const own = found.value.filter(({ type }) => type === drillType);
    if (own.length === 0) return found;
    own.forEach(tell);
    return present(found.value.filter(({ type }) => type !== drillType));
  };
  return {
    over: (cluster) => ({
      ...cluster,
      listSecrets: async (namespace) => without(await cluster.listSecrets(namespace)),
    }),
    mute: () => {
      isMuted = true;
    },
  };
}
