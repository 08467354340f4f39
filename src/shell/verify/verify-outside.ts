import { count } from '../../core/list-text.ts';
import { outsideName, outsideResults, type OutsideResults } from '../../core/verify/outside-results.ts';
import type { TimelineEntry } from '../../core/verify/verify-report.ts';
import { durationMs } from '../../core/watch/duration.ts';
import { endpointTargets, isLocalOutage, judgeEndpoint, type EndpointLook } from '../../core/watch/endpoint-targets.ts';
import type { Observation } from '../../core/watch/targets.ts';
import type { WatchEndpoint } from '../../core/watch/watch-schema.ts';
import type { Deps } from '../../ports.ts';
import type { EndpointAnswer, WatchWorld } from '../../watch-ports.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { Timeline } from './timeline.ts';

/** An endpoint of the stack, or one of which only its host is known: what it should answer is then nobody's to say. */
export interface OutsideEndpoint {
  readonly endpoint: WatchEndpoint;
  readonly isDerived: boolean;
}

export interface OutsideVerification extends OutsideResults {
  readonly timeline: readonly TimelineEntry[];
}

const retryMs = 1000;

/** Asks every endpoint from here, those that fail again and again until they answer or the time is over. */
export async function proveFromOutside(
  endpoints: readonly OutsideEndpoint[],
  world: Pick<WatchWorld, 'getAll'>,
  { clock, signal, terminal }: Pick<Deps, 'clock' | 'signal' | 'terminal'>,
  timeoutMs: number,
): Promise<OutsideVerification> {
  const timeline = new Timeline(clock);
  const deadline = clock.monotonic() + timeoutMs;
  const targets = endpoints.flatMap(({ endpoint }) => endpointTargets(endpoint));
  const seen = new Map<string, Observation>();
  const progress = terminal.progress(count(endpoints.length, 'endpoint'));
  let pending = endpoints;
  const answering = (): string =>
    `${endpoints.length - pending.length} of ${count(endpoints.length, 'endpoint')} ${endpoints.length === 1 ? 'answers' : 'answer'}`;
  for (;;) {
    const left = Math.max(deadline - clock.monotonic(), 1000);
    const observations = await untilInterrupted(lookAt(pending, world, clock.now(), left), signal);
    for (const observation of observations) seen.set(observation.id, observation);
    pending = endpoints.filter(({ endpoint }) => seen.get(endpoint.name)?.outcome !== 'pass');
    const isOver = pending.length === 0 || clock.monotonic() >= deadline;
    for (const target of targets) {
      const { outcome, detail } = seen.get(target.id) ?? {};
      if (outcome === undefined || detail === undefined) continue;
      const check = { id: target.id, component: target.group, name: outsideName(target) };
      timeline.note(check, outcome === 'pass' || isOver ? outcome : 'waiting', detail);
    }
    if (isOver) break;
    const names = pending.map(({ endpoint }) => endpoint.name).join(', ');
    progress.update(`${answering()}, not yet: ${names}`);
    await clock.sleep(Math.min(retryMs, Math.max(deadline - clock.monotonic(), 0)), signal);
  }
  const answers = endpoints.flatMap(({ endpoint }) => seen.get(endpoint.name) ?? []);
  const urls = new Map(endpoints.map(({ endpoint: { name, url } }) => [name, url]));
  const results = outsideResults(targets, seen, { isOffline: isLocalOutage(answers), urls });
  progress.finish(pending.length === 0 ? 'ok' : 'failed', answering());
  return { ...results, timeline: timeline.entries };
}

async function lookAt(
  endpoints: readonly OutsideEndpoint[],
  world: Pick<WatchWorld, 'getAll'>,
  now: Date,
  leftMs: number,
): Promise<Observation[]> {
  const answers = await world.getAll(
    endpoints.map(({ endpoint: { url, timeout, json } }) => ({
      url,
      timeoutMs: Math.min(durationMs(timeout), leftMs),
      wantsBody: Object.keys(json).length > 0,
    })),
  );
  return endpoints.flatMap((each, index) => {
    const answer = answers[index];
    if (answer === undefined) return [];
    return judgeEndpoint(wanted(each, answer), staged(answer), { now, durationMs: answer.durationMs });
  });
}

/** Of a host alone any answer will do that is no failure of the server. */
function wanted({ endpoint, isDerived }: OutsideEndpoint, answer: EndpointAnswer): WatchEndpoint {
  return isDerived && answer.state === 'answered' && answer.status < 500
    ? { ...endpoint, status: answer.status }
    : endpoint;
}

function staged(answer: EndpointAnswer): EndpointLook {
  return answer.state === 'answered' ? answer : { ...answer, reason: `${answer.stage}: ${answer.reason}` };
}
