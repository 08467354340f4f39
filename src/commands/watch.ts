import { exitCodeOf } from '../core/reports/report.ts';
import { durationMs } from '../core/watch/duration.ts';
import type { Observation } from '../core/watch/targets.ts';
import { watchReport, type WatchReportParts } from '../core/watch/watch-report.ts';
import { watchSchema, type WatchSection } from '../core/watch/watch-schema.ts';
import { emptyWatchState } from '../core/watch/watch-state.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderReport } from '../render/report.ts';
import { prometheusText } from '../render/watch-metrics.ts';
import { noticeText } from '../render/watch-text.ts';
import { namedStack, reportHead } from '../shell/session.ts';
import { endpointsOf, openWatchedCluster, wantsCluster, type WatchedCluster } from '../shell/watch/open-watch.ts';
import { WatchKeeper } from '../shell/watch/watch-keeper.ts';
import { lookAround } from '../shell/watch/watch-look.ts';
import { Watcher, watchUntilStopped, type WatchedRound, type WatchParts } from '../shell/watch/watch-loop.ts';
import type { Notifier, StatusAnswer, WatchStateFile, WatchWorld } from '../watch-ports.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';
import { tryReceivers } from './watch-test.ts';

export interface WatchFlags extends GlobalFlags {
  readonly once?: boolean;
  readonly test?: boolean;
  readonly interval?: number;
  readonly state?: string;
  readonly listen?: { readonly host: string; readonly port: number };
  readonly url?: readonly string[];
  readonly cluster?: boolean;
}

/** What is watched, and the world to look at it with. */
interface Subject {
  readonly section: WatchSection;
  readonly cluster: WatchedCluster | undefined;
  readonly stackName: string | undefined;
  readonly world: WatchWorld;
}

/** Looks from outside and tells whom the stack names: once, or until it is stopped. */
export async function watch(flags: WatchFlags, deps: Deps): Promise<ExitCode> {
  const subject = await openSubject(flags, deps);
  const { cluster, world, section } = subject;
  try {
    const receivers = await openReceivers(section, world);
    const source = sourceOf(subject);
    if (flags.test === true) return await tryReceivers(receivers.notifiers, source, { output: flags.output, deps });
    const file = await world.openState(flags.state, source);
    try {
      const { clock, terminal, signal } = deps;
      const warn = (line: string): void => {
        terminal.err(line);
      };
      // One round says all of it in its report.
      const log = flags.once === true ? (): undefined => undefined : warn;
      const keeper = new WatchKeeper(file.found ?? emptyWatchState, file, warn);
      const look = (): ReturnType<WatchParts['look']> => lookAround({ section, world, clock, cluster });
      const parts: WatchParts = { section, source, look, keeper, ...receivers, clock, log, terminal, signal };
      if (flags.once === true) return await watchOnce(subject, parts, flags, deps);
      return await watchOn({ ...subject, parts, file }, flags, deps);
    } finally {
      await file.release();
    }
  } finally {
    await cluster?.close();
  }
}

async function openSubject(flags: WatchFlags, deps: Deps): Promise<Subject> {
  const stack = await namedStack(sessionOptions(flags), deps);
  const section = sectionOf(stack?.watch, flags.url ?? []);
  // Whoever is told has nothing to do with the cluster.
  const wanted =
    flags.test !== true && wantsCluster({ cluster: flags.cluster, names: namesCluster(flags) }, stack, section);
  const cluster = wanted === false ? undefined : await clusterOrNone(flags, deps, wanted === 'if-there-is-one');
  const stackName = stack?.name ?? cluster?.session?.stack?.name;
  return { section, cluster, stackName, world: await deps.openWatchWorld() };
}

/** What people call it: the stack, else the cluster. */
function sourceOf({ stackName, cluster }: Subject): string {
  return stackName ?? cluster?.session?.cluster.context.replaceAll(/[^A-Za-z0-9.-]+/g, '-') ?? 'endpoints';
}

function sectionOf(declared: WatchSection | undefined, urls: readonly string[]): WatchSection {
  const section = declared ?? watchSchema.parse({});
  const more = endpointsOf(
    urls,
    section.endpoints.map(({ name }) => name),
  );
  return { ...section, endpoints: [...section.endpoints, ...watchSchema.parse({ endpoints: more }).endpoints] };
}

function namesCluster({ kubeconfig, context, namespace, allNamespaces, sandbox }: GlobalFlags): boolean {
  return (
    [kubeconfig, context, namespace].some((flag) => flag !== undefined) || allNamespaces === true || sandbox === true
  );
}

async function clusterOrNone(flags: WatchFlags, deps: Deps, canDo: boolean): Promise<WatchedCluster | undefined> {
  try {
    return await openWatchedCluster(sessionOptions(flags), deps);
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'no-kubeconfig' || !canDo) throw error;
    deps.terminal.err('warning: there is no kubeconfig: endpoints alone are watched; --cluster makes that an error');
    return undefined;
  }
}

async function openReceivers(
  section: WatchSection,
  world: WatchWorld,
): Promise<Pick<WatchParts, 'notifiers' | 'heartbeat'>> {
  const notifiers = new Map<string, Notifier>();
  for (const spec of section.notify) notifiers.set(spec.name, await world.openNotifier(spec));
  return { notifiers, heartbeat: section.heartbeat && (await world.openHeartbeat(section.heartbeat)) };
}

async function watchOnce(subject: Subject, parts: WatchParts, flags: WatchFlags, deps: Deps): Promise<ExitCode> {
  const watcher = new Watcher(parts);
  const round = await watcher.round();
  await watcher.tell(round);
  const head = headOf(subject, round.at.toISOString());
  const report = watchReport({ ...round, head, state: parts.keeper.state, section: parts.section });
  deps.terminal.out(await renderReport(report, flags.output, styleFor(flags, deps)));
  return exitCodeOf(report.verdict);
}

function headOf({ cluster, stackName }: Subject, takenAt: string): WatchReportParts['head'] {
  const session = cluster?.session;
  if (session !== undefined) return reportHead(session, { namespaces: session.scope.namespaces, takenAt });
  const stack = stackName === undefined ? {} : { stack: stackName };
  return { schemaVersion: 1, context: '', server: '', namespaces: [], ...stack, takenAt };
}

interface Daemon extends Subject {
  readonly parts: WatchParts;
  readonly file: WatchStateFile;
}

async function watchOn({ parts, section, world, file }: Daemon, flags: WatchFlags, deps: Deps): Promise<ExitCode> {
  const { terminal, clock } = deps;
  const watcher = new Watcher(parts);
  const intervalMs = flags.interval ?? durationMs(section.interval);
  let last: { readonly round: WatchedRound; readonly end: number } | undefined;
  const started = clock.monotonic();
  const answer = (path: string): StatusAnswer | undefined => {
    if (path === '/healthz') return health(clock.monotonic() - (last?.end ?? started), intervalMs);
    return path === '/metrics' ? metrics(parts, watcher, last?.round.observations ?? [], deps.version) : undefined;
  };
  const listener = flags.listen && (await world.listen(flags.listen, answer));
  try {
    const told = parts.notifiers.size === 0 ? 'nobody but this output' : [...parts.notifiers.keys()].join(', ');
    terminal.err(`watching every ${intervalMs / 1000} s, telling ${told}, state ${file.path}`);
    if (listener !== undefined) terminal.err(`listening on ${listener.url}/metrics and ${listener.url}/healthz`);
    await watchUntilStopped(watcher, parts, intervalMs, (round) => {
      last = { round, end: clock.monotonic() };
      for (const notice of round.notices) terminal.out(noticeText(notice, flags.output));
    });
  } finally {
    await listener?.close();
  }
  terminal.err('stopped; the state is kept');
  return ExitCode.ok;
}

/** A round may wait for servers that hang; three that are missing are a watcher that hangs itself. */
function health(silentMs: number, intervalMs: number): StatusAnswer {
  const isWell = silentMs < 3 * intervalMs + 60_000;
  const body = `${isWell ? 'ok' : 'stuck'}, the last round ended ${Math.round(silentMs / 1000)} s ago\n`;
  return { status: isWell ? 200 : 503, contentType: 'text/plain; charset=utf-8', body };
}

function metrics(
  { keeper }: WatchParts,
  { counts }: Watcher,
  observations: readonly Observation[],
  version: string,
): StatusAnswer {
  const { state, failedSaves } = keeper;
  const body = prometheusText({ version, state, observations, failedSaves, ...counts });
  return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body };
}
