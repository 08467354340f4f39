import type { Container, PodSpec } from '../cluster/kubernetes-pod.ts';
import type { ServiceHost } from '../cluster/service-targets.ts';

const host = '([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)';

/**
 * The places of a shell command in which a host name stands. A bare word elsewhere may be a user, a database or a file,
 * so only a full cluster name counts anywhere.
 */
const hostPlaces: readonly RegExp[] = [
  new RegExp(`(?:^|\\s)-h[= ]?["']?${host}`, 'g'),
  new RegExp(`--host(?:name)?[= ]["']?${host}`, 'g'),
  new RegExp(`(?:^|[\\s/])nc(?:at)?\\s+(?:-\\S+\\s+(?:\\d+\\s+)?)*["']?${host}["']?\\s+\\d+`, 'g'),
  new RegExp(`(?:^|[\\s"'@=/])${host}:\\d{2,5}(?![\\d.])`, 'g'),
  new RegExp(`://(?:[^/@\\s"']*@)?${host}`, 'g'),
  new RegExp(`/dev/tcp/${host}`, 'g'),
  new RegExp(`(?:nslookup|getent\\s+(?:ahosts|hosts))\\s+["']?${host}`, 'g'),
  /([a-z0-9][-a-z0-9.]*\.svc(?:\.[-a-z0-9.]*[a-z0-9])?)/g,
];

/** The Services that init containers name, as they must answer before the pod starts. Sidecars do not wait. */
export function waitedForHosts(podSpec: PodSpec, namespace: string): readonly ServiceHost[] {
  const waiting = (podSpec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy !== 'Always');
  const hosts = waiting.flatMap((container) => namedHosts(commandText(container)));
  return [...new Set(hosts)].flatMap((name) => serviceHost(name, namespace) ?? []);
}

/** The Services that a text names where a host can stand; `isHost` says that the text as a whole is one. */
export function namedServices(text: string, namespace: string, isHost: boolean): readonly ServiceHost[] {
  const whole = isHost && /^[a-z0-9][-a-z0-9.]*$/.test(text) ? [text] : [];
  return [...new Set([...whole, ...namedHosts(text)])].flatMap((name) => serviceHost(name, namespace) ?? []);
}

function commandText({ command = [], args = [], env = [] }: Container): string {
  const values = new Map(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
  return [...command, ...args]
    .join(' ')
    .replace(
      /\$(?:\{(\w+)(?::-[^}]*)?\}|\((\w+)\)|(\w+))/g,
      (whole, braced?: string, round?: string, bare?: string) => {
        return values.get(braced ?? round ?? bare ?? '') ?? whole;
      },
    );
}

function namedHosts(text: string): string[] {
  return hostPlaces.flatMap((place) => [...text.matchAll(place)].flatMap((match) => match[1] ?? []));
}

/** `postgres`, `postgres.data`, `postgres.data.svc`, `postgres-0.postgres.data.svc.cluster.local`. */
function serviceHost(name: string, namespace: string): ServiceHost | undefined {
  const labels = name.split('.');
  const svc = labels.lastIndexOf('svc');
  const [service, place = namespace] = svc >= 2 ? labels.slice(svc - 2, svc) : labels;
  if (service === undefined || (svc < 2 && labels.length > 2)) return undefined;
  return { namespace: place, name: service };
}
