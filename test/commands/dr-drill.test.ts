import { expect, jest, test } from '@jest/globals';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { drill, namespace, newFolder, run, secretName, secrets } from '../support/drill-world.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

// Some run four commands, one after the other.
jest.setTimeout(90_000);

interface Refusal {
  readonly name: string;
  readonly scenario?: string;
  readonly argv?: readonly string[];
  readonly prepare?: (cluster: Sandbox) => void;
  readonly says: string;
}

const refusals: readonly Refusal[] = [
  {
    name: 'the namespace carries no label',
    prepare: ({ store }) => {
      const found = store.get('namespaces', undefined, namespace)!;
      store.replace('namespaces', { ...found, metadata: { ...found.metadata, labels: {} } });
    },
    says: 'c2l.dev/dr-drill=allowed',
  },
  {
    name: 'the context is not named',
    argv: ['run', 'total-secret-loss', '--yes', '--from', 'env:backup.env'],
    says: '--confirm c2l-sandbox',
  },
  { name: 'all is not well before', scenario: 'incident', says: 'the steady state is not proven' },
  {
    name: 'the source holds another value than what runs',
    prepare: ({ store }) => {
      const found = store.get('secrets', namespace, secretName)!;
      const data = { ...(found['data'] as object), 'jwt-secret': Buffer.from('y'.repeat(50)).toString('base64') };
      store.replace('secrets', { ...found, data });
    },
    says: 'the way back is not proven',
  },
  {
    name: 'the journal would lie in the namespace',
    argv: run('missing-keys', '--journal-namespace', namespace),
    says: 'outside',
  },
  { name: 'there is no such scenario', argv: run('nothing'), says: 'c2l dr-drill list' },
];

test.each(refusals)('does not start where $name, and changes nothing', async ({ scenario, argv, prepare, says }) => {
  const cluster = await sandbox({ scenario: scenario ?? 'healthy' });
  prepare?.(cluster);
  const before = secrets(cluster);

  const { code, report } = await drill(cluster, argv ?? run('total-secret-loss'));

  expect([ExitCode.problems, ExitCode.usage]).toContain(code);
  expect(JSON.stringify([report.wrong, report.error])).toContain(says);
  expect(secrets(cluster)).toEqual(before);
});

test.each([
  [
    'none is named',
    ['missing-keys', '--manual', '--limit', '10m'],
    'no --from: a drill needs the source that is to bring the values back',
    `c2l dr-drill run missing-keys --from env:FILE --manual --limit 10m -n ${namespace}`,
  ],
  [
    'the one that is named refuses',
    ['vault-outage', '--from', 'azure-key-vault:kv'],
    'azure-key-vault:kv refuses in drill vault-outage: no source is left that could bring the values back',
    `c2l dr-drill run vault-outage --from azure-key-vault:kv --from env:FILE -n ${namespace}`,
  ],
])('is refused before anything is looked at where of sources %s', async (_, argv, message, hint) => {
  const cluster = await sandbox({ scenario: 'incident' });

  const { code, report, stderr } = await drill(cluster, ['run', ...argv, '--confirm', 'c2l-sandbox']);

  expect({ code, error: report.error }).toEqual({
    code: ExitCode.usage,
    error: { code: 'drill-refused', message, hint },
  });
  expect(stderr).not.toContain('check');
});

const closed = '{ name: quarterly, from: 2001-01-01T00:00:00Z, to: 2001-01-02T00:00:00Z }';
const open = '{ name: quarterly, from: 2001-01-01T00:00:00Z, to: 2101-01-01T00:00:00Z }';
const production = (drills: string) => `production: { contexts: [c2l-sandbox]${drills} }`;

test.each([
  ['production that allows no drill', production(''), 'c2l-sandbox is production, and the stack allows no drill there'],
  [
    'production outside of its window',
    production(`, drills: { windows: [${closed}] }`),
    'no window for drills is open: quarterly (from 2001-01-01T00:00:00Z to 2001-01-02T00:00:00Z)',
  ],
  ['production within its window', production(`, drills: { windows: [${open}] }`), undefined],
  [
    'a maintenance that is going on',
    `watch: { maintenance: [${open.replace('quarterly', 'database-move')}] }`,
    'maintenance database-move is going on',
  ],
])('the stack tells where and when: %s', async (_, section, refusal) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const cwd = newFolder();
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  writeFileSync(join(cwd, 'c2l.yaml'), `${readFileSync('src/stacks/cloudtolocalllm.yaml', 'utf8')}\n${section}\n`);

  const { code, report } = await drill(cluster, run('total-secret-loss', '--dry-run'), { cwd });

  expect(code).toBe(refusal === undefined ? ExitCode.ok : ExitCode.usage);
  expect(report.error?.message ?? '').toContain(refusal ?? '');
});

test('a dry run names what would be broken and who would start anew', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);

  const { code, report } = await drill(cluster, run('total-secret-loss', '--dry-run'));

  expect({ code, outcome: report.outcome }).toEqual({ code: 0, outcome: 'planned' });
  expect(report.faults.map(({ object, does }) => `${object.name} ${does}`)).toEqual([
    `${secretName} lost`,
    'regcred lost',
  ]);
  expect(report.evicted.map(({ name }) => name.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}$/, ''))).toEqual([
    'api-backend',
    'grafana',
    'postgres-auth-0',
  ]);
  expect(report.kept.map(({ pod, reason }) => `${pod.name}: ${reason}`)).toEqual([
    'postgres-0: its data lies in the pod, and would be lost with it',
  ]);
  expect(secrets(cluster)).toEqual(before);
});

test.each([
  ['missing-keys', 'is immutable: it can be lost whole, and loses no key'],
  ['wrong-value', 'is immutable: it can be lost whole, and no value in it changes'],
])('an immutable Secret that %s cannot break is told, where there is no other', async (name, reason) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const found = cluster.store.get('secrets', namespace, secretName)!;
  cluster.store.replace('secrets', { ...found, immutable: true });
  const before = secrets(cluster);

  const { code, report } = await drill(cluster, run(name, '--dry-run'));

  expect({ code, message: report.error?.message }).toEqual({
    code: ExitCode.usage,
    message: `the stack has no key that this scenario could break: secret/${secretName} ${reason}`,
  });
  expect(secrets(cluster)).toEqual(before);
});

test('a recovery that takes longer than its objective is a problem, and everything is as it was', async () => {
  const cluster = await sandbox({ scenario: 'healthy', speed: 10 });
  const before = secrets(cluster);
  const cwd = newFolder();
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  writeFileSync(
    join(cwd, 'strict.yaml'),
    'version: 1\nname: strict\ndescription: in no time\nfaults: [{ kind: lose-secrets }]\nobjective: { recovery: 0s }\n',
  );

  const { code, report } = await drill(cluster, run('./strict.yaml'), { cwd });

  expect({ code, outcome: report.outcome, verdict: report.verdict }).toEqual({
    code: ExitCode.problems,
    outcome: 'too-late',
    verdict: 'problems',
  });
  expect(report.findings.map(({ code: found }) => found)).toEqual(['drill-failed']);
  expect(secrets(cluster)).toEqual(before);
});

test('what a PodDisruptionBudget keeps from starting anew is not called recovered', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  cluster.store.create('poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'grafana', namespace },
    spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'grafana' } } },
  });

  const { code, report } = await drill(cluster, run('missing-keys'));

  expect({ code, outcome: report.outcome, verdict: report.verdict }).toEqual({
    code: ExitCode.problems,
    outcome: 'recovered-with-trouble',
    verdict: 'problems',
  });
  expect(report.findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^drill missing-keys: recovered, with trouble: pod\/grafana-\S+ stays: a PodDisruptionBudget keeps it$/,
    ),
  ]);
});

test.each([
  ['7d', ExitCode.ok, []],
  ['2d', ExitCode.problems, ['drill aged: the backup is too old: the oldest is 3 d 1 h old, objective 2 d 0 h']],
])('the age of the backup is told, and kept to an objective of %s', async (backupAge, exitCode, failures) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const cwd = newFolder();
  const backup = join(cwd, 'backup.env');
  writeFileSync(backup, cluster.envBackupText, { mode: 0o600 });
  const hourMs = 3_600_000;
  const then = new Date(Date.now() - 73 * hourMs);
  utimesSync(backup, then, then);
  writeFileSync(
    join(cwd, 'aged.yaml'),
    `version: 1\nname: aged\ndescription: how old\nfaults: [{ kind: lose-keys }]\nobjective: { backupAge: ${backupAge} }\n`,
  );

  const { code, report } = await drill(cluster, run('./aged.yaml', '--dry-run', '--limit', '10m'), { cwd });

  expect({ code, failures: report.findings.map(({ message }) => message) }).toEqual({ code: exitCode, failures });
  const again = 'c2l dr-drill run ./aged.yaml --from env:backup.env --limit 10m --dry-run';
  expect(report.findings.map(({ fix }) => fix)).toEqual(failures.map(() => again));
  expect(report.drill.flags).toEqual(['--limit 10m']);
  expect(Math.floor((report.backup?.ageMs ?? 0) / hourMs)).toBe(73);
});

test.each([
  ['the limit is over', ['--limit', '1s', '--manual'], ExitCode.problems],
  ['Ctrl-C is pressed', ['--manual'], ExitCode.interrupted],
])('the way back runs by itself where %s', async (_, more, exitCode) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);
  const interruption = new AbortController();
  const onOutput = (text: string) => {
    if (exitCode === ExitCode.interrupted && text.includes('wait for people')) interruption.abort();
  };

  const { code, report, stderr } = await drill(cluster, run('total-secret-loss', ...more), {
    signal: interruption.signal,
    onOutput,
  });

  expect({ code, outcome: report.outcome }).toEqual({ code: exitCode, outcome: 'not-recovered' });
  // One line for all of the looks, however long people take.
  expect(stderr.match(/^failed.* checks passed/gm)).toBeNull();
  expect(stderr).toMatch(/^drill: wait for people to recover; the way back begins (1 s|15 min)/m);
  expect(report.timeline.map(({ step }) => step)).toContain('way-back-begun');
  expect(secrets(cluster)).toEqual(before);
});

test.each([
  ['keep a copy of', 'stopped before anything was broken'],
  ['write a row to', 'stopped before anything was broken'],
  ['is deleted', 'interrupted before it recovered; the way back brought everything back'],
  ['start anew', 'interrupted before it recovered; the way back brought everything back'],
])('turns back at once where Ctrl-C is pressed at "%s"', async (line, says) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);
  const interruption = new AbortController();
  const onOutput = (text: string) => {
    if (text.includes(line)) interruption.abort();
  };

  const { code, report, stderr } = await drill(cluster, run('total-secret-loss'), {
    signal: interruption.signal,
    onOutput,
  });

  expect({ code, wrong: report.wrong[0] }).toEqual({ code: ExitCode.interrupted, wrong: 'interrupted' });
  expect(report.findings[0]?.message).toContain(says);
  expect(stderr).toContain('interrupted: everything is put back first');
  // It was under way; nothing was begun after it.
  const at = report.timeline.findIndex(({ detail }) => detail.includes(line));
  expect(report.timeline[at + 1]?.step).toBe('way-back-begun');
  expect(secrets(cluster)).toEqual(before);
});

test('a drill of what is broken now does not start where nothing is, and tells what was and what was written', async () => {
  const healthy = await sandbox({ scenario: 'healthy' });
  const nothing = await drill(healthy, run('current-state'));
  expect({ code: nothing.code, outcome: nothing.report.outcome, wrong: nothing.report.wrong }).toEqual({
    code: ExitCode.ok,
    outcome: 'not-started',
    wrong: ['nothing is broken: there is nothing to recover from'],
  });

  const broken = await drill(await sandbox({ scenario: 'incident' }), run('current-state'));
  expect(broken.report.outcome).toBe('recovered');
  const told = broken.report.timeline.map(({ detail }) => detail);
  expect(told).toContainEqual(expect.stringMatching(/^audit names \d+ errors: .*secret-key-missing secret\/cloudto/));
  expect(told).toContainEqual(`written: secret/${secretName}`);
  expect(told[0]).toBe('keep this journal; nothing is broken on purpose');
});

test('whoever ends a drill elsewhere needs no stack file to remove its table from the database', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const elsewhere = { kubeconfig: cluster.kubeconfig.replaceAll('c2l-sandbox', 'elsewhere') };
  let onBroken: () => void;
  const broken = new Promise<void>((resolve) => (onBroken = resolve));
  const onOutput = (text: string) => {
    if (text.includes('wait for people')) onBroken();
  };
  const running = drill(
    cluster,
    [...run('total-secret-loss', '--manual', '--stack', 'cloudtolocalllm'), '--confirm', 'elsewhere'],
    { ...elsewhere, onOutput },
  );
  await broken;

  const ended = await drill(cluster, ['abort', '-n', namespace, '--yes'], elsewhere);

  expect(ended.report.stack).toBe('cloudtolocalllm');
  expect({ code: ended.code, wrong: ended.report.wrong.filter((text) => text.includes('table')) }).toEqual({
    code: ExitCode.ok,
    wrong: [],
  });
  await running;
});

test('what somebody adds to a Secret during a drill is named when it is taken away', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  let isEdited = false;
  const onOutput = (text: string) => {
    if (isEdited || !text.includes('wait for people')) return;
    isEdited = true;
    cluster.store.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace, labels: { team: 'night' } },
      data: { human: 'eA==' },
    });
  };

  const { report } = await drill(cluster, run('total-secret-loss', '--manual', '--limit', '2s'), { onOutput });

  expect(report.wrong).toEqual(
    expect.arrayContaining([
      `key human of secret ${secretName} came during the drill, and was taken away again`,
      `label team of secret ${secretName} came during the drill, and was taken away again`,
    ]),
  );
});

test('a source with another value of what nothing requires keeps a drill from starting', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const cwd = newFolder();
  const wrong = cluster.envBackupText.replace(/^(REGCRED\w*)=.*$/m, "$1='another'");
  writeFileSync(join(cwd, 'backup.env'), wrong, { mode: 0o600 });

  const { report } = await drill(cluster, run('total-secret-loss', '--dry-run'), { cwd });

  expect(wrong).not.toBe(cluster.envBackupText);
  expect(report.wrong).toContain('the way back is not proven');
});

test.each([
  ['abort', 'put-back'],
  ['resume', 'recovered'],
])(
  'an unfinished drill is told by every command, stands in the way of another, and is ended by %s',
  async (action, outcome) => {
    const cluster = await sandbox({ scenario: 'healthy' });
    const before = secrets(cluster);
    const stop = new AbortController();
    let onBroken: () => void;
    const broken = new Promise<void>((resolve) => (onBroken = resolve));
    const onOutput = (text: string) => {
      if (text.includes('wait for people')) onBroken();
    };
    const running = drill(cluster, run('total-secret-loss', '--manual'), { signal: stop.signal, onOutput });
    await broken;

    const audit = await runCli(['audit'], { kubeconfig: cluster.kubeconfig });
    expect(audit.stderr).toContain(
      'is not finished; unless somebody is at it now, put everything back, or resume it; c2l dr-drill abort -n',
    );
    expect(audit.stdout).not.toContain('c2l-drill');
    // At the end of the page, where it is seen; people repair, so that what follows is theirs.
    expect(audit.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      / drill total-secret-loss in namespace cloudtolocalllm is not finished: people are to recover from it; c2l dr-drill abort -n cloudtolocalllm puts everything back verdict: problems, 1 drill not finished, .* next: c2l fix-secrets/,
    );
    const onOneScreen = await runCli(['audit'], { kubeconfig: cluster.kubeconfig, isOneScreen: true });
    expect(onOneScreen.stderr).not.toContain('is not finished');
    const list = await runCli(['dr-drill', 'list', '-n', namespace], { kubeconfig: cluster.kubeconfig });
    expect(list.stdout).toMatch(
      /\ndrill total-secret-loss in namespace cloudtolocalllm is not finished\nnext: c2l dr-drill abort/,
    );
    expect(list.stderr).toContain('drill total-secret-loss in namespace cloudtolocalllm is not finished');
    const listed = await runCli(['dr-drill', 'list', '-A', '-o', 'json'], { kubeconfig: cluster.kubeconfig });
    expect(JSON.parse(listed.stdout)).toMatchObject({ unfinished: [{ namespace, scenario: 'total-secret-loss' }] });
    const second = await drill(cluster, run('missing-keys'));
    expect(second.report.error?.hint).toBe('c2l dr-drill abort -n cloudtolocalllm');

    const ended = await drill(cluster, [action, '--yes']);
    expect({ code: ended.code, outcome: ended.report.outcome }).toEqual({ code: 0, outcome });
    expect(secrets(cluster)).toEqual(before);
    stop.abort();
    // Whoever began it leaves it alone.
    const left = await running;
    expect(left.report.error?.code).toBe('drill-not-found');
    // What came back is not the work of people.
    expect(left.stderr).not.toContain('drill: recovered');
    expect(secrets(cluster)).toEqual(before);
  },
);

test.each(['resume by', 'recover from the sources'])(
  'a resume that is interrupted at "%s" puts everything back all the same',
  async (line) => {
    const cluster = await sandbox({ scenario: 'healthy' });
    const before = secrets(cluster);
    let onBroken: () => void;
    const broken = new Promise<void>((resolve) => (onBroken = resolve));
    const running = drill(cluster, run('total-secret-loss', '--manual'), {
      onOutput: (text) => {
        if (text.includes('wait for people')) onBroken();
      },
    });
    await broken;
    const stop = new AbortController();
    const onOutput = (text: string) => {
      if (text.includes(line)) stop.abort();
    };

    const { code, report } = await drill(cluster, ['resume', '--yes'], { signal: stop.signal, onOutput });

    expect({ code, outcome: report.outcome, findings: report.findings }).toEqual({
      code: ExitCode.interrupted,
      outcome: 'put-back',
      findings: [],
    });
    expect(report.wrong[0]).toBe('interrupted');
    expect((await running).report.error?.code).toBe('drill-not-found');
    expect(secrets(cluster)).toEqual(before);
  },
);

test('a resume takes no longer than the run that it ends was given', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const stop = new AbortController();
  let onBroken: () => void;
  const broken = new Promise<void>((resolve) => (onBroken = resolve));
  const running = drill(cluster, run('total-secret-loss', '--manual', '--limit', '10m'), {
    signal: stop.signal,
    onOutput: (text) => {
      if (text.includes('wait for people')) onBroken();
    },
  });
  await broken;
  const journal = cluster.store
    .list('secrets', 'c2l-drill')
    .find(({ data }) => (data as { journal?: string } | undefined)?.journal !== undefined)!;
  const { journal: written } = journal['data'] as { journal: string };
  const page = JSON.parse(Buffer.from(written, 'base64').toString()) as { limitMs?: number };
  expect(page.limitMs).toBe(600_000);
  const shorter = Buffer.from(JSON.stringify({ ...page, limitMs: 1 })).toString('base64');
  cluster.store.replace('secrets', { ...journal, data: { journal: shorter } });

  const { report } = await drill(cluster, ['resume', '--yes']);

  expect(report.outcome).toBe('put-back');
  stop.abort();
  await running;
});

test('a pod that started with a wrong value does not keep it where the recovery is cut off after its write', async () => {
  const interruption = new AbortController();
  let patches = 0;
  let isRefused = false;
  const cluster = await sandbox({
    scenario: 'healthy',
    intercept: ({ method, path }) => {
      // The fault first, a rehearsal, then what fix-secrets writes.
      const isPatch = method === 'PATCH' && path.includes(`/secrets/${secretName}`) && !path.includes('dryRun');
      if (isPatch && ++patches === 2) interruption.abort();
      // A PodDisruptionBudget lets it go once the pod beside it is ready.
      const isFirst = interruption.signal.aborted && path.endsWith('/eviction') && !isRefused;
      isRefused ||= isFirst;
      const refusal = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'TooManyRequests', code: 429 };
      return isFirst ? { status: 429, body: JSON.stringify(refusal) } : undefined;
    },
  });
  const before = secrets(cluster);

  const { code, report } = await drill(cluster, run('wrong-value'), { signal: interruption.signal });

  expect(isRefused).toBe(true);
  expect({ code, verdict: report.verdict }).toEqual({ code: ExitCode.interrupted, verdict: 'interrupted' });
  expect(report.timeline.map(({ detail }) => detail)).toContainEqual(
    expect.stringMatching(/^start anew what began since the fault, and may hold what it wrote: .*pod\/api-backend/),
  );
  expect(secrets(cluster)).toEqual(before);
});

test('a scenario file is refused with everything that is wrong with it', async () => {
  const cwd = newFolder();
  writeFileSync(
    join(cwd, 'mine.yaml'),
    'version: 1\nname: mine\nfaults:\n  - kind: lose-everything\nlimits: { total: long }\n',
  );

  const { code, stderr } = await runCli(['dr-drill', 'describe', './mine.yaml'], { cwd });

  expect(code).toBe(ExitCode.usage);
  for (const part of ['mine.yaml:', 'description', 'faults.0.kind', 'limits.total']) expect(stderr).toContain(part);
});

test('list and describe need no cluster', async () => {
  const { code, stdout, stderr } = await runCli(['dr-drill', 'list']);
  expect([code, stderr]).toEqual([ExitCode.ok, '']);
  const away = (await sandbox({ scenario: 'healthy' })).kubeconfig.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
  const unknown = await runCli(['dr-drill', 'list'], { kubeconfig: away });
  expect([unknown.code, unknown.stdout]).toEqual([ExitCode.ok, stdout]);
  expect(unknown.stderr).toContain('warning: whether a drill is unfinished is not known: ');
  for (const name of ['total-secret-loss', 'missing-keys', 'current-state']) expect(stdout).toContain(name);
  const one = await runCli(['dr-drill', 'describe', 'total-secret-loss']);
  expect(one.stdout).toContain('every Secret of the stack is deleted');
});

test.each(['yaml', 'json'])('what describe writes as %s is a scenario file', async (format) => {
  const cwd = newFolder();
  const described = await runCli(['dr-drill', 'describe', 'vault-outage', '-o', format]);
  writeFileSync(join(cwd, 'mine.yaml'), described.stdout);

  const again = await runCli(['dr-drill', 'describe', './mine.yaml', '-o', format], { cwd });

  expect(again.stdout).toBe(described.stdout);
  expect(described.stdout).toMatch(/"?recovery"?: "?5m/);
});
