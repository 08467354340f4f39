import { judgeHttpAnswer } from '../verify/http-answer.ts';
import type { Observation, Stage, Target } from './targets.ts';
import type { WatchEndpoint } from './watch-schema.ts';

/** How an endpoint's certificate is called among the targets. */
function certificateOf({ name }: WatchEndpoint): string {
  return `${name}: certificate`;
}

/** The targets of an endpoint. What it needs may be a component, which stands for all targets of it. */
export function endpointTargets(endpoint: WatchEndpoint): Target[] {
  const { name, url, critical, dependsOn, certificateDays } = endpoint;
  const own = { group: name, place: 'endpoint' } as const;
  const answers: Target = { ...own, id: name, needs: dependsOn, critical };
  if (!url.startsWith('https:') || certificateDays === 0) return [answers];
  // Days before it ends nobody is hurt yet: that wakes nobody up.
  return [answers, { ...own, id: certificateOf(endpoint), needs: [name], critical: false }];
}

/** What came of the GET. */
export type EndpointLook =
  | { readonly state: 'answered'; readonly status: number; readonly body: string; readonly certificateEnds?: string }
  | { readonly state: 'failed'; readonly reason: string; readonly isLocal: boolean; readonly stage: Stage };

const dayMs = 86_400_000;

/** What an answer says of the endpoint and of its certificate; nothing of the latter where none was shown. */
export function judgeEndpoint(
  endpoint: WatchEndpoint,
  look: EndpointLook,
  { now, durationMs }: { readonly now: Date; readonly durationMs: number },
): Observation[] {
  const own = { id: endpoint.name, durationMs };
  if (look.state === 'failed') {
    const { reason, stage, isLocal } = look;
    return [{ ...own, outcome: 'fail', detail: reason, stage, ...(isLocal ? { isLocal } : {}) }];
  }
  const { isExpected, detail } = judgeHttpAnswer(endpoint, look);
  const answer: Observation = { ...own, outcome: isExpected ? 'pass' : 'fail', detail };
  const { certificateEnds } = look;
  if (certificateEnds === undefined || endpoint.certificateDays === 0) return [answer];
  const days = Math.floor((Date.parse(certificateEnds) - now.getTime()) / dayMs);
  const certificate: Observation = {
    id: certificateOf(endpoint),
    durationMs,
    certificateEnds,
    outcome: days >= endpoint.certificateDays ? 'pass' : 'fail',
    detail: `ends in ${days} days, on ${certificateEnds.slice(0, 10)}`,
  };
  return [answer, certificate];
}

/** Whether it is the checker that has no connection: everything failed, and by failures of its own machine. */
export function isLocalOutage(observations: readonly Observation[]): boolean {
  return observations.length > 0 && observations.every(({ isLocal }) => isLocal === true);
}
