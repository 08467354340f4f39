import type { Observation } from '../core/watch/targets.ts';
import type { WatchState } from '../core/watch/watch-state.ts';
import { metricsText, type Metric } from './prometheus-text.ts';

/** What the running daemon counts beside its state. */
export interface WatchCounts {
  readonly delivered: number;
  readonly failedDeliveries: number;
  readonly failedSaves: number;
}

export interface WatchMetrics extends WatchCounts {
  readonly version: string;
  readonly state: WatchState;
  /** Of the last round. */
  readonly observations: readonly Observation[];
}

/** All that is known, in the text format of Prometheus. */
export function prometheusText(metrics: WatchMetrics): string {
  return metricsText(metricsOf(metrics));
}

function metricsOf({ version, state, observations, ...counts }: WatchMetrics): Metric[] {
  const perTarget = (measure: (observation: Observation) => number | undefined): Metric['samples'] =>
    observations.flatMap((observation) => {
      const value = measure(observation);
      return value === undefined ? [] : [{ labels: { target: observation.id }, value }];
    });
  const one = (value: number): Metric['samples'] => [{ value }];
  return [
    {
      name: 'c2l_watch_build_info',
      type: 'gauge',
      help: 'The version that runs; always 1.',
      samples: [{ labels: { version }, value: 1 }],
    },
    {
      name: 'c2l_watch_target_up',
      type: 'gauge',
      help: 'Whether the target counts as up, by the thresholds.',
      samples: Object.entries(state.targets).map(([target, { status }]) => ({
        labels: { target },
        value: status === 'up' ? 1 : 0,
      })),
    },
    {
      name: 'c2l_watch_check_passed',
      type: 'gauge',
      help: 'Whether the last look at the target passed; absent where it could not be looked at.',
      samples: perTarget(({ outcome }) => (outcome === 'unreadable' ? undefined : outcome === 'pass' ? 1 : 0)),
    },
    {
      name: 'c2l_watch_check_duration_seconds',
      type: 'gauge',
      help: 'How long the last look at the target took.',
      samples: perTarget(({ durationMs }) => Math.round(durationMs) / 1000),
    },
    {
      name: 'c2l_watch_certificate_end_timestamp_seconds',
      type: 'gauge',
      help: 'When the certificate of the target ends.',
      samples: perTarget(({ certificateEnds }) =>
        certificateEnds === undefined ? undefined : Date.parse(certificateEnds) / 1000,
      ),
    },
    {
      name: 'c2l_watch_incidents_open',
      type: 'gauge',
      help: 'Open incidents.',
      samples: (['error', 'warning'] as const).map((severity) => ({
        labels: { severity },
        value: state.incidents.filter((incident) => incident.severity === severity).length,
      })),
    },
    {
      name: 'c2l_watch_offline',
      type: 'gauge',
      help: 'Whether the checker itself has no connection.',
      samples: one(state.offlineSince === undefined ? 0 : 1),
    },
    {
      name: 'c2l_watch_rounds_total',
      type: 'counter',
      help: 'Rounds that were made, by all runs on this state file.',
      samples: one(state.rounds),
    },
    {
      name: 'c2l_watch_last_round_timestamp_seconds',
      type: 'gauge',
      help: 'When the last round was made.',
      samples: state.roundAt === undefined ? [] : one(Date.parse(state.roundAt) / 1000),
    },
    {
      name: 'c2l_watch_notifications_pending',
      type: 'gauge',
      help: 'Notifications that were not delivered yet.',
      samples: one(state.queue.length),
    },
    {
      name: 'c2l_watch_notifications_delivered_total',
      type: 'counter',
      help: 'Notifications that a receiver took, by this run.',
      samples: one(counts.delivered),
    },
    {
      name: 'c2l_watch_notification_failures_total',
      type: 'counter',
      help: 'Attempts to deliver that failed, by this run.',
      samples: one(counts.failedDeliveries),
    },
    {
      name: 'c2l_watch_state_write_failures_total',
      type: 'counter',
      help: 'Times that the state file could not be written, by this run.',
      samples: one(counts.failedSaves),
    },
  ];
}
