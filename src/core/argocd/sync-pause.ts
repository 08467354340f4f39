import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { isRecord } from '../is-record.ts';

/** Holds how the object was before c2l paused it, on the object itself: whoever finds it can put that back. */
export const pauseAnnotation = 'c2l.dev/paused-sync';

/** What writes by itself, and can be told not to for a while. */
export type PausableKind = 'Application' | 'ExternalSecret';

export interface PausableRef extends ObjectRef {
  readonly kind: PausableKind;
}

/** One pause, as the annotation holds it. */
export interface SyncPause {
  /** Of the run that holds it: one that was taken over by another is left to that. */
  readonly id: string;
  /** UTC, ISO 8601. */
  readonly until: string;
  readonly by: string;
  readonly command: string;
  /** Of the run, on the machine that `by` names. */
  readonly processId: number;
  /** Outermost first: what would undo the pause of the next. They end in reverse. */
  readonly order: number;
  /** What stood where the pause is; null where nothing did. */
  readonly was: unknown;
}

/** An object with a pause on it; undefined where the annotation cannot be read any more. */
export interface PausedObject {
  readonly object: PausableRef;
  readonly pause: SyncPause | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Where an object says whether it writes, and what keeps it from that. An Application without `automated` neither syncs
 * nor heals, in every version; an ExternalSecret with creation policy None reads its store and writes nothing.
 */
const switches: Readonly<Record<PausableKind, { readonly path: readonly [string, string]; readonly off: unknown }>> = {
  Application: { path: ['syncPolicy', 'automated'], off: null },
  ExternalSecret: { path: ['target', 'creationPolicy'], off: 'None' },
};

export const pausableResources = { Application: 'applications', ExternalSecret: 'externalsecrets' } as const;
export const pausableGroups = { Application: 'argoproj.io', ExternalSecret: 'external-secrets.io' } as const;

/** What its spec says of whether it writes; null where it says nothing. */
export function switchState(kind: PausableKind, spec: Json): unknown {
  const [outer, inner] = switches[kind].path;
  return asJson(spec[outer])[inner] ?? null;
}

export function isSwitchedOff(kind: PausableKind, spec: Json): boolean {
  return switchState(kind, spec) === switches[kind].off;
}

/** A merge patch of the spec that has it write no more. */
export function switchOff(kind: PausableKind): Json {
  return nested(kind, switches[kind].off);
}

/** A merge patch that puts back what was; null takes away what stands there. */
export function switchBack(kind: PausableKind, { was }: SyncPause): Json {
  return nested(kind, was);
}

function nested(kind: PausableKind, value: unknown): Json {
  const [outer, inner] = switches[kind].path;
  return { [outer]: { [inner]: value } };
}

/** What an object says of its pause; `unreadable` where somebody edited the annotation. */
export function pauseOf({ annotations }: Pick<ObjectMeta, 'annotations'>): SyncPause | 'unreadable' | undefined {
  const text = annotations?.[pauseAnnotation];
  return text === undefined ? undefined : (parsePause(text) ?? 'unreadable');
}

/** What stood where a pause now is; what stands there where nothing is paused. */
export function policyBefore(metadata: Pick<ObjectMeta, 'annotations'>, now: unknown): unknown {
  const pause = pauseOf(metadata);
  return pause === undefined || pause === 'unreadable' ? now : pause.was;
}

function parsePause(text: string): SyncPause | undefined {
  let found: Json;
  try {
    found = asJson(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { id, until, by, command, processId, order, was = null } = found;
  if (typeof id !== 'string' || typeof until !== 'string' || Number.isNaN(Date.parse(until))) return undefined;
  if (typeof by !== 'string' || typeof command !== 'string') return undefined;
  if (typeof processId !== 'number' || typeof order !== 'number') return undefined;
  return { id, until, by, command, processId, order, was };
}

function asJson(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** Every object of a snapshot that bears a pause, in the order in which pauses end: the outermost last. */
export function pausesIn({
  argocd,
  writers,
}: {
  readonly argocd: Pick<Snapshot['argocd'], 'applications'>;
  readonly writers: Pick<Snapshot['writers'], 'externalSecrets'>;
}): PausedObject[] {
  const found = [
    ...writers.externalSecrets.items.flatMap((each) => pausedObject('ExternalSecret', each.metadata)),
    ...argocd.applications.items.flatMap((each) => pausedObject('Application', each.metadata)),
  ];
  return found.sort((left, right) => (right.pause?.order ?? 0) - (left.pause?.order ?? 0));
}

function pausedObject(kind: PausableKind, metadata: ObjectMeta): PausedObject[] {
  const pause = pauseOf(metadata);
  if (pause === undefined) return [];
  return [{ object: pausableRef(kind, metadata), pause: pause === 'unreadable' ? undefined : pause }];
}

export function pausableRef(kind: PausableKind, metadata: ObjectMeta): PausableRef {
  return { ...refOf(kind, metadata), kind };
}
