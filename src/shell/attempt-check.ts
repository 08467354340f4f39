import type { PlannedCheck } from '../core/checks.ts';
import { componentStatesById } from '../core/component-states.ts';
import { judgeEndpoints } from '../core/endpoints.ts';
import { judgeHttpAnswer } from '../core/http-answer.ts';
import { refId, type Pod, type Service } from '../core/kubernetes.ts';
import { refOf } from '../core/object-owners.ts';
import type { Observed } from '../core/observed.ts';
import { postgresLoginScript, readLoginOutcome } from '../core/postgres-login.ts';
import { rolloutState } from '../core/rollout.ts';
import { SecretValue } from '../core/secret-value.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { StackValue } from '../core/stack.ts';
import type { Workload } from '../core/workloads.ts';
import type { ClusterReader, HttpAnswer } from '../cluster-ports.ts';
import type { Clock } from '../ports.ts';
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
import { attemptCommand, attemptReach } from './attempt-in-pod.ts';

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
  const isRollable =
    workload?.type === 'Deployment' || workload?.type === 'StatefulSet' || workload?.type === 'DaemonSet';
  return isRollable ? rolloutState(workload) : undefined;
}

async function attemptHttp(check: CheckOf<'http'>, world: CheckWorld): Promise<Attempt> {
  const { spec, object } = check;
  if (spec.basicAuth !== undefined) return attemptHttpLogin(check, spec.basicAuth, world);
  const { namespace } = object;
  const { service, port, path } = spec;
  const answer = await world.cluster.serviceGet({ namespace, service, port, path });
  if (answer.state === 'unreadable') return notRead(answer);
  if (answer.state === 'absent') return fail(`service ${service} does not exist`);
  return judge(check, answer.value);
}

function judge({ spec }: CheckOf<'http'>, answer: HttpAnswer): Attempt {
  if (answer.failure !== undefined) return fail(answer.failure);
  const { isExpected, detail } = judgeHttpAnswer(spec, answer);
  return isExpected ? pass(detail) : fail(detail);
}

/** A wrong password is tried once: some servers lock an account after a few. */
async function attemptHttpLogin(
  check: CheckOf<'http'>,
  { user, password }: { user: StackValue; password: StackValue },
  world: CheckWorld,
): Promise<Attempt> {
  const login = await loginOf({ user, password }, check, world.cluster);
  if ('outcome' in login) return login;
  const pod = readyPod(await world.view(), check);
  if (pod === undefined) return fail('no pod of it is ready');
  const services = await world.cluster.list('services', check.object.namespace);
  if (services.state === 'unreadable') return notRead(services);
  const found = services.state === 'present' ? services.value : [];
  const service = found.find(({ metadata }) => metadata.name === check.spec.service);
  if (service === undefined) return fail(`service ${check.spec.service} does not exist`);

  const target = {
    namespace: check.object.namespace,
    pod: pod.metadata.name,
    port: podPort(service, check.spec.port, pod),
    path: check.spec.path,
  };
  const answer = await world.cluster.podGet({ ...target, basicAuth: login });
  if (answer.state === 'unreadable') return notRead(answer);
  if (answer.state === 'absent') return fail(`pod ${pod.metadata.name} is gone`);
  if (isRefusal(answer.value)) {
    return fail(`answered ${answer.value.status}: the login with ${valueText(password)} is refused`, false);
  }
  const attempt = judge(check, answer.value);
  if (attempt.outcome !== 'pass') return attempt;
  const control = await world.cluster.podGet({ ...target, basicAuth: madeUpLogin });
  return pass(controlledDetail(check, attempt.detail, control));
}

/** A user that nobody has: a wrong password of a real one would count towards the lock of its account. */
const madeUpLogin = {
  user: SecretValue.fromText('c2l-verify-no-such-user'),
  password: SecretValue.fromText('c2l-wrong-on-purpose'),
};

function isRefusal({ status }: HttpAnswer): boolean {
  return status === 401 || status === 403;
}

/** A server that lets everybody in proves nothing of the login. */
function controlledDetail(check: CheckOf<'http'>, detail: string, control: Observed<HttpAnswer>): string {
  if (control.state !== 'present') return `${detail}; whether a password is demanded could not be seen`;
  if (isRefusal(control.value)) return `${detail}, and a password is demanded`;
  return judge(check, control.value).outcome === 'pass'
    ? 'warning: the server asks nobody for a password here, so this login proves nothing of it'
    : `${detail}; whether a password is demanded could not be seen`;
}

/** The port of the pod behind a port of the Service. */
function podPort(service: Service, port: number, pod: Pod): number {
  const target = service.spec?.ports?.find((candidate) => candidate.port === port)?.targetPort ?? port;
  if (typeof target === 'number') return target;
  const named = pod.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target);
  return named?.containerPort ?? port;
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

/** The live values: what verify proves is that the Secret as it stands now opens the door. */
async function loginOf(
  { user, password }: { user: StackValue; password: StackValue },
  { object }: PlannedCheck,
  cluster: ClusterReader,
): Promise<{ user: SecretValue; password: SecretValue } | Attempt> {
  const [userValue, passwordValue] = await Promise.all(
    [user, password].map((value) => liveValue(value, object.namespace, cluster)),
  );
  if (userValue === undefined || passwordValue === undefined) return fail('has no user or password to log in with');
  if (!(userValue instanceof SecretValue)) return userValue;
  if (!(passwordValue instanceof SecretValue)) return passwordValue;
  return { user: userValue, password: passwordValue };
}

async function liveValue(value: StackValue, namespace: string, cluster: ClusterReader): Promise<SecretValue | Attempt> {
  if ('value' in value) return SecretValue.fromText(value.value);
  const secret = await cluster.readSecret(namespace, value.secret);
  if (secret.state === 'unreadable') return notRead(secret);
  if (secret.state === 'absent') return fail(`secret ${value.secret} does not exist`, false);
  return secret.value.data.get(value.key) ?? fail(`${valueText(value)} is missing`, false);
}

function valueText(value: StackValue): string {
  return 'value' in value ? 'the given value' : `key ${value.key} of secret ${value.secret}`;
}

async function attemptEndpoints({ spec, object }: CheckOf<'endpoints'>, { cluster }: CheckWorld): Promise<Attempt> {
  const slices = await cluster.list('endpointslices', object.namespace);
  if (slices.state === 'unreadable') return notRead(slices);
  const { isEnough, detail } = judgeEndpoints(spec, slices.state === 'present' ? slices.value : []);
  return isEnough ? pass(detail) : fail(detail);
}

async function attemptApplication(check: CheckOf<'application'>, { cluster }: CheckWorld): Promise<Attempt> {
  const applications = await cluster.list('applications', check.object.namespace);
  if (applications.state === 'unreadable') return notRead(applications);
  const found = applications.state === 'present' ? applications.value : [];
  const application = found.find(({ metadata }) => metadata.name === check.application);
  if (application === undefined) {
    return fail(`no application of this name in namespace ${check.object.namespace}`, false);
  }
  const health = application.status?.health?.status ?? 'Unknown';
  const sync = application.status?.sync?.status ?? 'Unknown';
  return health === 'Healthy' && sync === 'Synced' ? pass('Healthy, Synced') : fail(`${health}, ${sync}`);
}
