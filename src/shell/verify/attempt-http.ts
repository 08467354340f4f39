import type { HttpAnswer } from '../../cluster-ports.ts';
import type { Pod } from '../../core/cluster/kubernetes-pod.ts';
import type { Service } from '../../core/cluster/kubernetes.ts';
import type { Observed } from '../../core/cluster/observed.ts';
import { firstLine } from '../../core/first-line.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import type { StackValue } from '../../core/stack/stack.ts';
import { judgeCertificate } from '../../core/verify/certificate-judgement.ts';
import { judgeHttpAnswer } from '../../core/verify/http-answer.ts';
import { fail, notRead, pass, readyPod, type Attempt, type CheckOf, type CheckWorld } from './attempt.ts';
import { liveValue, loginOf, valueText } from './live-login.ts';

type HttpCheck = CheckOf<'http'>;

/**
 * A GET through the service proxy of the API server, and over a port-forward to a ready pod where that proxy would keep
 * a login or a certificate to itself.
 */
export async function attemptHttp(check: HttpCheck, world: CheckWorld): Promise<Attempt> {
  const { spec, object } = check;
  if (spec.basicAuth !== undefined) return attemptHttpLogin(check, spec.basicAuth, world);
  if (spec.tls !== undefined) return attemptTls(check, world);
  const { namespace } = object;
  const { service, port, path } = spec;
  const answer = await world.cluster.serviceGet({ namespace, service, port, path });
  if (answer.state === 'unreadable') return notRead(answer);
  if (answer.state === 'absent') return fail(`service ${service} does not exist`);
  return judge(check, answer.value, world);
}

async function attemptTls(check: HttpCheck, world: CheckWorld): Promise<Attempt> {
  const place = await podPlace(check, world);
  if ('outcome' in place) return place;
  const answer = await world.cluster.podGet(place);
  if (answer.state === 'unreadable') return notRead(answer);
  if (answer.state === 'absent') return fail(`pod ${place.pod} is gone`);
  return judge(check, answer.value, world);
}

async function judge(check: HttpCheck, answer: HttpAnswer, world: CheckWorld): Promise<Attempt> {
  if (answer.failure !== undefined) return fail(answer.failure);
  const { isExpected, detail } = judgeHttpAnswer(check.spec, answer);
  if (!isExpected) return fail(`${detail}${await saidInstead(check, answer, world)}`);
  const shown = await certificateDetail(check, answer, world);
  if (shown?.state === 'bad') return fail(`${detail}, but ${shown.detail}`);
  if (shown === undefined) return pass(detail);
  return pass(shown.state === 'good' ? `${detail}; ${shown.detail}` : `warning: ${shown.detail}; ${detail}`);
}

/** The first line of what came with a wrong status; nothing where the values that it might hold are not known. */
async function saidInstead({ spec }: HttpCheck, { status, body }: HttpAnswer, { view }: CheckWorld): Promise<string> {
  if (status === spec.status) return '';
  const { secrets } = await view();
  if (secrets.gaps.length > 0) return '';
  const line = firstLine(
    body,
    secrets.items.flatMap(({ data }) => [...data.values()]),
  );
  return line === undefined ? '' : `: ${line}`;
}

async function certificateDetail(
  check: HttpCheck,
  { certificate }: HttpAnswer,
  { view }: CheckWorld,
): Promise<ReturnType<typeof judgeCertificate> | undefined> {
  const { tls } = check.spec;
  if (tls === undefined) return undefined;
  if (certificate === undefined) return { state: 'bad', detail: 'no certificate was shown' };
  const now = new Date((await view()).takenAt);
  return judgeCertificate(certificate, { host: serverName(check), days: tls.days, now });
}

function serverName({ spec, object }: HttpCheck): string {
  return spec.tls?.host ?? `${spec.service}.${object.namespace}.svc`;
}

interface PodPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly path: string;
  readonly tls?: { readonly host: string; readonly ca?: SecretValue };
}

/** Where a GET to a pod itself goes. */
async function podPlace(check: HttpCheck, world: CheckWorld): Promise<PodPlace | Attempt> {
  const { spec, object } = check;
  const { namespace } = object;
  const pod = readyPod(await world.view(), check);
  if (pod === undefined) return fail('no pod of it is ready');
  const services = await world.cluster.list('services', namespace);
  if (services.state === 'unreadable') return notRead(services);
  const found = services.state === 'present' ? services.value : [];
  const service = found.find(({ metadata }) => metadata.name === spec.service);
  if (service === undefined) return fail(`service ${spec.service} does not exist`);
  const place = { namespace, pod: pod.metadata.name, port: podPort(service, spec.port, pod), path: spec.path };
  if (spec.tls === undefined) return place;
  const ca = spec.tls.ca === undefined ? undefined : await liveValue(spec.tls.ca, namespace, world.cluster);
  if (ca !== undefined && !(ca instanceof SecretValue)) return ca;
  return { ...place, tls: { host: serverName(check), ...(ca !== undefined && { ca }) } };
}

/** A wrong password is tried once: some servers lock an account after a few. */
async function attemptHttpLogin(
  check: HttpCheck,
  { user, password }: { user: StackValue; password: StackValue },
  world: CheckWorld,
): Promise<Attempt> {
  const login = await loginOf({ user, password }, check, world.cluster);
  if ('outcome' in login) return login;
  const place = await podPlace(check, world);
  if ('outcome' in place) return place;
  const answer = await world.cluster.podGet({ ...place, basicAuth: login });
  if (answer.state === 'unreadable') return notRead(answer);
  if (answer.state === 'absent') return fail(`pod ${place.pod} is gone`);
  if (isRefusal(answer.value)) {
    return fail(`answered ${answer.value.status}: the login with ${valueText(password)} is refused`, false);
  }
  const attempt = await judge(check, answer.value, world);
  if (attempt.outcome !== 'pass') return attempt;
  const control = await world.cluster.podGet({ ...place, basicAuth: madeUpLogin });
  return pass(await controlledDetail(check, attempt.detail, control, world));
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
async function controlledDetail(
  check: HttpCheck,
  detail: string,
  control: Observed<HttpAnswer>,
  world: CheckWorld,
): Promise<string> {
  if (control.state !== 'present') return `${detail}; whether a password is demanded could not be seen`;
  if (isRefusal(control.value)) return `${detail}, and a password is demanded`;
  return (await judge(check, control.value, world)).outcome === 'pass'
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
