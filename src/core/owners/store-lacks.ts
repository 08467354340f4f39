import type { KubernetesEvent } from '../cluster/kubernetes.ts';
import type { ExternalSecret } from '../cluster/secret-writer-objects.ts';
import { isLater } from '../secrets/write-time.ts';
import { timeOf } from '../workloads/readiness.ts';

/** What the events of an ExternalSecret tell of entries that its store lacks. */
export interface EntriesLacking {
  readonly names: readonly string[];
  /** Of its last failure, where that tells of any: whoever puts one there later is not known of. */
  readonly seenAt?: string;
}

/**
 * Its condition does not say which entry; its events do. Nothing else of them is told: a provider's words may hold a
 * value. One try ends at the first entry that it does not find, in the order of the spec: what a later try got past is
 * there by now, as is all that was missing before it last succeeded.
 */
export function entriesLacking(external: ExternalSecret, events: readonly KubernetesEvent[]): EntriesLacking {
  const { refreshTime = '' } = external.status ?? {};
  const failures = events.filter((event) => isFailureOf(event, external) && !isLater(refreshTime, timeOf(event)));
  const last = failures.reduce((latest, event) => (timeOf(event) > latest ? timeOf(event) : latest), '');
  const order = entriesOf(external);
  const placeOf = (event: KubernetesEvent): number => {
    const place = order.indexOf(entryIn(event) ?? '');
    return place === -1 ? order.length : place;
  };
  const reached = Math.min(...failures.filter((event) => timeOf(event) === last).map(placeOf));
  const isCurrent = (event: KubernetesEvent): boolean => timeOf(event) === last || placeOf(event) > reached;
  const lacking = failures.filter((event) => (event.message ?? '').endsWith('Secret does not exist'));
  const names = [...new Set(lacking.filter(isCurrent).flatMap((event) => entryIn(event) ?? []))].sort();
  return { names, ...(names.length > 0 && last !== '' && { seenAt: last }) };
}

function isFailureOf({ involvedObject, reason }: KubernetesEvent, { metadata }: ExternalSecret): boolean {
  const { kind, name, namespace } = involvedObject;
  return (
    reason === 'UpdateFailed' && kind === 'ExternalSecret' && name === metadata.name && namespace === metadata.namespace
  );
}

function entryIn({ message = '' }: KubernetesEvent): string | undefined {
  return /\(key: ([^)]*)\)/.exec(message)?.[1];
}

function entriesOf({ spec }: ExternalSecret): string[] {
  const whole = (spec?.dataFrom ?? []).flatMap(({ extract }) => extract?.key ?? []);
  return [...whole, ...(spec?.data ?? []).flatMap(({ remoteRef }) => remoteRef?.key ?? [])];
}
