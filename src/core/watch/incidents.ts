import { compareText } from '../compare-text.ts';
import { isAiling } from './target-states.ts';
import { needsOf, type Target } from './targets.ts';
import type { Incident, NoticePart, TargetState } from './watch-state.ts';

/** What incidents are made from: every target, with its state after the round. */
export interface Scene {
  readonly at: string;
  readonly elapsedMs: number;
  readonly targets: ReadonlyMap<string, Target>;
  readonly states: Readonly<Record<string, TargetState>>;
  /** Whether nobody is to be told of it now. */
  readonly isQuiet: (target: Target) => boolean;
}

export interface IncidentChange {
  readonly incidents: readonly Incident[];
  readonly opened: readonly Incident[];
  readonly recovered: readonly Incident[];
}

/**
 * One incident for a chain: what hangs on a target that is down joins its incident, in whatever order they are found
 * to be down, and the incident lasts until all of them are up again.
 */
export function afterRound(before: readonly Incident[], scene: Scene): IncidentChange {
  const aged = before.map((incident) => ({
    ...incident,
    durationMs: incident.durationMs + scene.elapsedMs,
    sinceNoticeMs: incident.sinceNoticeMs + scene.elapsedMs,
    members: incident.members.filter((id) => scene.targets.has(id)),
  }));
  const opened: Incident[] = [];
  const open = settled(aged, scene);
  for (const target of inOrderOfNeed(scene)) {
    if (open.some(({ members }) => members.includes(target.id))) continue;
    const home = homeOf(target, open, scene);
    if (home === 'wait') continue;
    if (home === undefined) {
      const incident = newIncident(target, scene, [...before, ...opened]);
      opened.push(incident);
      open.push(incident);
    } else {
      open[home] = joined(open[home], target, scene);
    }
  }
  const isOver = ({ members }: Incident): boolean => members.every((id) => !isDown(id, scene));
  return {
    incidents: open.filter((incident) => !isOver(incident)),
    opened: opened.flatMap(({ id }) => open.filter((incident) => incident.id === id)),
    recovered: open.filter(isOver),
  };
}

function isDown(id: string, { states }: Scene): boolean {
  return states[id]?.status === 'down';
}

/** Down targets, such that none stands before what it hangs on. */
function inOrderOfNeed(scene: Scene): Target[] {
  const depth = (target: Target): number => needsOf(target.id, scene.targets).size;
  return [...scene.targets.values()]
    .filter(({ id }) => isDown(id, scene))
    .sort((left, right) => depth(left) - depth(right) || compareText(left.id, right.id));
}

/** The place of the incident that a target which is down belongs to; `wait` while that cannot be told. */
function homeOf(target: Target, open: readonly Incident[], scene: Scene): number | 'wait' | undefined {
  const needs = needsOf(target.id, scene.targets);
  const cause = open.findIndex(({ members }) => members.some((id) => needs.has(id) && isDown(id, scene)));
  if (cause !== -1) return cause;
  // What it hangs on ails and is not told yet: it will be, or it recovers.
  if ([...needs].some((id) => isAiling(scene.states[id]))) return 'wait';
  const effect = open.findIndex(({ members }) =>
    members.some((id) => isDown(id, scene) && needsOf(id, scene.targets).has(target.id)),
  );
  if (effect !== -1) return effect;
  return scene.isQuiet(target) ? 'wait' : undefined;
}

/** What is still down for another incident's cause is moved there, so that this one can end. */
function settled(incidents: readonly Incident[], scene: Scene): Incident[] {
  const settledOnes = incidents.map((incident) => ({ ...incident }));
  for (const incident of settledOnes) {
    const down = incident.members.filter((id) => isDown(id, scene));
    if (down.length === 0 || down.length === incident.members.length) continue;
    const other = settledOnes.find(
      (candidate) => candidate !== incident && down.every((id) => hangsOn(id, candidate, scene)),
    );
    if (other === undefined) continue;
    incident.members = incident.members.filter((id) => !down.includes(id));
    other.members = [...new Set([...other.members, ...down])];
  }
  return settledOnes;
}

function hangsOn(id: string, { members }: Incident, scene: Scene): boolean {
  const needs = needsOf(id, scene.targets);
  return members.some((member) => needs.has(member) && isDown(member, scene));
}

/** A cause that is found later is named with what was told first: its recovery is theirs. */
function joined(incident: Incident | undefined, target: Target, scene: Scene): Incident {
  if (incident === undefined) throw new Error('joined no incident');
  const severity = target.critical ? 'error' : incident.severity;
  const isEffect = hangsOn(target.id, incident, scene);
  const roots = isEffect ? incident.roots : [...incident.roots, rootOf(target, scene)];
  return { ...incident, severity, members: [...incident.members, target.id], roots };
}

function rootOf({ id }: Target, { states }: Scene): NoticePart {
  return { id, detail: states[id]?.detail ?? '' };
}

function newIncident(target: Target, scene: Scene, others: readonly Incident[]): Incident {
  const { at, states } = scene;
  const state = states[target.id];
  const stamp = at.replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  const wanted = `${stamp}-${target.id.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')}`;
  const copies = others.filter(({ id }) => id === wanted || id.startsWith(`${wanted}.`)).length;
  return {
    id: copies === 0 ? wanted : `${wanted}.${copies + 1}`,
    openedAt: at,
    startedAt: state?.failingSince ?? at,
    durationMs: state?.failingMs ?? 0,
    sinceNoticeMs: 0,
    reminders: 0,
    severity: target.critical ? 'error' : 'warning',
    members: [target.id],
    roots: [rootOf(target, scene)],
  };
}

/** What an incident comes down to now, and what hangs on it and does not pass either. */
export function partsOf(incident: Incident, scene: Scene): { roots: NoticePart[]; beneath: NoticePart[] } {
  const down = incident.members.filter((id) => isDown(id, scene));
  const roots = down.filter((id) => {
    const needs = needsOf(id, scene.targets);
    return !down.some((other) => needs.has(other));
  });
  const beneath = [...scene.targets.values()].filter(({ id }) => {
    if (roots.includes(id) || !isAiling(scene.states[id])) return false;
    const needs = needsOf(id, scene.targets);
    return incident.members.includes(id) || roots.some((root) => needs.has(root));
  });
  const part = (id: string): NoticePart => ({ id, detail: scene.states[id]?.detail ?? '' });
  return { roots: roots.map(part), beneath: beneath.map(({ id }) => part(id)) };
}
