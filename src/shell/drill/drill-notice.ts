import type { Cluster } from '../../cluster-ports.ts';
import { present, type Observed } from '../../core/cluster/observed.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { abortCommand, goingOnText } from '../../core/drill/drill-command.ts';
import { drillType, markerName } from '../../core/drill/drill-journal.ts';
import type { UnfinishedDrill } from '../../core/drill/unfinished-drill.ts';
import type { Terminal } from '../../ports.ts';
import { asTyped } from '../../render/typed-program.ts';
import { unfinishedOf } from './drill-marker.ts';

export function unfinishedText(drill: UnfinishedDrill, { program }: Pick<Terminal, 'program'>): string {
  const told = `${goingOnText(drill)}; unless somebody is at it now, put everything back, or resume it`;
  return `warning: ${told}; ${asTyped(abortCommand(drill), program)}`;
}

export interface DrillNotice {
  /** What was seen so far of drills that are not finished. */
  readonly unfinished: readonly UnfinishedDrill[];
  /** The same cluster, whose lists of Secrets tell of unfinished drills and leave their own Secrets out. */
  over(cluster: Cluster): Cluster;
  /** For the commands that run and end drills, and for those that tell in their own words what was seen. */
  mute(): void;
}

/** Every command lists the Secrets anyway: no request is made for it. */
export function createDrillNotice(terminal: Pick<Terminal, 'err' | 'program'>): DrillNotice {
  const seen = new Map<string, UnfinishedDrill>();
  let isMuted = false;
  const tell = (secret: Secret): void => {
    const drill = unfinishedOf(secret);
    if (secret.metadata.name !== markerName || seen.has(drill.namespace)) return;
    seen.set(drill.namespace, drill);
    if (!isMuted) terminal.err(unfinishedText(drill, terminal));
  };
  const without = (found: Observed<readonly Secret[]>): Observed<readonly Secret[]> => {
    if (found.state !== 'present') return found;
    const own = found.value.filter(({ type }) => type === drillType);
    if (own.length === 0) return found;
    own.forEach(tell);
    return present(found.value.filter(({ type }) => type !== drillType));
  };
  return {
    get unfinished() {
      return [...seen.values()];
    },
    over: (cluster) => ({
      ...cluster,
      listSecrets: async (namespace) => without(await cluster.listSecrets(namespace)),
    }),
    mute: () => {
      isMuted = true;
    },
  };
}
