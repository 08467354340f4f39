import { drillNotice, type DrillNews } from '../core/drill/drill-notice.ts';
import type { DrillReport } from '../core/drill/drill-report.ts';
import { OperatorError } from '../errors.ts';
import { drillMetrics } from '../render/drill/drill-metrics.ts';
import { drillSummary, wrongOf } from '../render/drill/drill-text.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { renderReport } from '../render/report.ts';
import { createStyle } from '../render/style.ts';
import type { Session } from '../shell/session.ts';
import type { Notifier, WatchWorld } from '../watch-ports.ts';

/** Where a drill is told beside standard output. */
export interface DrillOutputs {
  /** Files; how each is written is told by its name. */
  readonly reports: readonly string[];
  /** Address of a Pushgateway. */
  readonly pushTo: string | undefined;
  /** Whether the receivers of watch are told. */
  readonly notify: boolean;
}

const formats: Readonly<Record<string, OutputFormat | 'metrics'>> = {
  html: 'html',
  json: 'json',
  md: 'markdown',
  prom: 'metrics',
  txt: 'text',
  xml: 'junit',
  yaml: 'yaml',
};

export interface DrillPublisher {
  /** Whether everybody has it; who has not is named on standard error. */
  tell(report: DrillReport): Promise<boolean>;
  /** Of a drill that could not even begin; whoever said No need not be told. */
  tellRefusal(scenario: string, refusal: Pick<OperatorError, 'code' | 'message'>): Promise<void>;
}

/** Refuses what cannot be told before anything is broken. */
export async function openDrillPublisher(session: Session, outputs: DrillOutputs): Promise<DrillPublisher> {
  for (const path of outputs.reports) formatOf(path);
  refuseNoAddress(outputs.pushTo);
  const world = outputs.notify || outputs.pushTo !== undefined ? await session.deps.openWatchWorld() : undefined;
  const notifiers = outputs.notify && world !== undefined ? await receivers(session, world) : [];
  return {
    tell: async (report) => {
      const written = await Promise.all(outputs.reports.map((path) => write(session, path, report)));
      const isWritten = written.every((isThere) => isThere);
      // Nothing was drilled: nothing is news, and no metric has changed.
      if (report.outcome === 'planned') return isWritten;
      const isPushed = outputs.pushTo === undefined || (await push(session, world, outputs.pushTo, report));
      const isTold = await tellAll(session, notifiers, newsOf(session, report));
      return isPushed && isTold && isWritten;
    },
    tellRefusal: async (scenario, { code, message }) => {
      if (code === 'declined') return;
      const { at, source, namespace } = placeOf(session);
      await tellAll(session, notifiers, {
        at,
        source,
        namespace,
        scenario,
        end: code === 'interrupted' ? 'interrupted' : 'failed',
        summary: message,
        wrong: [],
      });
    },
  };
}

function refuseNoAddress(url: string | undefined): void {
  if (url === undefined || /^https?:\/\/[^/]/.test(url)) return;
  throw new OperatorError('usage', 'C2L_PUSH_METRICS is no address of a Pushgateway', {
    hint: 'C2L_PUSH_METRICS=http://HOST:9091, or leave it empty',
  });
}

function formatOf(path: string): OutputFormat | 'metrics' {
  const format = formats[path.slice(path.lastIndexOf('.') + 1)];
  if (format !== undefined) return format;
  throw new OperatorError('usage', `how ${path} is to be written is not told by its name`, {
    hint: `--report FILE ends in one of: ${Object.keys(formats).join(', ')}`,
  });
}

async function receivers({ stack }: Session, world: WatchWorld): Promise<Notifier[]> {
  const specs = stack?.watch?.notify ?? [];
  if (specs.length > 0) return Promise.all(specs.map((spec) => world.openNotifier(spec)));
  throw new OperatorError('usage', 'the stack names nobody who is told', {
    hint: 'add watch.notify to the stack file',
  });
}

async function write({ deps }: Session, path: string, report: DrillReport): Promise<boolean> {
  const format = formatOf(path);
  const text =
    format === 'metrics' ? drillMetrics(report) : await renderReport(report, format, createStyle(false, { width: 80 }));
  try {
    const end = path.lastIndexOf('/') + 1;
    const folder = end === 0 ? '.' : path.slice(0, end);
    await deps.outputFolder.change(folder, { write: [{ path: path.slice(end), text }], remove: [] });
    return true;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    deps.terminal.err(`warning: ${error.message}`);
    return false;
  }
}

async function push(
  { deps }: Session,
  world: WatchWorld | undefined,
  address: string,
  report: DrillReport,
): Promise<boolean> {
  const group = ['job', 'c2l-drill', 'namespace', report.namespaces[0] ?? '', 'scenario', report.drill.scenario];
  const url = `${address.replace(/\/+$/, '')}/metrics/${group.map(encodeURIComponent).join('/')}`;
  const failure = await world?.pushMetrics(url, drillMetrics(report));
  if (failure !== undefined) deps.terminal.err(`warning: the Pushgateway ${failure}`);
  return failure === undefined;
}

async function tellAll({ deps }: Session, notifiers: readonly Notifier[], news: DrillNews): Promise<boolean> {
  const told = await Promise.all(
    notifiers.map(async (notifier) => {
      const answer = await notifier.tell(drillNotice(news));
      if (answer.state === 'failed') deps.terminal.err(`warning: ${notifier.name} could not be told: ${answer.reason}`);
      return answer.state === 'told';
    }),
  );
  return told.every((isTold) => isTold);
}

function newsOf(session: Session, report: DrillReport): DrillNews {
  return {
    ...placeOf(session),
    scenario: report.drill.scenario,
    end: report.verdict === 'ok' ? 'passed' : report.verdict === 'interrupted' ? 'interrupted' : 'failed',
    summary: drillSummary(report),
    wrong: wrongOf(report),
  };
}

function placeOf({ stack, scope, deps }: Session): Pick<DrillNews, 'at' | 'source' | 'namespace'> {
  const [namespace = ''] = scope.namespaces;
  return { at: deps.clock.now().toISOString(), source: stack?.name ?? namespace, namespace };
}
