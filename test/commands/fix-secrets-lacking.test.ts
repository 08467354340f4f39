import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { noSource, promptSource } from '../../src/core/fix/plan-secrets.ts';
import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import { watchedSandbox, type WatchedSandbox } from '../support/refusals.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-lacking-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function save(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}

const reportOf = ({ stdout }: CliResult): FixReport => JSON.parse(stdout) as FixReport;

describe('a dry run', () => {
  let cluster: WatchedSandbox;
  const run = (argv: readonly string[], options: CliOptions = {}) =>
    runCli(['fix-secrets', '--stack', 'cloudtolocalllm', ...argv], {
      kubeconfig: cluster.kubeconfig,
      cwd: folder,
      ...options,
    });

  beforeEach(async () => {
    cluster = await watchedSandbox();
  });

  test('without a source shows all that is missing, under which names, and what to type', async () => {
    const { code, stdout, stderr } = await run(['--dry-run']);
    expect([code, stderr]).toEqual([1, expect.not.stringContaining('error')]);
    expect(stdout).toMatch(/^ {2}ADD +admin-password +\(absent\) -> \*{8} {2}no source$/m);
    expect(stdout).toMatch(/^ {2}stripe-test-secret-key +STRIPE_TEST_SECRET_KEY +as the key$/m);
    expect(stdout).toMatch(/^verdict: problems, dry run: would write nothing, no source has any of 9 keys$/m);
    expect(stdout).toMatch(/^next: c2l fix-secrets --from env:FILE --stack/m);
    expect(stdout.split('\n').filter(({ length }) => length > 80)).toEqual([]);
    cluster.expectUntouched();
  });

  test('gives a program the same, with a finding for each key that would stay missing', async () => {
    const { verdict, plan, findings } = reportOf(await run(['--dry-run', '-o', 'json']));
    const added = plan.flatMap(({ keys }) => keys).filter(({ change }) => change === 'ADD');
    expect(added).toHaveLength(9);
    expect(added[0]).toEqual({
      key: 'admin-password',
      change: 'ADD',
      source: noSource,
      names: { env: 'ADMIN_PASSWORD', azureKeyVault: 'admin-password' },
    });
    const missing = findings.filter(({ code }) => code === 'secret-key-missing').map(({ key }) => key);
    expect([verdict, missing.sort()]).toEqual(['problems', added.map(({ key }) => key)]);
  });

  test('at a terminal shows what a person would be asked for', async () => {
    const { code, stdout } = await run(['--dry-run'], { answers: [] });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ {2}ADD +admin-password .* prompt$/m)]);
    expect(stdout).toMatch(/^verdict: ok, dry run: would ask for 9 keys and write them to\s+secret\/\S+$/m);
    expect(stdout).toMatch(/^9 keys would be asked for; names under which a --from could have them:$/m);
    expect(reportOf(await run(['--dry-run', '-o', 'json'], { answers: [] })).plan[0]?.keys[0]).toMatchObject({
      source: promptSource,
    });
  });

  test('with a source that lacks some tells which, and why, and is no plan to carry out', async () => {
    save(
      'backup.env',
      `${cluster.envBackupText.replace(/^(ADMIN_PASSWORD|AUTH0_AUDIENCE)=.*\n/gm, '')}ADMIN_PASSWORD=\n`,
    );
    const planned = await run(['--dry-run', '--from', 'env:backup.env', '-o', 'json']);
    const lacking = reportOf(planned).plan.flatMap(({ keys }) => keys.filter(({ source }) => source === noSource));
    expect([planned.code, lacking.map(({ key }) => key)]).toEqual([1, ['admin-password', 'auth0-audience']]);
    expect(planned.stderr).toMatch(/warning: no usable value for 2 keys .*admin-password \(env:backup\.env: empty\)/);
    const told = await run(['--dry-run', '--from', 'env:backup.env']);
    expect(told.stdout).toMatch(/would write nothing, no source has 2 of 9 keys$/m);

    save('plan.json', planned.stdout);
    const { code, stderr } = await run(['--plan', 'plan.json', '--yes']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/plan\.json is not whole: no source has admin-password, auth0-audience; .*--from/),
    ]);
    cluster.expectUntouched();
  });

  test('with --partial shows what would be written without the rest', async () => {
    save('backup.env', cluster.envBackupText.replace(/^ADMIN_PASSWORD=.*\n/gm, ''));
    const { code, stdout } = await run(['--dry-run', '--partial', '--from', 'env:backup.env']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/dry run: would write 8 keys/)]);
  });
});

describe('a key that two Secrets have', () => {
  const namespace = 'team';
  let cluster: WatchedSandbox;
  const run = (...argv: string[]) =>
    runCli(['fix-secrets', '-n', namespace, ...argv, '-o', 'json'], { kubeconfig: cluster.kubeconfig, cwd: folder });
  const values = (secret: string) =>
    (cluster.store.get('secrets', namespace, secret) as { data?: Record<string, string> } | undefined)?.data ?? {};

  beforeEach(async () => {
    cluster = await watchedSandbox({ scenario: 'empty' });
    const { store } = cluster;
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const env = [
      ['a', 'one'],
      ['a', 'other'],
      ['b', 'one'],
    ].map(([name, key]) => ({ name: `${name ?? ''}_${key ?? ''}`, valueFrom: { secretKeyRef: { name, key } } }));
    const spec = { containers: [{ name: 'main', image: 'example.test/main', env }] };
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'app' }, spec });
  });

  test('is not filled from the one value that a source has, and the way out is told', async () => {
    save('backup.env', 'ONE=1\nOTHER=2\n');
    const { code, stderr } = await run('--yes', '--from', 'env:backup.env');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /no usable value for 2 keys of 2 Secrets in team: a\/one, b\/one \(env:backup\.env: ONE is the name of both\); /,
      ),
    ]);
    expect(stderr).toMatch(
      /; give each a name of its own in c2l\.yaml, as c2l init -n team drafts one: from: \{ env: /,
    );
    expect(cluster.writes).toEqual([]);
  });

  test('keeps nothing else from being written', async () => {
    save('backup.env', 'ONE=1\nOTHER=2\n');
    const { code } = await run('--yes', '--partial', '--from', 'env:backup.env');
    expect([code, Object.keys(values('a')), values('b')]).toEqual([4, ['other'], {}]);
  });

  test('leaves a Secret missing as a whole, of which no source has any', async () => {
    save('backup.env', 'OTHER=2\n');
    const { findings } = reportOf(await run('--dry-run', '--from', 'env:backup.env'));
    expect(findings.map(({ code, secret, key }) => [code, secret, key])).toEqual([
      ['secret-key-missing', 'a', 'one'],
      ['secret-missing', 'b', undefined],
    ]);
  });

  test('is no obstacle where the source does not have it', async () => {
    save('backup.env', 'OTHER=2\n');
    const { code, stderr } = await run('--yes', '--from', 'env:backup.env');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/ in team: a\/one, b\/one; asked env:backup\.env for ONE;/),
    ]);
    expect(stderr).not.toContain('the name of both');
  });

  test('has a value for each where the stack names them', async () => {
    save('backup.env', 'A_ONE=1\nB_ONE=3\nOTHER=2\n');
    const named = (secret: string) => ({
      name: secret,
      keys: { one: { from: { env: `${secret.toUpperCase()}_ONE`, azureKeyVault: `${secret}-one` } } },
    });
    save(
      'c2l.yaml',
      JSON.stringify({ version: 1, name: 'team', namespaces: [namespace], secrets: ['a', 'b'].map(named) }),
    );
    const { code } = await run('--yes', '--from', 'env:backup.env');
    expect([code, values('a')['one'], values('b')['one']]).toEqual([0, btoa('1'), btoa('3')]);
  });
});
