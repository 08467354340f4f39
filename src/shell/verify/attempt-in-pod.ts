import type { ExecResult } from '../../cluster-ports.ts';
import { judgeCommand } from '../../core/verify/command-result.ts';
import { connectCommand, readReached, resolveCommand } from '../../core/verify/reach-scripts.ts';
import { fail, notRead, pass, readyPod, type Attempt, type CheckOf, type CheckWorld } from './attempt.ts';

type InPod = CheckOf<'tcp'> | CheckOf<'dns'> | CheckOf<'command'>;

/** What a shell, and the runtime where there is no shell, says of a program that is not there. */
const notFound = 127;

/** Looks from inside a pod of the component, as the component itself would. */
export async function attemptReach(check: CheckOf<'tcp'> | CheckOf<'dns'>, world: CheckWorld): Promise<Attempt> {
  const result = await runInPod(check, world, (podIP) =>
    check.kind === 'dns' ? resolveCommand(check.spec.host) : connectCommand(check.spec.host ?? podIP, check.spec.port),
  );
  if ('outcome' in result) return result;
  if (result.exitCode === notFound) return cannotLook('the container has no shell to look with');
  const reached = readReached(result.stdout);
  if (reached === undefined) return fail('the look from inside the pod gave no answer');
  if (reached.word === 'no-tool') return cannotLook(reached.detail);
  if (reached.word !== 'ok') return fail(reached.detail);
  return pass(check.kind === 'dns' ? 'resolves in the pod' : 'accepts connections');
}

export async function attemptCommand(check: CheckOf<'command'>, world: CheckWorld): Promise<Attempt> {
  const result = await runInPod(check, world, () => check.spec.command);
  if ('outcome' in result) return result;
  const values = (await world.view()).secrets.items.flatMap(({ data }) => [...data.values()]);
  const { isExpected, detail } = judgeCommand(check.spec, result, values);
  return isExpected ? pass(detail) : fail(detail);
}

/** Trying again brings no program into an image. */
function cannotLook(detail: string): Attempt {
  return { outcome: 'unreadable', detail, canHeal: false };
}

async function runInPod(
  check: InPod,
  world: CheckWorld,
  commandIn: (podIP: string) => readonly string[],
): Promise<ExecResult | Attempt> {
  const pod = readyPod(await world.view(), check);
  const podIP = pod?.status?.podIP;
  if (pod === undefined || podIP === undefined) return fail('no pod of it is ready');
  const { name } = pod.metadata;
  const container = check.spec.container ?? pod.spec.containers[0]?.name ?? '';
  if (!pod.spec.containers.some((each) => each.name === container)) {
    return fail(`pod ${name} has no container ${container}`, false);
  }
  const target = { namespace: check.object.namespace, pod: name, container, command: commandIn(podIP) };
  const result = await world.cluster.exec(target);
  if (result.state === 'unreadable') return notRead(result);
  return result.state === 'absent' ? fail(`container ${container} of pod ${name} does not run`) : result.value;
}
