import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { Secret } from '../cluster/secret.ts';

/** JSON maps of key → time. */
const changedAt = 'c2l.dev/key-changed-at';
const addedAt = 'c2l.dev/key-added-at';
/** In place of a time: c2l's own clock may be minutes off, and the server's time of a creation is known only after it. */
const withSecret = 'creationTimestamp';

/** What c2l noted on a Secret of the keys that it wrote. */
export interface NotedTimes {
  /** Keys that were there and got another value. */
  readonly changed: ReadonlyMap<string, string>;
  /** Keys that were absent. */
  readonly added: ReadonlyMap<string, string>;
}

export function notedTimes({ annotations, creationTimestamp }: Partial<ObjectMeta>): NotedTimes {
  return {
    changed: read(annotations?.[changedAt], creationTimestamp),
    added: read(annotations?.[addedAt], creationTimestamp),
  };
}

/**
 * The annotations that note a write. Managed fields tell a time only for all that one writer holds, so that a change
 * of one key would make every key it ever wrote look new, and with it every pod that uses one look outdated.
 */
export function keyTimeAnnotations(
  before: Secret,
  written: readonly string[],
  at: string,
): Readonly<Record<string, string>> {
  const noted = notedTimes(before.metadata);
  const changed = new Map(noted.changed);
  const added = new Map(noted.added);
  for (const key of written) (before.data.has(key) ? changed : added).set(key, at);
  const isThere = (key: string): boolean => before.data.has(key) || written.includes(key);
  return { ...annotation(changedAt, changed, isThere), ...annotation(addedAt, added, isThere) };
}

/** As `keyTimeAnnotations`, of a Secret that is created again to be changed. */
export function recreatedAnnotations(before: Secret, written: readonly string[]): Readonly<Record<string, string>> {
  return keyTimeAnnotations(before, written, withSecret);
}

/** The annotations of a Secret that c2l creates. */
export function addedWithSecret(keys: readonly string[]): Readonly<Record<string, string>> {
  return annotation(addedAt, new Map(keys.map((key) => [key, withSecret])));
}

function annotation(
  name: string,
  times: ReadonlyMap<string, string>,
  isThere: (key: string) => boolean = () => true,
): Record<string, string> {
  const kept = [...times].filter(([key]) => isThere(key));
  return kept.length === 0 ? {} : { [name]: JSON.stringify(Object.fromEntries(kept)) };
}

function read(text: string | undefined, creationTimestamp = ''): Map<string, string> {
  const times = new Map<string, string>();
  for (const [key, noted] of Object.entries(parsed(text) ?? {})) {
    const time: unknown = noted === withSecret ? creationTimestamp : noted;
    if (typeof time === 'string' && time !== '') times.set(key, time);
  }
  return times;
}

/** Anybody can edit an annotation. */
function parsed(text: string | undefined): object | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
