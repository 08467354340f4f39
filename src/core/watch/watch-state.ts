import * as z from 'zod';

const amount = z.number().min(0);
const time = z.iso.datetime();

const targetState = z.object({
  status: z.enum(['up', 'down']),
  outcome: z.enum(['pass', 'fail', 'unreadable']),
  detail: z.string(),
  contrary: amount.describe('results in a row that speak against the status'),
  failingSince: time.optional(),
  failingMs: amount.describe('time that passed since then'),
});

const part = z.object({ id: z.string(), detail: z.string() });

const notice = z.object({
  id: z.string().describe('the same however often it is sent: receivers tell copies by it'),
  kind: z.enum(['opened', 'reminder', 'recovered', 'test', 'drill-passed', 'drill-failed', 'drill-interrupted']),
  incident: z.string(),
  at: time,
  severity: z.enum(['error', 'warning']),
  source: z.string(),
  startedAt: time,
  durationMs: amount,
  roots: z.array(part),
  beneath: z.array(part),
});

const incident = z.object({
  id: z.string(),
  openedAt: time,
  startedAt: time,
  durationMs: amount,
  sinceNoticeMs: amount,
  reminders: amount,
  severity: z.enum(['error', 'warning']),
  members: z.array(z.string()),
  roots: z.array(part).describe('what it began with, and causes of it that were found later'),
});

const delivery = z.object({
  notice,
  to: z.string(),
  attempts: amount,
  notBefore: time.optional(),
  pauseMs: amount.optional().describe('from the last failure to notBefore'),
});

const target = z.object({
  id: z.string(),
  group: z.string(),
  needs: z.array(z.string()).readonly(),
  critical: z.boolean(),
  place: z.enum(['endpoint', 'cluster']),
});

/** What one run of watch leaves for the next: the state file. */
export const watchStateSchema = z.object({
  version: z.literal(1),
  roundAt: time.optional(),
  rounds: amount,
  offlineSince: time.optional(),
  targets: z.record(z.string(), targetState),
  clusterTargets: z.array(target).describe('as the cluster was last seen: nothing is gone because it cannot be seen'),
  incidents: z.array(incident),
  queue: z.array(delivery),
});

export type WatchState = z.infer<typeof watchStateSchema>;
export type TargetState = z.infer<typeof targetState>;
export type Incident = z.infer<typeof incident>;
export type Notice = z.infer<typeof notice>;
export type NoticePart = z.infer<typeof part>;
export type Delivery = z.infer<typeof delivery>;

export const emptyWatchState: WatchState = {
  version: 1,
  rounds: 0,
  targets: {},
  clusterTargets: [],
  incidents: [],
  queue: [],
};
