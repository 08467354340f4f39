import { describe, expect, test } from '@jest/globals';

import { fixSecrets } from '../../src/commands/fix-secrets.ts';
import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import { exitCodeOf } from '../../src/core/reports/report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { FixOptions } from '../../src/shell/fix/fix-options.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';
import { testSession, type TestSession } from '../support/test-session.ts';

const namespace = 'cloudtolocalllm';
const secretPath = `/api/v1/namespaces/${namespace}/secrets/cloudtolocalllm-secrets`;

interface StoredSecret {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly type: string;
  readonly data: Record<string, string>;
}

async function fix(session: TestSession, options: Partial<FixOptions> = {}): Promise<FixReport> {
  const all = { from: [], yes: true, dryRun: false, overwrite: [], keep: 10, ...options };
  const { report } = await fixSecrets(session, all);
  return report as FixReport;
}

function stored(cluster: Sandbox): Promise<StoredSecret> {
  return new SandboxApi(cluster).get<StoredSecret>(secretPath);
}

/** The backup without some of its lines. */
function backupWithout(cluster: Sandbox, ...names: string[]): string {
  const lines = cluster.envBackupText.split('\n');
  return lines.filter((line) => !names.some((name) => line.startsWith(`${name}=`))).join('\n');
}

function values(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** What a failed command leaves behind: nothing. */
async function expectUnchanged(cluster: Sandbox, run: () => Promise<unknown>): Promise<void> {
  const api = new SandboxApi(cluster);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const before = (await api.list<StoredSecret>(secrets)).map(({ metadata }) => metadata);
  await run();
  expect((await api.list<StoredSecret>(secrets)).map(({ metadata }) => metadata)).toEqual(before);
}

describe('with all values in a backup', () => {
  test('every missing key is restored, the others are left alone, and a second run finds nothing to do', async () => {
    const cluster = await sandbox();
    const before = await stored(cluster);
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];

    const report = await fix(session, { from });
    expect([report.verdict, exitCodeOf(report.verdict), report.findings]).toEqual(['ok', 0, []]);
    const after = await stored(cluster);
    const wanted = backupValues(cluster);
    const added = report.plan[0]!.keys.filter(({ change }) => change === 'ADD').map(({ key }) => key);
    expect(added).toContain('postgres-auth-password');
    expect(added.length).toBeGreaterThan(5);
    for (const key of added) expect(values(after.data)[key]).toBe(wanted[key]);
    for (const [key, value] of Object.entries(before.data)) expect(after.data[key]).toBe(value);

    const again = await fix(session, { from });
    expect([again.verdict, again.plan, again.outcomes]).toEqual(['ok', [], []]);
    expect((await stored(cluster)).metadata.resourceVersion).toBe(after.metadata.resourceVersion);
  });

  test('only what is named is restored, and the rest is told as missing', async () => {
    const cluster = await sandbox();
    const before = await stored(cluster);
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];

    const report = await fix(session, { from, only: ['admin-password', 'jwt-secret'] });
    expect(Object.keys((await stored(cluster)).data).sort()).toEqual(
      [...Object.keys(before.data), 'admin-password'].sort(),
    );
    expect([report.verdict, report.only]).toEqual(['problems', ['admin-password', 'jwt-secret']]);
    expect(report.findings.map(({ key }) => key)).not.toContain('admin-password');
    expect(session.terminal.stderr).toContain(
      'nothing is missing of jwt-secret; a value that is there is replaced with --overwrite jwt-secret',
    );

    await expect(fix(session, { only: ['admin-pasword'] })).rejects.toMatchObject({ code: 'usage' });
  });

  test('an optional key is restored where it is named', async () => {
    const cluster = await sandbox();
    const session = await testSession(cluster);
    const value = 'https://hooks.shop.test/told';
    const from = [await session.envSource(`SLACK_WEBHOOK_URL='${value}'`)];

    const report = await fix(session, { from, only: ['slack-webhook-url'] });
    const added = report.plan[0]?.keys.filter(({ change }) => change === 'ADD').map(({ key }) => key);
    expect(added).toEqual(['slack-webhook-url']);
    expect(values((await stored(cluster)).data)['slack-webhook-url']).toBe(value);
    expect(session.terminal.stderr).not.toContain('nothing is missing');

    const smtp = fix(session, { from, only: ['smtp-host'] });
    await expect(smtp).rejects.toThrow(/smtp-host/);
  });

  test('what the Secret held before is kept in a revision', async () => {
    const cluster = await sandbox();
    const before = await stored(cluster);
    const session = await testSession(cluster);
    const report = await fix(session, { from: [await session.envSource(cluster.envBackupText)] });

    const { object } = report.outcomes.find(({ action }) => action === 'keep-revision')!;
    const path = `/api/v1/namespaces/${namespace}/secrets/${object.name}`;
    const revision = await new SandboxApi(cluster).get<StoredSecret>(path);
    const { 'c2l.dev.fingerprint-key': key, ...data } = revision.data;
    expect([revision.type, data, typeof key]).toEqual(['c2l.dev/revision', before.data, 'string']);
    expect(revision.metadata.labels).toEqual({ 'c2l.dev/revision-of': 'cloudtolocalllm-secrets' });
    expect(revision.metadata.annotations!['c2l.dev/plan']).toContain('"key":"postgres-auth-password","change":"ADD"');
  });

  test('a Secret that is gone is created, and no revision of nothing is kept', async () => {
    const cluster = await sandbox({ scenario: 'total-secret-loss' });
    const session = await testSession(cluster);
    const backup = `${cluster.envBackupText}SMTP_HOST='mail.example.test'\nSLACK_WEBHOOK_URL=\n`;
    const report = await fix(session, { from: [await session.envSource(backup)] });
    expect(report.outcomes.map(({ action, outcome }) => [action, outcome])).toEqual([['create-secret', 'done']]);
    const keys = Object.keys((await stored(cluster)).data);
    expect(keys).toEqual(expect.arrayContaining(['jwt-secret', 'smtp-host']));
    expect(keys).not.toContain('slack-webhook-url');
  });

  test('no value stands in the report or on the terminal', async () => {
    const cluster = await sandbox();
    const session = await testSession(cluster);
    const report = await fix(session, { from: [await session.envSource(cluster.envBackupText)] });
    const printed = `${JSON.stringify(report)}${session.terminal.stderr}`;
    // Short values such as a user name stand in names of objects, too.
    const secrets = Object.values(backupValues(cluster)).filter((value) => value.length >= 16);
    expect(secrets.length).toBeGreaterThan(5);
    for (const value of secrets) expect(printed).not.toContain(value);
  });
});

describe('with values missing', () => {
  test('a script is refused with all of them named, and nothing is changed', async () => {
    const cluster = await sandbox();
    const session = await testSession(cluster);
    const from = [await session.envSource(backupWithout(cluster, 'ADMIN_PASSWORD', 'AUTH0_CLIENT_ID'))];
    await expectUnchanged(cluster, async () => {
      await expect(fix(session, { from })).rejects.toMatchObject({
        code: 'values-missing',
        exitCode: 2,
        message: expect.stringMatching(/admin-password.*auth0-client-id.*asked env:/),
      });
    });
  });

  test('without any source the error names the forms of --from', async () => {
    const session = await testSession(await sandbox());
    await expect(fix(session)).rejects.toMatchObject({
      code: 'values-missing',
      hint: 'c2l fix-secrets --from env:FILE or --from azure-key-vault:NAME-OR-URL',
    });
  });

  test('the next source is asked for what the first lacks or holds in an unusable form', async () => {
    const cluster = await sandbox();
    const session = await testSession(cluster);
    const first = await session.envSource(`${backupWithout(cluster, 'ADMIN_PASSWORD')}\nADMIN_PASSWORD='CHANGE_ME'\n`);
    const second = await session.envSource(cluster.envBackupText);
    const report = await fix(session, { from: [first, second] });
    const sources = new Map(report.plan[0]!.keys.map(({ key, source }) => [key, source]));
    expect(sources.get('postgres-auth-password')).toMatch(/backup-1\.env/);
    expect(sources.get('admin-password')).toMatch(/backup-2\.env/);
    expect(session.terminal.stderr).toMatch(
      /warning: admin-password in env:backup-1\.env .*is a placeholder: not used/,
    );
  });

  test('a person is asked, twice where a typing error would not show, and again when both differ', async () => {
    const cluster = await sandbox();
    const typed = 'p'.repeat(20);
    const pasted = [`ADMIN_PASSWORD='${typed}'`, `admin-password: ${typed}`, `"${typed}"`, btoa(typed)];
    const answers = ['short', ...pasted, `${typed}x`, typed, typed, typed, true];
    const session = await testSession(cluster, { answers });
    const from = [await session.envSource(backupWithout(cluster, 'ADMIN_PASSWORD'))];
    const report = await fix(session, { from, yes: false });
    expect(report.verdict).toBe('ok');
    expect(values((await stored(cluster)).data)['admin-password']).toBe(typed);
    expect(session.prompter.unused).toBe(0);
    expect(session.prompter.questions[0]).toMatch(/admin-password of Secret .*needed by deployment\/grafana/);
  });
});

describe('before the write', () => {
  test('a dry run shows the plan, asks nobody and changes nothing', async () => {
    const cluster = await sandbox();
    const session = await testSession(cluster, { answers: [] });
    const from = [await session.envSource(backupWithout(cluster, 'ADMIN_PASSWORD'))];
    await expectUnchanged(cluster, async () => {
      const report = await fix(session, { from, dryRun: true });
      expect([report.verdict, report.dryRun, report.outcomes]).toEqual(['ok', true, []]);
      const planned = report.plan[0]!.keys.find(({ key }) => key === 'admin-password');
      expect(planned).toMatchObject({ change: 'ADD', source: 'prompt' });
    });
  });

  test('a person can decline, and Ctrl-C at the question leaves nothing behind', async () => {
    const cluster = await sandbox();
    const session = await testSession(cluster, { answers: [false] });
    const from = [await session.envSource(cluster.envBackupText)];
    await expectUnchanged(cluster, async () => {
      await expect(fix(session, { from, yes: false })).rejects.toMatchObject({ code: 'declined', exitCode: 5 });
      session.interrupt();
      await expect(fix(session, { from })).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
    });
  });

  test('a missing right is named', async () => {
    const cluster = await sandbox();
    cluster.deny({ verb: 'patch', resource: 'secrets' });
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];
    await expectUnchanged(cluster, async () => {
      await expect(fix(session, { from })).rejects.toMatchObject({
        code: 'forbidden',
        exitCode: 2,
        message: expect.stringMatching(/may not patch secrets in namespace cloudtolocalllm/),
      });
    });
  });

  test('Secrets that cannot be listed are not taken for missing ones', async () => {
    const cluster = await sandbox();
    cluster.deny({ verb: 'list', resource: 'secrets' });
    const session = await testSession(cluster);
    await expect(fix(session)).rejects.toMatchObject({ code: 'forbidden', exitCode: 2 });
  });

  test('a placeholder is not replaced in a script unless it is named', async () => {
    const cluster = await sandbox();
    await new SandboxApi(cluster).patchSecret({ 'postgres-password': 'CHANGE_ME_NOW' });
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];
    await expect(fix(session, { from })).rejects.toMatchObject({
      code: 'confirmation-needed',
      exitCode: 2,
      hint: 'add --overwrite postgres-password',
    });
    const report = await fix(session, { from, overwrite: ['postgres-password'] });
    expect(report.plan[0]!.keys.find(({ key }) => key === 'postgres-password')!.change).toBe('CHANGE');
    expect(values((await stored(cluster)).data)['postgres-password']).toBe(backupValues(cluster)['postgres-password']);
  });
});

describe('a write that fails', () => {
  test('because the Secret changed meanwhile stops with nothing done', async () => {
    let changed = false;
    const cluster: Sandbox = await sandbox({
      intercept: ({ method, path }) => {
        if (method === 'PATCH' && !path.includes('dryRun') && !changed) {
          changed = true;
          const found = cluster.store.get('secrets', namespace, 'cloudtolocalllm-secrets')!;
          cluster.store.replace('secrets', { ...found, data: { ...(found['data'] as object), other: 'eA==' } });
        }
        return undefined;
      },
    });
    const session = await testSession(cluster);
    const report = await fix(session, { from: [await session.envSource(cluster.envBackupText)] });
    expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['partial', 4]);
    expect(report.outcomes.filter(({ outcome }) => outcome === 'done')).toEqual([]);
    expect(report.outcomes.at(-1)).toMatchObject({ action: 'patch-secret', outcome: 'failed' });
    expect(report.outcomes.at(-1)!.detail).toMatch(/changed since it was read.*; c2l fix-secrets plans again/);
    expect(report.outcomes.filter(({ action }) => action === 'keep-revision')).toEqual([]);
    expect(Object.keys((await stored(cluster)).data)).not.toContain('postgres-auth-password');
  });

  test('is told apart from one whose answer was lost', async () => {
    const cluster = await sandbox({
      intercept: ({ method, path }) => (method === 'PATCH' && !path.includes('dryRun') ? 'reset' : undefined),
    });
    const session = await testSession(cluster);
    const report = await fix(session, { from: [await session.envSource(cluster.envBackupText)] });
    expect(report.verdict).toBe('partial');
    expect(report.findings.map(({ code }) => code)).toContain('secret-key-missing');
  });
});

test('a dry run plans the same at a terminal and in a script, where it says what a script has to name', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  await new SandboxApi(cluster).patchSecret({ 'jwt-secret': '' });
  const sessions = [await testSession(cluster, { answers: [] }), await testSession(cluster)];
  const plans = await Promise.all(
    sessions.map(async (session) => {
      const from = [await session.envSource(cluster.envBackupText)];
      const { verdict, plan } = await fix(session, { from, dryRun: true });
      return [verdict, plan.map(({ action, keys }) => [action, keys.map(({ key, change }) => [key, change])])];
    }),
  );
  expect(plans[1]).toEqual(plans[0]);
  expect(plans[0]).toEqual(['ok', [['patch', expect.arrayContaining([['jwt-secret', 'CHANGE']])]]]);
  expect(sessions[1]?.terminal.stderr).toMatch(
    /jwt-secret is empty: a script leaves it as it is; to replace it: --overwrite .*jwt-secret/,
  );
});
