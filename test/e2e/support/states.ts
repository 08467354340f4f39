import type { ContainerStatus, TestCluster } from './cluster.ts';
import { pod } from './stack.ts';
import { until } from './wait.ts';

/** One word for a container's state, with kubelet's message where it waits: `CreateContainerConfigError: couldn't …`. */
function word({ state }: ContainerStatus): string {
  if (state.running !== undefined) return 'running';
  if (state.terminated !== undefined) return `exited ${String(state.terminated.exitCode)}`;
  const { reason = 'waiting', message } = state.waiting ?? {};
  return message === undefined ? reason : `${reason}: ${message}`;
}

/** The states of a component's init containers and containers, by name. */
export async function containerStates(cluster: TestCluster, app: string): Promise<Record<string, string>> {
  const status = (await pod(cluster, app))?.status;
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return Object.fromEntries(all.map((one) => [one.name, word(one)]));
}

/** Waits until the component's containers are in exactly the states that are named. */
export async function untilStates(
  cluster: TestCluster,
  app: string,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  const states = () => containerStates(cluster, app);
  await until(
    `${app} to be ${JSON.stringify(wanted)}`,
    async () => {
      const seen = await states();
      return Object.entries(wanted).every(([name, state]) => seen[name] === state) ? true : undefined;
    },
    { within: 60_000, seen: async () => JSON.stringify(await states()) },
  );
}
