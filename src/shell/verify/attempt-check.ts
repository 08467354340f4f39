import { refId, type Application } from '../../core/cluster/kubernetes.ts';
import { refOf } from '../../core/cluster/object-owners.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { firstLine } from '../../core/first-line.ts';
import type { PlannedCheck } from '../../core/verify/checks.ts';
import { judgeEndpoints } from '../../core/verify/endpoints.ts';
import { postgresLoginScript, readLoginOutcome } from '../../core/verify/postgres-login.ts';
import { componentStatesById } from '../../core/workloads/component-states.ts';
import { isRollable, rolloutState } from '../../core/workloads/rollout.ts';
import type { Workload } from '../../core/workloads/workloads.ts';
import type { Clock } from '../../ports.ts';
import { attemptHttp } from './attempt-http.ts';
import { attemptCommand, attemptReach } from './attempt-in-pod.ts';
import {
  fail,
  notRead,
  pass,
  readyPod,
  servingContainer,
  workloadOf,
  type Attempt,
  type CheckOf,
  type CheckWorld,
} from './attempt.ts';
import { likelyPasswordCause } from './likely-password-cause.ts';
import { loginOf } from './live-login.ts';

/** One try of a check, given up after the time that the stack gives one. */
export async function attemptInTime(
  check: PlannedCheck,
  world: CheckWorld,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Attempt> {
  const { timeoutMs } = check.pace ?? {};
  if (timeoutMs === undefined) return attemptCheck(check, world);
  const answered = new AbortController();
  const late = clock.sleep(timeoutMs, AbortSignal.any([signal, answered.signal])).then(
    () => fail(`no answer within ${timeoutMs / 1000} s`),
    () => fail('was not waited for'),
  );
  try {
    return await Promise.race([attemptCheck(check, world), late]);
  } finally {
    answered.abort();
  }
}

export async function attemptCheck(check: PlannedCheck, world: CheckWorld): Promise<Attempt> {
  switch (check.kind) {
    case 'ready':
      return attemptReady(check, world);
    case 'http':
      return attemptHttp(check, world);
    case 'postgres-login':
      return attemptLogin(check, world);
    case 'endpoints':
      return attemptEndpoints(check, world);
    case 'tcp':
    case 'dns':
      return attemptReach(check, world);
    case 'command':
      return attemptCommand(check, world);
    case 'application':
      return attemptApplication(check, world);
  }
}

async function attemptReady(check: CheckOf<'ready'>, { view, stack }: CheckWorld): Promise<Attempt> {
  const snapshot = await view();
  const state = componentStatesById(snapshot, stack).get(refId(check.object));
  if (state === undefined) return attemptFinished(check, snapshot);
  if (state.state === 'unknown') return { outcome: 'unreadable', detail: state.detail, canHeal: true };
  if (state.state !== 'ready') return fail(state.detail);
  const rollout = rolloutOf(workloadOf(snapshot, check));
  return rollout === undefined || rollout.state === 'done' ? pass(state.detail) : fail(rollout.detail);
}

/** A bare pod that ended well while it was waited for did what it is there for. */
function attemptFinished({ object }: PlannedCheck, { pods }: Snapshot): Attempt {
  const pod =
    object.kind === 'Pod'
      ? pods.items.find(({ metadata }) => refId(refOf('Pod', metadata)) === refId(object))
      : undefined;
  return pod?.status?.phase === 'Succeeded' ? pass('has succeeded') : fail('is not in the cluster');
}

function rolloutOf(workload: Workload | undefined): ReturnType<typeof rolloutState> | undefined {
  return workload !== undefined && isRollable(workload) ? rolloutState(workload) : undefined;
}

async function attemptLogin(check: CheckOf<'postgres-login'>, world: CheckWorld): Promise<Attempt> {
  const said = await runInDatabase(check, world, { script: postgresLoginScript, name: 'c2l-postgres-login' });
  if (typeof said !== 'string') return said;
  const { isAccepted, isRefused, canHeal, detail } = readLoginOutcome(said);
  if (isAccepted) return pass(detail);
  const likely = isRefused ? await likelyPasswordCause(check, world) : undefined;
  return { ...fail(detail, canHeal), ...(likely && { likely }) };
}

/** What a script said in the pod of a database, as the user and with the password of its check. */
export async function runInDatabase(
  check: CheckOf<'postgres-login'>,
  world: CheckWorld,
  { script, name, more = [] }: { readonly script: string; readonly name: string; readonly more?: readonly string[] },
): Promise<string | Attempt> {
  const { spec, object } = check;
  const login = await loginOf(spec, check, world.cluster);
  if ('outcome' in login) return login;
  const pod = readyPod(await world.view(), check);
  const host = pod?.status?.podIP;
  if (pod === undefined || host === undefined) return fail('no pod of it is ready');
  const result = await world.cluster.exec({
    namespace: object.namespace,
    pod: pod.metadata.name,
    container: servingContainer(pod, spec.port),
    command: ['sh', '-c', script, name, host, String(spec.port), spec.database, ...more],
    input: [login.user, login.password],
  });
  if (result.state === 'unreadable') return notRead(result);
  if (result.state === 'absent') return fail(`pod ${pod.metadata.name} is gone`);
  return result.value.stdout;
}

async function attemptEndpoints({ spec, object }: CheckOf<'endpoints'>, { cluster }: CheckWorld): Promise<Attempt> {
  const slices = await cluster.list('endpointslices', object.namespace);
  if (slices.state === 'unreadable') return notRead(slices);
  const { isEnough, detail } = judgeEndpoints(spec, slices.state === 'present' ? slices.value : []);
  return isEnough ? pass(detail) : fail(detail);
}

async function attemptApplication(check: CheckOf<'application'>, { cluster, view }: CheckWorld): Promise<Attempt> {
  const applications = await cluster.list('applications', check.object.namespace);
  if (applications.state === 'unreadable') return notRead(applications);
  const found = applications.state === 'present' ? applications.value : [];
  const application = found.find(({ metadata }) => metadata.name === check.application);
  if (application === undefined) {
    return fail(`no application of this name in namespace ${check.object.namespace}`, false);
  }
  const state = applicationState(application);
  if (state === 'Healthy, Synced') return pass(state);
  const { secrets } = await view();
  const values = secrets.items.flatMap(({ data }) => [...data.values()]);
  const reason = firstLine(applicationReason(application), values);
  return fail(`${state}${reason === undefined ? '' : `: ${reason}`}`);
}

function applicationState({ status }: Application): string {
  return `${status?.health?.status ?? 'Unknown'}, ${status?.sync?.status ?? 'Unknown'}`;
}

/** What Argo CD itself says of it: a condition that holds, else how its last sync went. */
function applicationReason({ status }: Application): string {
  const condition = status?.conditions?.find(({ type }) => /Error|Warning/.test(type));
  if (condition !== undefined) return `${condition.type}: ${condition.message ?? ''}`;
  const { phase = 'Succeeded', message = '' } = status?.operationState ?? {};
  return phase === 'Succeeded' ? '' : `sync ${phase}: ${message}`;
}
