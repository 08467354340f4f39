import { exitCodeOf, verdictOf } from '../core/reports/report.ts';
import type { Stack } from '../core/stack/stack.ts';
import { publicHosts } from '../core/verify/ingress-endpoints.ts';
import type { VerifyReport } from '../core/verify/verify-report.ts';
import { watchSchema, type WatchEndpoint } from '../core/watch/watch-schema.ts';
import { OperatorError } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderReport } from '../render/report.ts';
import { namedStack, openSession } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { proveFromOutside, type OutsideEndpoint } from '../shell/verify/verify-outside.ts';
import { endpointsOf } from '../shell/watch/open-watch.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

export interface OutsideFlags extends GlobalFlags {
  readonly timeout: number;
  readonly url?: readonly string[];
}

/** Proves from this machine what the public sees. Only where no URL is known is the cluster asked for its hosts. */
export async function verifyOutside(flags: OutsideFlags, deps: Deps): Promise<ExitCode> {
  const stack = await namedStack(sessionOptions(flags), deps);
  const known = knownEndpoints(stack, flags.url ?? []);
  const endpoints = known.length > 0 ? known : await hostsOfIngresses(flags, deps);
  const world = await deps.openWatchWorld();
  const takenAt = deps.clock.now().toISOString();
  const { checks, findings, timeline } = await proveFromOutside(endpoints, world, deps, flags.timeout);
  const report: VerifyReport = {
    schemaVersion: 1,
    command: 'verify',
    context: '',
    server: '',
    namespaces: stack?.namespaces ?? [],
    ...(stack === undefined ? {} : { stack: stack.name }),
    takenAt,
    verdict: verdictOf(findings),
    findings,
    checks,
    timeline,
  };
  deps.terminal.out(await renderReport(report, flags.output, styleFor(flags, deps)));
  return exitCodeOf(report.verdict);
}

function knownEndpoints(stack: Stack | undefined, urls: readonly string[]): OutsideEndpoint[] {
  const declared = stack?.watch?.endpoints ?? [];
  const more = endpointsOf(
    urls,
    declared.map(({ name }) => name),
  );
  return [...declared, ...filled(more)].map((endpoint) => ({ endpoint, isDerived: false }));
}

function filled(endpoints: readonly Pick<WatchEndpoint, 'name' | 'url'>[]): WatchEndpoint[] {
  return watchSchema.parse({ endpoints }).endpoints;
}

async function hostsOfIngresses(flags: OutsideFlags, deps: Deps): Promise<OutsideEndpoint[]> {
  const session = await openSession(sessionOptions(flags), deps);
  try {
    const { cluster, scope } = session;
    const places = scope.all ? [undefined] : scope.namespaces;
    const listed = await untilInterrupted(
      Promise.all(places.map((namespace) => cluster.list('ingresses', namespace))),
      deps.signal,
    );
    const unread = listed.find((each) => each.state === 'unreadable');
    if (unread?.state === 'unreadable') throw new OperatorError('nothing-readable', unread.reason, { hint });
    const hosts = publicHosts(listed.flatMap((each) => (each.state === 'present' ? each.value : [])));
    if (hosts.length === 0) {
      throw new OperatorError(
        'usage',
        'no public URL is known: the stack has no watch.endpoints, and no Ingress a host',
        {
          hint,
        },
      );
    }
    return filled(hosts).map((endpoint) => ({ endpoint, isDerived: true }));
  } finally {
    await session.close();
  }
}

const hint = 'c2l verify --from-outside --url https://shop.example/health';
