import { describe, expect, test } from '@jest/globals';
import { createSettingsFile } from '../../src/adapters/files/settings-file.ts';
import { createStackFiles } from '../../src/adapters/files/stack-file.ts';
import { connectCluster } from '../../src/adapters/kubernetes/kubernetes-cluster.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { verify } from '../../src/commands/verify.ts';
import { checkSchema } from '../../src/core/stack/check-schema.ts';
import type { CheckResult, VerifyReport } from '../../src/core/verify/verify-report.ts';
import type { Deps } from '../../src/ports.ts';
import type { Sandbox, StartOptions } from '../../src/sandbox/sandbox.ts';
import { createDrillNotice } from '../../src/shell/drill/drill-notice.ts';
import type { Session } from '../../src/shell/session.ts';
import { ReadySightings } from '../../src/shell/verify/ready-sightings.ts';
import { sandbox } from '../support/sandbox.ts';
import { createScriptedPrompter, createTestTerminal } from '../support/terminal.ts';

const namespace = 'cloudtolocalllm';
const secretName = 'cloudtolocalllm-secrets';

async function setUp({
  requestTimeoutMs = 5000,
  checks = [],
  steady = '0s',
  ...options
}: Partial<StartOptions> & { requestTimeoutMs?: number; checks?: readonly unknown[]; steady?: string } = {}) {
  const world = await sandbox({ scenario: 'healthy', ...options });
  const interruption = new AbortController();
  const terminal = createTestTerminal();
  const builtIn = await createStackFiles({ cwd: '/' }).builtIn('cloudtolocalllm');
  const more = checks.map((check) => checkSchema.parse(check));
  const components = builtIn.components.map((component) => ({
    ...component,
    steady,
    checks: component.name === 'api-backend' ? [...component.checks, ...more] : component.checks,
  }));
  const stack = { ...builtIn, components };
  const notUsed = (): never => {
    throw new Error('verify does not use this');
  };
  const deps: Deps = {
    connect: notUsed,
    contexts: notUsed,
    settings: { file: createSettingsFile({}), variables: {} },
    startSandbox: notUsed,
    startVault: notUsed,
    openSealer: notUsed,
    openSource: notUsed,
    openTarget: notUsed,
    readPlanFile: notUsed,
    readReportFile: notUsed,
    tlsPairProblem: notUsed,
    fingerprints: notUsed,
    randomBytes: notUsed,
    openWatchWorld: notUsed,
    openRunbookWorld: notUsed,
    sealing: { read: notUsed, check: notUsed },
    checkNamedFiles: notUsed,
    stackFiles: createStackFiles({ cwd: '/' }),
    drillFiles: { read: notUsed },
    openDrillJournalFile: notUsed,
    readJournal: notUsed,
    readDrillResults: notUsed,
    resultDigest: notUsed,
    journalDigest: notUsed,
    outputFolder: { read: notUsed, change: notUsed },
    manifestFiles: { read: notUsed },
    clock: systemClock,
    prompter: createScriptedPrompter(),
    terminal,
    signal: interruption.signal,
    operator: 'tester',
    processId: 1,
    isRunning: notUsed,
    holdOn: notUsed,
    version: '0.0.0',
  };
  const cluster = await connectCluster({ kubeconfigText: world.kubeconfig, requestTimeoutMs, env: {} });
  const session: Session = {
    deps,
    policy: { readOnly: false, production: false },
    cluster,
    stack,
    scope: { namespaces: [namespace], all: false, expectedNamespaces: [namespace], argocdNamespace: 'argocd' },
    defaultSources: [],
    defaultManifests: [],
    childEnv: {},
    drillNotice: createDrillNotice(terminal),
    sightings: new ReadySightings(),
    close: () => Promise.resolve(),
  };
  const run = async (timeoutMs = 400): Promise<VerifyReport> => {
    const { report } = await verify(session, { timeoutMs });
    cluster.close();
    return report as VerifyReport;
  };
  return { world, run, terminal, interruption, cluster };
}

function resultOf({ checks }: VerifyReport, component: string, name: string): CheckResult | undefined {
  return checks.find((check) => check.component === component && check.name === name);
}

function setKey({ store }: Sandbox, key: string, value: string | undefined): void {
  const secret = store.get('secrets', namespace, secretName)!;
  const data = { ...(secret['data'] as Record<string, string>) };
  if (value === undefined) Reflect.deleteProperty(data, key);
  else data[key] = Buffer.from(value).toString('base64');
  store.replace('secrets', { ...secret, data });
}

test('a healthy stack passes every check, logins included', async () => {
  const { run, terminal } = await setUp();
  const report = await run();
  expect(report).toMatchObject({ verdict: 'ok', findings: [] });
  expect(report.checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
  expect(resultOf(report, 'postgres-auth', 'login over TCP')?.detail).toMatch(
    /^login accepted, and a password is demanded$/,
  );
  expect(resultOf(report, 'grafana', 'grafana admin login')).toBeDefined();
  expect(terminal.stderr).toMatch(/^ok: 26 of 26 checks passed$/m);
});

test('a password that is not the one of the first start fails at once, and everything behind it is skipped', async () => {
  const { world, run } = await setUp();
  const planted = 'w'.repeat(24);
  setKey(world, 'postgres-auth-password', planted);
  setKey(world, 'admin-password', planted);
  const secret = world.store.get('secrets', namespace, secretName)!;
  const changed = JSON.stringify({ 'postgres-auth-password': '2099-01-01T00:00:00Z' });
  const annotations = { 'c2l.dev/key-changed-at': changed };
  world.store.replace('secrets', { ...secret, metadata: { ...secret.metadata, annotations } });
  const report = await run(60_000);

  expect(resultOf(report, 'postgres-auth', 'ready')?.outcome).toBe('pass');
  expect(resultOf(report, 'postgres-auth', 'login over TCP')).toMatchObject({
    outcome: 'fail',
    detail: 'password authentication failed: the database holds another password',
    likely: {
      cause: expect.stringMatching(
        /^likely the data was initialised with another password: persistentvolumeclaim\/\S+ is there since .* UTC, and key postgres-auth-password of secret cloudtolocalllm-secrets was written 2099-01-01 00:00:00 UTC; PostgreSQL takes POSTGRES_PASSWORD at its first start alone$/,
      ),
      ways: [
        {
          command: `c2l fix-secrets ${secretName}/postgres-auth-password --overwrite postgres-auth-password -n ${namespace}`,
        },
        {
          command: expect.stringMatching(
            /^kubectl exec -it -n cloudtolocalllm postgres-auth-0 -c postgres -- sh -c 'psql .*\\password appuser"'$/,
          ),
        },
      ],
    },
  });
  expect(resultOf(report, 'api-backend', 'ready')).toMatchObject({
    outcome: 'skipped',
    detail: 'because "postgres-auth: login over TCP" did not pass',
  });
  expect(resultOf(report, 'grafana', 'grafana admin login')).toMatchObject({
    outcome: 'fail',
    detail: `answered 401: the login with key admin-password of secret ${secretName} is refused`,
  });
  expect(report.verdict).toBe('problems');
  const failed = report.findings.find(({ id }) => id === 'check-failed/postgres-auth: login over TCP');
  expect(failed?.blocks.map(({ name }) => name)).toEqual(expect.arrayContaining(['api-backend', 'web']));
  expect(JSON.stringify(report)).not.toContain(planted);
});

test('a backend that is Ready without its database fails by its own word', async () => {
  const { run } = await setUp({
    intercept: ({ path }) =>
      path.includes('api-backend') && path.includes('/proxy/health')
        ? { status: 503, body: JSON.stringify({ database: { status: 'disconnected' } }) }
        : undefined,
  });
  const report = await run();
  expect(resultOf(report, 'api-backend', 'ready')?.outcome).toBe('pass');
  const check = report.checks.find(({ component, name }) => component === 'api-backend' && name.startsWith('GET '));
  expect(check).toMatchObject({
    outcome: 'fail',
    detail:
      'answered 503 instead of 200, database.status is "disconnected" instead of "connected": {"database":{"status":"disconnected"}}',
  });
  const waits = report.timeline.filter(({ name, outcome }) => name === check?.name && outcome === 'waiting');
  expect(waits).toHaveLength(1);
});

test('in the incident nothing is waited for that cannot heal, and all missing keys are named', async () => {
  const { run } = await setUp({ scenario: 'incident' });
  const report = await run(60_000);
  expect(resultOf(report, 'postgres-auth', 'ready')).toMatchObject({
    outcome: 'fail',
    detail: expect.stringMatching(/CreateContainerConfigError.*postgres-auth-password/),
  });
  expect(resultOf(report, 'web', 'ready')?.outcome).toBe('skipped');
  expect(report.findings.filter(({ code }) => code === 'secret-key-missing')).toHaveLength(9);
  const ids = new Set(report.findings.map(({ id }) => id));
  expect(report.findings.flatMap(({ causes }) => causes).filter((cause) => !ids.has(cause))).toEqual([]);
});

test.each([
  ['a name that resolves', { kind: 'dns', host: 'postgres' }, 'pass', 'resolves in the pod'],
  ['a name that nobody has', { kind: 'dns', host: 'postgras' }, 'fail', 'does not resolve in the pod'],
  ['its own port', { kind: 'tcp', port: 8080 }, 'pass', 'accepts connections'],
  ['a port of another', { kind: 'tcp', host: 'postgres', port: 5432 }, 'pass', 'accepts connections'],
  ['a port where nobody listens', { kind: 'tcp', host: 'postgres', port: 1 }, 'fail', 'connection refused'],
  ['a container it lacks', { kind: 'tcp', port: 8080, container: 'proxy' }, 'fail', /has no container proxy$/],
  [
    'a command',
    { kind: 'command', command: ['sh', '-c', 'echo 3 applied'], output: '^3 ' },
    'pass',
    'ended with exit code 0, and its output matches',
  ],
  [
    'a command that fails',
    { kind: 'command', command: ['sh', '-c', 'exit 4'] },
    'fail',
    'ended with exit code 4 instead of 0',
  ],
  [
    'a program that is not there',
    { kind: 'command', command: ['migrate'] },
    'fail',
    /^ended with exit code 127 instead of 0: /,
  ],
  ['too few endpoints', { kind: 'endpoints', service: 'web', min: 9 }, 'fail', /^1 of 1 endpoint ready where 9/],
])('from inside a pod: %s', async (_, check, outcome, detail) => {
  const { run } = await setUp({ checks: [{ ...check, name: 'asked', retries: 0 }] });
  const report = await run(60_000);
  expect(resultOf(report, 'api-backend', 'asked')).toMatchObject({
    outcome,
    detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
  });
});

test('every Service that leads to the stack must have endpoints', async () => {
  const { run } = await setUp({
    intercept: ({ path }) =>
      path.includes('/endpointslices')
        ? { status: 200, body: JSON.stringify({ kind: 'EndpointSliceList', metadata: {}, items: [] }) }
        : undefined,
  });
  const report = await run();
  const failed = report.checks.filter(({ outcome }) => outcome !== 'pass');
  expect(new Set(failed.map(({ detail }) => detail))).toEqual(
    new Set(['has no endpoints: no running pod fits its selector']),
  );
  expect(failed.map(({ component }) => component)).toEqual(expect.arrayContaining(['postgres', 'web', 'grafana']));
  expect(report.verdict).toBe('problems');
});

test('a check is tried again as often as the stack says', async () => {
  let asked = 0;
  const { run } = await setUp({
    checks: [{ kind: 'http', name: 'bad', service: 'api-backend', port: 8080, path: '/bad', retries: 2 }],
    intercept: ({ path }) => {
      if (!path.endsWith('/bad')) return undefined;
      asked += 1;
      return { status: 500, body: '' };
    },
  });
  const report = await run(60_000);
  expect(resultOf(report, 'api-backend', 'bad')?.outcome).toBe('fail');
  expect(asked).toBe(3);
});

/** Tells of the containers of a workload what kubelet would, had they started so many seconds ago. */
function began({ store }: Sandbox, app: string, secondsAgo: number, extra: object = {}): void {
  for (const pod of store.list('pods', namespace).filter(({ metadata }) => metadata.name.startsWith(app))) {
    const status = pod['status'] as { containerStatuses: readonly object[] };
    const state = { running: { startedAt: new Date(Date.now() - secondsAgo * 1000).toISOString() } };
    const containerStatuses = status.containerStatuses.map((each) => ({ ...each, state, ...extra }));
    store.replace('pods', { ...pod, status: { ...status, containerStatuses } });
  }
}

describe('a workload that is ready', () => {
  test('is believed when it stayed so, and what hangs on it is checked meanwhile', async () => {
    const { world, run } = await setUp({ steady: '1s' });
    for (const app of ['postgres', 'api-backend', 'web']) began(world, app, 0);
    const report = await run(20_000);
    expect(report.verdict).toBe('ok');
    const ready = resultOf(report, 'web', 'ready')!;
    expect(ready.durationMs).toBeGreaterThanOrEqual(900);
    // The end of the chain is looked at before its beginning is proven, however long a look takes.
    const at = (component: string, outcome: string): number =>
      report.timeline.find(
        (entry) => entry.component === component && entry.name === 'ready' && entry.outcome === outcome,
      )?.afterMs ?? NaN;
    expect(at('web', 'waiting')).toBeLessThan(at('postgres', 'pass'));
    expect(report.timeline).toContainEqual(
      expect.objectContaining({
        component: 'web',
        outcome: 'waiting',
        detail: expect.stringContaining('has not run for 1 s yet'),
      }),
    );
  });

  test('and is restarted again and again fails, though it is ready in between', async () => {
    const { world, run } = await setUp({ steady: '1s' });
    const at = (ms: number): string => new Date(Date.now() - ms).toISOString();
    const lastState = { terminated: { exitCode: 137, startedAt: at(42_000), finishedAt: at(2000) } };
    began(world, 'api-backend', 1, { restartCount: 4, lastState });
    const report = await run(5000);
    expect(resultOf(report, 'api-backend', 'ready')).toMatchObject({
      outcome: 'fail',
      detail: expect.stringMatching(
        /ready, but container api-backend of pod \S+ was restarted 4 times, ended with exit code 137 after 40 s the last time, and has not run longer than that yet: proven in \d+ s at the soonest$/,
      ),
    });
    expect(report.verdict).toBe('problems');
  });
});

describe('what could not be looked at', () => {
  test('is unreadable, neither passed nor failed', async () => {
    const { world, run } = await setUp();
    world.deny({ resource: 'services', subresource: 'proxy' });
    const report = await run(60_000);
    expect(resultOf(report, 'web', 'GET /health')?.outcome ?? 'skipped').toBe('skipped');
    expect(resultOf(report, 'grafana', 'grafana health')?.outcome).toBe('unreadable');
    expect(report.verdict).toBe('unreadable');
  });

  test('makes no list of workloads read as "nothing failed"', async () => {
    const { world, run } = await setUp();
    world.deny({ resource: 'deployments' });
    const report = await run();
    expect(report.verdict).toBe('unreadable');
    expect(report.findings.map(({ id }) => id)).toContain(`unreadable/deployments/${namespace}`);
  });
});

test('an application that accepts and says nothing fails its check, and is no gap', async () => {
  const { run } = await setUp({
    requestTimeoutMs: 1_500,
    intercept: ({ path }) => (/grafana.*\/proxy\//.test(path) ? 'hang' : undefined),
  });
  const report = await run(100);
  expect(resultOf(report, 'grafana', 'grafana health')).toMatchObject({
    outcome: 'fail',
    detail: 'no answer within 1.5 s',
  });
  expect(report.findings.map(({ code }) => code)).not.toContain('unreadable');
});

test('Argo CD that lags is a warning and fails nothing', async () => {
  const { world, run } = await setUp();
  const application = world.store.get('applications', 'argocd', 'postgres')!;
  const operationState = { phase: 'Failed', message: 'one hook failed' };
  const status = { ...(application['status'] as object), sync: { status: 'OutOfSync' }, operationState };
  world.store.replace('applications', { ...application, status });
  const report = await run();
  expect(resultOf(report, 'argocd/postgres', 'Healthy and Synced')).toMatchObject({
    outcome: 'fail',
    critical: false,
    detail: 'Healthy, OutOfSync: sync Failed: one hook failed',
  });
  expect(report.verdict).toBe('ok');
  expect(report.findings).toMatchObject([{ code: 'check-failed', severity: 'warning' }]);
});

test('Ctrl-C ends the wait with "interrupted"', async () => {
  const { run, terminal, interruption } = await setUp({
    intercept: ({ path }) => {
      if (!path.includes('/proxy/')) return undefined;
      interruption.abort();
      return { status: 503, body: '{}' };
    },
  });
  await expect(run(60_000)).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  expect(terminal.stderr).toMatch(/^stopped: /m);
});

test.each([
  ['the first look', /\/pods/, ''],
  ['a check', /\/proxy\//, 'stopped: verify stopped\n'],
])('Ctrl-C while the server hangs in %s is the last that is heard', async (_, path, last) => {
  const { run, terminal, interruption, cluster } = await setUp({
    intercept: (request) => {
      if (!interruption.signal.aborted && !path.test(request.path)) return undefined;
      interruption.abort();
      return 'hang';
    },
  });
  await expect(run(60_000)).rejects.toMatchObject({ code: 'interrupted' });
  const heard = terminal.stderr;
  expect(heard.endsWith(last)).toBe(true);
  // What was abandoned ends now.
  cluster.close();
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(terminal.stderr).toBe(heard);
});
