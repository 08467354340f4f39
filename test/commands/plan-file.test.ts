import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

const path = '/api/v1/namespaces/cloudtolocalllm/secrets/cloudtolocalllm-secrets';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface World {
  readonly cluster: Sandbox;
  readonly folder: string;
  readonly run: (...argv: string[]) => Promise<CliResult>;
  /** The document on standard output. */
  readonly report: (result: CliResult) => FixReport;
  readonly data: () => Promise<Record<string, string>>;
}

async function world(backup: (text: string) => string = (text) => text): Promise<World> {
  const cluster = await sandbox();
  const folder = mkdtempSync(join(tmpdir(), 'c2l-plan-'));
  folders.push(folder);
  writeFileSync(join(folder, 'backup.env'), backup(cluster.envBackupText), { mode: 0o600 });
  return {
    cluster,
    folder,
    run: (...argv) =>
      runCli(['fix-secrets', '--stack', 'cloudtolocalllm', ...argv], { kubeconfig: cluster.kubeconfig, cwd: folder }),
    report: ({ stdout }) => JSON.parse(stdout) as FixReport,
    data: async () => (await new SandboxApi(cluster).get<{ data: Record<string, string> }>(path)).data,
  };
}

const without =
  (...names: string[]) =>
  (text: string) =>
    text
      .split('\n')
      .filter((line) => !names.some((name) => line.startsWith(`${name}=`)))
      .join('\n');

describe('a plan', () => {
  test.each(['json', 'yaml'])('printed as %s holds no value and is carried out as it was reviewed', async (format) => {
    const { run, report, folder, cluster, data } = await world();
    const planned = await run('--from', 'env:backup.env', '--dry-run', '-o', format);
    writeFileSync(join(folder, 'plan'), planned.stdout);
    for (const value of Object.values(backupValues(cluster)).filter(({ length }) => length >= 16)) {
      expect(readFileSync(join(folder, 'plan'), 'utf8')).not.toContain(value);
    }
    const done = await run('--plan', 'plan', '--yes', '-o', 'json');
    expect([done.code, report(done).verdict]).toEqual([0, 'ok']);
    expect(atob((await data())['postgres-auth-password'] ?? '')).toBe(backupValues(cluster)['postgres-auth-password']);
  });

  test('is refused when the Secret was written since, with who did it, and changes nothing', async () => {
    const { run, folder, cluster, data } = await world();
    writeFileSync(join(folder, 'plan'), (await run('--from', 'env:backup.env', '--dry-run', '-o', 'json')).stdout);
    const body = { metadata: { labels: { touched: 'yes' } } };
    await new SandboxApi(cluster).send(
      'PATCH',
      `${path}?fieldManager=kubectl-label`,
      body,
      'application/merge-patch+json',
    );
    const before = await data();
    const { code, stderr } = await run('--plan', 'plan', '--yes');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /plan is outdated: secret\/cloudtolocalllm-secrets in namespace cloudtolocalllm was written since \(last written by .+\); nothing was changed; c2l fix-secrets --from env:backup.env --dry-run/,
    );
    expect(await data()).toEqual(before);
  });

  test('is refused when a source no longer gives the same keys', async () => {
    const { run, folder, cluster } = await world();
    writeFileSync(join(folder, 'plan'), (await run('--from', 'env:backup.env', '--dry-run', '-o', 'json')).stdout);
    writeFileSync(join(folder, 'backup.env'), `# a line more\n${cluster.envBackupText}`);
    const { code, stderr } = await run('--plan', 'plan', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/would now be done otherwise; nothing was changed/)]);
  });

  test.each([
    ['no file', undefined, /plan file plan cannot be read: there is no such file/],
    ['something else', 'name: shop\n', /plan is no plan of fix-secrets: schemaVersion/],
    ['no YAML', 'a: [', /plan:1: not YAML/],
  ])('that is %s is refused in words', async (_name, text, message) => {
    const { run, folder } = await world();
    if (text !== undefined) writeFileSync(join(folder, 'plan'), text);
    const { code, stderr } = await run('--plan', 'plan', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('of another cluster is refused', async () => {
    const [one, other] = [await world(), await world()];
    writeFileSync(
      join(other.folder, 'plan'),
      (await one.run('--from', 'env:backup.env', '--dry-run', '-o', 'json')).stdout,
    );
    const { code, stderr } = await other.run('--plan', 'plan', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/plan was made for context .*, not for context/)]);
  });
});

describe('--partial', () => {
  test('writes what there is, says loudly what stays missing, and exits 4', async () => {
    const { run, report, data } = await world(without('ADMIN_PASSWORD'));
    const done = await run('--from', 'env:backup.env', '--partial', '--yes', '-o', 'json');
    expect(done.code).toBe(4);
    expect(done.stderr).toMatch(/warning: PARTIAL: secret .* is left without admin-password: no source has/);
    expect(report(done).outcomes.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['keep-revision', 'kept'],
      ['patch-secret', 'done'],
      ['patch-secret', 'skipped'],
    ]);
    expect(Object.keys(await data())).toContain('postgres-auth-password');
    expect(Object.keys(await data())).not.toContain('admin-password');
  });

  test('with nothing to write is an error, and so is a missing value without it', async () => {
    const { run } = await world(() => 'OTHER=1\n');
    expect((await run('--from', 'env:backup.env', '--partial', '--yes')).code).toBe(2);
    expect((await run('--from', 'env:backup.env', '--yes')).code).toBe(2);
  });
});

describe('what c2l kept in the cluster', () => {
  test('is named when no source has a value, and is a source when it is asked for', async () => {
    const { run, data, cluster } = await world();
    await run('--from', 'env:backup.env', '--yes');
    const whole = await data();
    // A second write keeps the whole Secret; then it loses a key.
    const patch = (body: object) => new SandboxApi(cluster).send('PATCH', path, body, 'application/merge-patch+json');
    await patch({ data: { 'jwt-secret': null } });
    await run('--from', 'env:backup.env', '--yes');
    await patch({ data: { 'admin-password': null } });

    const refused = await run('--yes');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/c2l kept 1 of them in the cluster: add --from revision/),
    ]);
    const done = await run('--from', 'revision', '--yes');
    expect([done.code, (await data())['admin-password']]).toEqual([0, whole['admin-password']]);
    expect(done.stdout).toMatch(/revision/);
  });
});
