import { describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { nextAfterBootstrap } from '../../src/render/bootstrap-text.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { start } from '../support/built-program.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { expectRefused } from '../support/refusals.ts';
import { runCli, type CliOptions } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

jest.setTimeout(300_000);

const manifests = fileURLToPath(new URL('../../manifests/cloudtolocalllm', import.meta.url));

async function withFolder<T>(world: Pick<Sandbox, 'envBackupText'>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-bootstrap-'));
  try {
    writeFileSync(join(folder, 'backup.env'), world.envBackupText, { mode: 0o600 });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const argv = (...more: string[]) => [
  ...['bootstrap', '--stack', 'cloudtolocalllm', '--manifests', manifests, '--from', 'env:backup.env'],
  ...more,
];

async function bootstrap(world: Sandbox, more: readonly string[] = ['--yes'], options: CliOptions = {}) {
  return withFolder(world, async (folder) => {
    const { code, stdout, stderr } = await runCli(argv('-o', 'json', ...more), {
      kubeconfig: world.kubeconfig,
      cwd: folder,
      ...options,
    });
    return { code, stderr, report: JSON.parse(stdout) as WalkReport };
  });
}

/** Everything that a person would call the state of the cluster. */
function state({ store }: Sandbox): Record<string, unknown> {
  const resources = ['namespaces', 'configmaps', 'services', 'deployments', 'statefulsets', 'secrets'];
  return Object.fromEntries(
    resources.map((resource) => [
      resource,
      store.list(resource).map(({ metadata, spec, data }) => ({ ...metadata, resourceVersion: '', spec, data })),
    ]),
  );
}

const phasesOf = ({ phases }: WalkReport) => phases.map(({ name, verdict }) => `${name} ${verdict}`);

test('fills an empty cluster until the stack is proven, Secrets before the workloads, and changes nothing again', async () => {
  const seen: string[] = [];
  const world = await sandbox({
    scenario: 'empty',
    onRequest: ({ method, path }) => {
      if (method !== 'GET' && !path.includes('dryRun') && !path.includes('selfsubject')) seen.push(`${method} ${path}`);
    },
  });
  const { code, report } = await bootstrap(world);
  expect([code, report.verdict, report.error]).toEqual([0, 'ok', undefined]);
  expect(phasesOf(report)).toEqual(['prepare ok', 'fix-secrets ok', 'apply ok', 'verify ok']);

  const names = seen.map((line) => /\/(?:namespaces\/cloudtolocalllm\/)?([a-z]+\/?[-\w]*)\?/.exec(line)?.[1] ?? line);
  const at = (name: string): number => names.indexOf(name);
  expect(at('namespaces/cloudtolocalllm')).toBe(0);
  expect(at('secrets')).toBeGreaterThan(at('namespaces/cloudtolocalllm'));
  for (const workload of ['statefulsets/postgres-auth', 'statefulsets/postgres', 'deployments/grafana']) {
    expect(at(workload)).toBeGreaterThan(at('secrets'));
  }
  expect(at('deployments/api-backend')).toBeGreaterThan(at('statefulsets/postgres'));
  expect(at('deployments/web')).toBeGreaterThan(at('deployments/api-backend'));

  const before = state(world);
  const again = await bootstrap(world, []);
  expect([again.code, again.report.verdict]).toEqual([0, 'ok']);
  expect(state(world)).toEqual(before);
  expect(again.report.phases[2]?.report).toMatchObject({ outcomes: [], unchanged: 18 });
});

test('a dry run tells what it would do and changes nothing', async () => {
  const world = await sandbox({ scenario: 'empty' });
  const before = state(world);
  const { code, report } = await bootstrap(world, ['--dry-run']);
  expect([code, report.verdict]).toEqual([0, 'ok']);
  expect(phasesOf(report)).toEqual(['prepare ok', 'fix-secrets ok', 'apply ok', 'verify skipped']);
  expect(report.phases[2]?.report).toMatchObject({ dryRun: true });
  expect(report.phases[3]?.summary).toBe('skipped: a dry run writes nothing that it could follow');
  expect(nextAfterBootstrap(report)).toBe(`c2l bootstrap --manifests ${manifests} --from env:backup.env`);
  expect(state(world)).toEqual(before);
});

test('asks before each phase that writes; a No leaves what was not agreed to', async () => {
  const world = await sandbox({ scenario: 'empty' });
  const { code, report } = await bootstrap(world, [], { answers: [true, true, false] });
  expect([code, report.verdict]).toEqual([4, 'partial']);
  expect(phasesOf(report)).toEqual(['prepare ok', 'fix-secrets ok', 'apply declined', 'verify skipped']);
  expect(world.store.list('deployments', 'cloudtolocalllm')).toEqual([]);
});

test('nothing is written where nobody can be asked, or where a value is missing', async () => {
  const world = await sandbox({ scenario: 'empty' });
  const before = state(world);
  const unasked = await bootstrap(world, []);
  expect([unasked.code, unasked.report.error?.code]).toEqual([2, 'confirmation-needed']);
  const lacking = { ...world, envBackupText: world.envBackupText.replace(/^JWT_SECRET=.*\n/m, '') };
  const refused = await bootstrap(lacking);
  expect([refused.code, refused.report.error?.code]).toEqual([2, 'values-missing']);
  expect(refused.report.error?.message).toContain('jwt-secret');
  expect(state(world)).toEqual(before);
});

test('what another field manager wants otherwise stays, and is told', async () => {
  const world = await sandbox({ scenario: 'empty' });
  await bootstrap(world);
  const path = `${world.url}/api/v1/namespaces/cloudtolocalllm/configmaps/cloudtolocalllm-config?fieldManager=somebody`;
  const body = JSON.stringify({ data: { 'database-name': 'other' } });
  await fetch(path, { method: 'PATCH', body, headers: { 'content-type': 'application/merge-patch+json' } });
  const { report } = await bootstrap(world);
  expect(report.phases[2]?.report).toMatchObject({
    outcomes: [
      {
        action: 'leave-object',
        object: { kind: 'ConfigMap', name: 'cloudtolocalllm-config' },
        outcome: 'kept',
        detail: expect.stringContaining('somebody wants .data.database-name otherwise') as unknown,
      },
    ],
  });
});

describe('bad input', () => {
  const at = async (folder: string, text: string) => {
    writeFileSync(join(folder, 'some.yaml'), text);
    const world = await sandbox({ scenario: 'empty' });
    return { kubeconfig: world.kubeconfig, cwd: folder };
  };
  const some = ['bootstrap', '--stack', 'cloudtolocalllm', '--manifests', 'some.yaml', '--yes'];

  test.each([
    [
      'a kind without which nothing comes up',
      'apiVersion: argoproj.io/v9\nkind: Application\nmetadata: { name: a }\n',
      { exit: 2, code: 'kinds-missing', says: /no Application \(argoproj.io\/v9\) of Argo CD; nothing was changed/ },
    ],
    [
      'a kustomization that changes what it lists',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: []\n',
      { exit: 2, code: 'manifests-unreadable', says: /kubectl kustomize some.yaml > all.yaml/ },
    ],
    ['no YAML', ':\n- {', { exit: 2, code: 'manifests-unreadable', says: /some.yaml:\d+: / }],
  ] as const)('%s', async (_case, text, refusal) => {
    await withFolder({ envBackupText: '' }, async (folder) => {
      await expectRefused(some, await at(folder, text), refusal);
    });
  });

  test('a path that is not there, and a cluster without a stack', async () => {
    const world = await sandbox({ scenario: 'empty' });
    const options = { kubeconfig: world.kubeconfig };
    await expectRefused(['bootstrap', '--stack', 'cloudtolocalllm', '--manifests', 'nowhere', '--yes'], options, {
      exit: 2,
      code: 'manifests-not-found',
      says: /there is no file or folder nowhere/,
    });
    await expectRefused(['bootstrap', '--yes'], options, {
      exit: 2,
      code: 'stack-lacks-field',
      says: /there is no stack file here, and bootstrap brings up a stack/,
    });
  });
});

describe('interrupted', () => {
  const isWrite = ({ method, path }: { method: string; path: string }) =>
    method !== 'GET' && !path.includes('dryRun') && !path.includes('selfsubjectaccessreviews');

  /** Every one of them takes minutes: by default one around the Secrets, one among the workloads, the last. */
  const cuts = (count: number): number[] => {
    const all = Array.from({ length: count }, (_, index) => index);
    if (isExhaustive) return all;
    return all.filter((index) => [2, Math.floor(count / 2), count - 1].includes(index));
  };

  test('cut off at any write, it goes on from there', async () => {
    const counted: string[] = [];
    const whole = await sandbox({
      scenario: 'empty',
      onRequest: (request) => {
        if (isWrite(request)) counted.push(request.path);
      },
    });
    await bootstrap(whole);
    const wanted = state(whole);
    const kinds = (found: Record<string, unknown>) =>
      Object.entries(found).map(
        ([kind, objects]) => `${kind} ${(objects as { name: string }[]).map(({ name }) => name).join()}`,
      );
    for (const cut of cuts(counted.length)) {
      let writes = 0;
      let isCut = true;
      const world = await sandbox({
        scenario: 'empty',
        // From this write on nothing of c2l arrives any more, as if it had been killed before it.
        intercept: (request) => {
          if (isWrite(request)) writes += 1;
          return isCut && writes > cut ? 'reset' : undefined;
        },
      });
      const first = await bootstrap(world);
      expect([cut, first.code === 0]).toEqual([cut, false]);
      isCut = false;
      const second = await bootstrap(world);
      expect([cut, second.code, second.report.verdict]).toEqual([cut, 0, 'ok']);
      expect(kinds(state(world))).toEqual(kinds(wanted));
    }
  }, 1_500_000);

  test.each(['SIGKILL', 'SIGINT'] as const)('by %s in the middle, it goes on', async (signal) => {
    let stop: () => void = () => undefined;
    let writes = 0;
    const world = await sandbox({
      scenario: 'empty',
      onRequest: (request) => {
        if (isWrite(request) && ++writes === 8) stop();
      },
    });
    await withFolder(world, async (folder) => {
      writeFileSync(join(folder, 'kubeconfig'), world.kubeconfig);
      const flags = ['--kubeconfig', join(folder, 'kubeconfig'), '--yes', '-o', 'json'];
      const line = argv(...flags).map((word) =>
        word === 'env:backup.env' ? `env:${join(folder, 'backup.env')}` : word,
      );
      const first = start(line);
      stop = () => first.child.kill(signal);
      const { exitCode, stdout } = await first.finished;
      expect(exitCode).toBe(signal === 'SIGINT' ? 130 : null);
      if (signal === 'SIGINT') expect((JSON.parse(stdout) as WalkReport).verdict).toBe('interrupted');
      stop = () => undefined;
      const second = await start(line).finished;
      expect([second.exitCode, (JSON.parse(second.stdout) as WalkReport).verdict]).toEqual([0, 'ok']);
    });
  });
});
