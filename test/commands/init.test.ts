import { describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createStackFiles } from '../../src/adapters/files/stack-file.ts';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { InitReport } from '../../src/core/reports/file-reports.ts';
import type { Stack } from '../../src/core/stack/stack.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import { manifestFolder } from '../support/manifest-folder.ts';
import { runCli, type CliOptions } from '../support/run-cli.ts';
import { checksNotMade, substance } from '../support/same-substance.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

const manifests = fileURLToPath(new URL('../../manifests/cloudtolocalllm', import.meta.url));
const builtIn = (): Promise<Stack> => createStackFiles({ cwd: '/' }).builtIn('cloudtolocalllm');

async function init(argv: readonly string[], options: CliOptions = {}) {
  const cwd = options.cwd ?? (await manifestFolder({}));
  const result = await runCli(['init', ...argv], { ...options, cwd });
  const written = (): Promise<string> => readFile(join(cwd, 'c2l.yaml'), 'utf8');
  const stack = async (): Promise<Stack> => (await createStackFiles({ cwd }).find(undefined))!.stack;
  return { ...result, cwd, written, stack };
}

const fromManifests = ['--from-manifests', manifests];

describe('from the published manifests', () => {
  test('it has every key of every workload, required or not, as the shipped stack has', async () => {
    const { code, stack, stdout } = await init(fromManifests);

    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /^wrote c2l.yaml: 2 Secrets with 22 keys, 8 components, \d checks verify checks as well that each component is ready,/,
    );
    expect(substance(await stack())).toEqual(substance(await builtIn()));
    expect(code).toBe(ExitCode.ok);
  });

  test('it proves what the shipped stack proves, but for what only a running program tells', async () => {
    const { stack } = await init(fromManifests);

    expect(checksNotMade(await builtIn(), await stack())).toEqual([
      expect.stringMatching(/^api-backend: .*"database.status":"connected"/),
    ]);
  });

  test('each dependency is marked as a guess, with what says so', async () => {
    const { written } = await init(fromManifests);

    const text = await written();
    expect(text).toContain('# Guess: it depends on postgres, as an init container waits for postgres.\n');
    expect(text).toContain('# Guess: it depends on postgres-auth, as variable AUTH_DB_HOST names postgres-auth.\n');
    expect(text).toContain('# Not known: whether it needs redis-tunnel-state of the sync wave before;');
  });

  test('validate finds nothing missing then', async () => {
    const { cwd } = await init(fromManifests);

    const { code, stdout } = await runCli(['validate', manifests], { cwd });

    expect(stdout).toContain('stack cloudtolocalllm');
    expect(stdout).toContain('verdict: ok, every required key is provided');
    expect(code).toBe(ExitCode.ok);
  });
});

describe('from a cluster', () => {
  test('of a healthy one it gives the shipped stack in substance, applications and health answers included', async () => {
    const { kubeconfig } = await sandbox({ scenario: 'healthy' });

    const { code, stack } = await init(['-n', 'cloudtolocalllm'], { kubeconfig });

    const [made, shipped] = [await stack(), await builtIn()];
    expect(substance(made)).toEqual(substance(shipped));
    expect(checksNotMade(shipped, made)).toEqual([]);
    expect(made.argocd.applications.toSorted()).toEqual(shipped.argocd.applications.toSorted());
    expect(code).toBe(ExitCode.ok);
  });

  test('audit with it says the same as with the shipped stack, and verify passes', async () => {
    const { kubeconfig } = await sandbox({ scenario: 'healthy' });
    const { cwd } = await init(['-n', 'cloudtolocalllm'], { kubeconfig });

    const audit = await runCli(['audit', '-o', 'json'], { kubeconfig, cwd });
    const verify = await runCli(['verify'], { kubeconfig, cwd });

    expect((JSON.parse(audit.stdout) as AuditReport).verdict).toBe('ok');
    expect(verify.code).toBe(ExitCode.ok);
  });

  test('no value gets into the file or the answer', async () => {
    const world = await sandbox({ scenario: 'healthy' });
    const { kubeconfig } = world;

    const { stdout, stderr, written } = await init(['-n', 'cloudtolocalllm', '-o', 'json'], { kubeconfig });

    const all = `${stdout}${stderr}${await written()}`;
    const values = Object.values(backupValues(world)).filter((value) => value.length > 5);
    expect(values.length).toBeGreaterThan(10);
    expect(values.filter((value) => all.includes(value))).toEqual([]);
  });

  test('a person says whether it is production and what needs what', async () => {
    const { kubeconfig } = await sandbox({ scenario: 'healthy' });
    const answers = [true, false, false, true];

    const { prompter, stack, stderr, written } = await init(['-n', 'cloudtolocalllm'], { kubeconfig, answers });

    expect(prompter.questions).toEqual([
      expect.stringMatching(/^Is context \S+ production\?/),
      expect.stringContaining('postgres (sync wave 1) starts after postgres-auth (sync wave 0)'),
      expect.stringContaining('redis-tunnel-state (sync wave 1) starts after postgres-auth (sync wave 0)'),
      expect.stringContaining('api-backend (sync wave 5) starts after redis-tunnel-state (sync wave 1)'),
    ]);
    expect(stderr).toContain('\n4 questions that nothing there answers; Enter says No\n');
    const made = await stack();
    expect(made.production.contexts).toHaveLength(1);
    expect(made.components.flatMap(({ dependsOn }) => dependsOn).toSorted()).toHaveLength(4);
    expect(await written()).not.toContain('Not known');
  });

  test('what could not be read is said, and is no success', async () => {
    const { kubeconfig } = await sandbox({
      scenario: 'healthy',
      intercept: ({ path }) => (path.includes('/configmaps') ? { status: 403, body: '{}' } : undefined),
    });

    const { code, stdout } = await init(['-n', 'cloudtolocalllm'], { kubeconfig });

    expect(stdout.replace(/\s+/g, ' ')).toContain('so it is not known which Services environments name');
    expect(code).toBe(ExitCode.unreadable);
  });

  test('an empty namespace gives no file', async () => {
    const { kubeconfig } = await sandbox({ scenario: 'healthy' });

    const { code, stderr, written } = await init(['-n', 'default'], { kubeconfig });

    expect(stderr).toMatch(/namespace default .*; to see which namespaces need Secrets: c2l audit -A\n$/);
    expect(code).toBe(ExitCode.usage);
    await expect(written()).rejects.toThrow('ENOENT');
  });
});

describe('a file that is there', () => {
  const before = 'version: 1\nname: mine\nnamespaces: [mine]\n';
  async function withFile(flags: readonly string[], answers?: CliOptions['answers']) {
    const cwd = await manifestFolder({});
    await writeFile(join(cwd, 'c2l.yaml'), before);
    return init([...fromManifests, ...flags], { cwd, ...(answers === undefined ? {} : { answers }) });
  }
  const toWaves = [false, false, false];

  test.each([
    ['nobody can be asked', [], undefined, ExitCode.usage],
    ['the answer is No', [], [...toWaves, false], ExitCode.declined],
  ] as const)('is left as it is where %s', async (_, flags, answers, expected) => {
    const { code, written } = await withFile(flags, answers);

    expect(await written()).toBe(before);
    expect(code).toBe(expected);
  });

  test.each([
    ['the answer is Yes', [], [...toWaves, true]],
    ['--yes says so', ['--yes'], undefined],
  ] as const)('is replaced where %s', async (_, flags, answers) => {
    const { code, written } = await withFile(flags, answers);

    expect(await written()).toContain('name: cloudtolocalllm');
    expect(code).toBe(ExitCode.ok);
  });

  test('does not matter where the new one is printed', async () => {
    const { code, written, stdout } = await withFile(['--out', '-']);

    expect(await written()).toBe(before);
    expect(stdout).toMatch(/^# Written by c2l init from the manifests in /);
    expect(code).toBe(ExitCode.ok);
  });
});

test('with -o json the answer is one document that holds the file', async () => {
  const { stdout, written } = await init([...fromManifests, '--out', '-', '-o', 'json']);

  const report = JSON.parse(stdout) as InitReport;
  expect(report).toMatchObject({ command: 'init', verdict: 'ok', findings: [], file: { name: 'cloudtolocalllm' } });
  expect(report).not.toHaveProperty('path');
  await expect(written()).rejects.toThrow('ENOENT');
});

describe('guesses', () => {
  const workload = (name: string, container: string, kind = 'Deployment', extra = '') => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - { name: main, ${container} }
${extra}---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: web }] }
`;
  async function components(text: string) {
    const { stdout } = await init(['--from-manifests', '-', '--out', '-', '-o', 'json'], { stdin: [text] });
    return (JSON.parse(stdout) as InitReport).file.components;
  }
  const env = (name: string, value: string) => `image: x, env: [{ name: ${name}, value: "${value}" }]`;

  test.each([
    ['a URL', env('API', 'http://db:80/x'), ['db']],
    ['a host in a variable that is one', env('DB_HOST', 'db'), ['db']],
    ['a name of the cluster', env('X', 'see db.shop.svc.cluster.local'), ['db']],
    ['a word that is also a Service', env('DB_NAME', 'db'), undefined],
    ['a host elsewhere', env('API_URL', 'https://db.example.com'), undefined],
    ['itself', env('SELF_URL', 'http://api/'), undefined],
  ])('%s in an environment', async (_, container, expected) => {
    const found = await components(workload('api', container) + '---\n' + workload('db', 'image: x'));

    expect(found.find(({ name }) => name === 'api')).toMatchObject({ name: 'api' });
    expect((found.find(({ name }) => name === 'api') as { dependsOn?: unknown }).dependsOn).toEqual(expected);
  });

  test('two that name each other are no cycle: the file can be read', async () => {
    const text = [workload('a', env('URL', 'http://b/')), workload('b', env('URL', 'http://a/'))].join('---\n');

    expect(
      (await components(text)).flatMap((found) => (found as { dependsOn?: string[] }).dependsOn ?? []),
    ).toHaveLength(1);
  });

  test('a readiness probe by name of its port is asked through the Service’s port', async () => {
    const probe =
      'image: x, ports: [{ name: web, containerPort: 8080 }], readinessProbe: { httpGet: { path: /up, port: web } }';

    expect((await components(workload('a', probe)))[0]?.checks).toEqual([
      { kind: 'http', service: 'a', port: 80, path: '/up' },
    ]);
  });

  test('a Secret that is taken whole has the keys that its manifest gives', async () => {
    const text = `${workload('a', 'image: x, envFrom: [{ secretRef: { name: s } }]')}---
apiVersion: v1
kind: Secret
metadata: { name: s, namespace: shop }
stringData: { one: a-value, API_URL: not a url }
`;
    const { stdout } = await init(['--from-manifests', '-', '--out', '-'], { stdin: [text] });

    expect(stdout).toContain('# Guess: something takes all of its keys');
    expect(stdout).toMatch(/API_URL: \{\} # no format: the present value is not what the name suggests\n +one: \{\}/);
  });

  test('a key that may be made up is marked as a guess, and the next command reads the same manifests', async () => {
    const env = 'env: [{ name: S, valueFrom: { secretKeyRef: { name: s, key: session-key } } }]';
    const cwd = await manifestFolder({ 'a.yaml': workload('a', `image: x, ${env}`) });
    const { stdout, stderr } = await init(['--from-manifests', 'a.yaml', '--out', '-'], { cwd });

    expect(stdout).toContain('# Guess: formats and what may be made up anew, by the names of the keys.');
    expect(stderr).toContain('next: c2l init --from-manifests a.yaml\n');
  });

  test('what is no component is left out by name and reason, and its Secrets are not', async () => {
    const needs = (name: string) =>
      `containers: [{ name: main, image: x, env: [{ name: A, valueFrom: { secretKeyRef: { name: ${name}, key: a } } }] }]`;
    const text = `${workload('a', 'image: x')}---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, ${needs('s')} } } } } }
---
apiVersion: v1
kind: Pod
metadata: { name: shell, namespace: shop }
spec: { ${needs('t')} }
---
apiVersion: batch/v1
kind: Job
metadata: { name: once, namespace: shop }
spec: { template: { spec: { restartPolicy: Never, ${needs('u')} } } }
`;
    const { stdout, stderr } = await init(['--from-manifests', '-', '--out', '-'], { stdin: [text] });

    expect(stdout).toContain('# Left out: CronJob shop/nightly, as it runs by its schedule');
    expect(stdout).toContain('# Left out: Pod shop/shell, as no controller starts it again');
    expect(stdout).toContain('# Left out: Job shop/once, as it runs once');
    expect(stdout).toMatch(/- name: s\n[^]*- name: t\n[^]*- name: u\n/);
    expect(stderr).toMatch(/CronJob\/nightly +Left out/);
  });

  test('keys of two Secrets, or of one, that differ in a hyphen have a source name each', async () => {
    const taking = ['app jwt-secret', 'app jwt_secret', 'web jwt-secret', 'app-jwt secret'].map((place, index) => {
      const [name, key] = place.split(' ');
      return `{ name: V${index}, valueFrom: { secretKeyRef: { name: ${name}, key: ${key} } } }`;
    });
    const text = workload('a', `image: x, env: [${taking.join(', ')}]`);
    const { stdout } = await init(['--from-manifests', '-', '--out', '-', '-o', 'json'], { stdin: [text] });
    const { secrets } = (JSON.parse(stdout) as InitReport).file;
    const names = secrets.flatMap(({ keys }) =>
      Object.entries(keys).map(
        ([key, { from }]: [string, { from?: { env: string } }]) => from?.env ?? `default of ${key}`,
      ),
    );

    expect(names.toSorted()).toEqual(['APP_JWT_SECRET', 'APP_JWT_SECRET_2', 'WEB_JWT_SECRET', 'default of secret']);
  });
});
