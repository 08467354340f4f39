import { durationMs } from './duration.ts';
import { afterRound, partsOf, type Scene } from './incidents.ts';
import { maintenanceOf } from './maintenance.ts';
import { enqueued, newNotice, notWatched } from './notices.ts';
import { afterLook } from './target-states.ts';
import type { Observation, Target } from './targets.ts';
import type { WatchSection } from './watch-schema.ts';
import type { Incident, Notice, TargetState, WatchState } from './watch-state.ts';

/** What was seen in one round. */
export interface Round {
  readonly at: Date;
  /** Since the round before, by a clock that nobody sets: no jump of the wall clock lengthens an outage. */
  readonly elapsedMs: number;
  readonly targets: readonly Target[];
  readonly observations: readonly Observation[];
  /** Not all of the cluster was seen: what was known of it before is not taken for gone. */
  readonly isClusterPartial: boolean;
  /** The checker itself has no connection, so that nothing can be said of anything. */
  readonly isOffline: boolean;
}

export interface RoundOptions {
  readonly section: WatchSection;
  /** What people call the installation. */
  readonly source: string;
}

export interface RoundResult {
  readonly state: WatchState;
  readonly notices: readonly Notice[];
  /** Those that were looked at, and those that are known from before. */
  readonly targets: readonly Target[];
}

/** The state after a round, with the notices that follow from it queued. */
export function watchRound(before: WatchState, round: Round, options: RoundOptions): RoundResult {
  const at = round.at.toISOString();
  const counted = { ...before, roundAt: at, rounds: before.rounds + 1 };
  const targets = targetsOf(before, round);
  const all = [...targets.values()];
  if (round.isOffline) return { state: offlineState(counted, at, round.elapsedMs), notices: [], targets: all };

  const { section } = options;
  const states = statesAfter(before, { ...round, targets: all }, section);
  const isQuiet = (target: Target): boolean => maintenanceOf(target, round.at, section.maintenance) !== undefined;
  const scene: Scene = { at, elapsedMs: round.elapsedMs, targets, states, isQuiet };
  const change = afterRound(before.incidents, scene);
  const { incidents, due } = reminded(change, scene, durationMs(section.reminder));

  const told = (kind: 'opened' | 'reminder', incident: Incident): Notice =>
    newNotice(kind, incident, { at, source: options.source, ...partsOf(incident, scene) });
  const notices = [
    ...change.opened.map((incident) => told('opened', incident)),
    ...due.map((incident) => told('reminder', incident)),
    ...change.recovered.map((incident) => {
      const roots = incident.roots.map((root) => (targets.has(root.id) ? root : { ...root, detail: notWatched }));
      return newNotice('recovered', incident, { at, source: options.source, roots, beneath: [] });
    }),
  ];
  const receivers = section.notify.map(({ name }) => name);
  const queue = notices.reduce((queued, notice) => enqueued(queued, notice, receivers), [...before.queue]);
  const clusterTargets = all.filter(({ place }) => place === 'cluster');
  return {
    state: { ...counted, offlineSince: undefined, targets: states, clusterTargets, incidents, queue },
    notices,
    targets: all,
  };
}

function targetsOf({ clusterTargets }: WatchState, { targets, isClusterPartial }: Round): Map<string, Target> {
  const known = isClusterPartial ? clusterTargets : [];
  const all = new Map([...known, ...targets].map((target) => [target.id, target]));
  const idsOf = (need: string): string[] => {
    if (all.has(need)) return [need];
    // Who depends on a component depends on all that is checked of it.
    return [...all.values()].filter(({ group }) => group === need).map(({ id }) => id);
  };
  return new Map([...all].map(([id, target]) => [id, { ...target, needs: target.needs.flatMap(idsOf) }]));
}

function offlineState(state: WatchState, at: string, elapsedMs: number): WatchState {
  const incidents = state.incidents.map((incident) => ({ ...incident, durationMs: incident.durationMs + elapsedMs }));
  return { ...state, incidents, offlineSince: state.offlineSince ?? at };
}

function statesAfter(before: WatchState, round: Round, thresholds: WatchSection): Record<string, TargetState> {
  const seen = new Map(round.observations.map((observation) => [observation.id, observation]));
  const look = { at: round.at.toISOString(), elapsedMs: round.elapsedMs, thresholds };
  return Object.fromEntries(
    round.targets.flatMap(({ id }) => {
      const observation = seen.get(id);
      const known = Object.hasOwn(before.targets, id) ? before.targets[id] : undefined;
      if (observation !== undefined) return [[id, afterLook(known, observation, look)]];
      return known === undefined ? [] : [[id, known]];
    }),
  );
}

function reminded(
  { incidents, opened }: { incidents: readonly Incident[]; opened: readonly Incident[] },
  { targets, isQuiet }: Scene,
  everyMs: number,
): { incidents: Incident[]; due: Incident[] } {
  const due: Incident[] = [];
  const next = incidents.map((incident) => {
    const isNew = opened.some(({ id }) => id === incident.id);
    const isAllQuiet = incident.members.every((id) => {
      const target = targets.get(id);
      return target !== undefined && isQuiet(target);
    });
    if (isNew || isAllQuiet || incident.sinceNoticeMs < everyMs) return incident;
    const told = { ...incident, sinceNoticeMs: 0, reminders: incident.reminders + 1 };
    due.push(told);
    return told;
  });
  return { incidents: next, due };
}
