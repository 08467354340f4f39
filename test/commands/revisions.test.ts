import { describe, expect, test } from '@jest/globals';

import type { HistoryReport, RollbackReport } from '../../src/core/fix/secret-reports.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runFix } from '../../src/shell/fix/fix-secrets.ts';
import { runHistory } from '../../src/shell/revisions/history.ts';
import { runRollback, type RollbackOptions } from '../../src/shell/revisions/rollback.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession, type TestSession, type TestSessionOptions } from '../support/test-session.ts';

const secrets = '/api/v1/namespaces/cloudtolocalllm/secrets';
const secret = 'cloudtolocalllm-secrets';
const path = `${secrets}/${secret}`;

interface Stored {
  readonly metadata: { readonly name: string; readonly labels?: object; readonly annotations?: Record<string, string> };
  readonly type: string;
  readonly data: Record<string, string>;
}

const api = (cluster: Sandbox) => new SandboxApi(cluster);
const dataOf = async (cluster: Sandbox) => (await api(cluster).get<Stored>(path)).data;
const revisions = async (cluster: Sandbox) =>
  (await api(cluster).list<Stored>(secrets)).filter(({ type }) => type === 'c2l.dev/revision');

/** A cluster that fix-secrets has just repaired, and what its Secret held before. */
async function repaired(options: TestSessionOptions = {}) {
  const cluster = await sandbox();
  const before = await dataOf(cluster);
  const session = await testSession(cluster, options);
  const from = [await session.envSource(cluster.envBackupText)];
  const fix = () => runFix(session, { from, yes: true, dryRun: false, overwrite: [], keep: 10 });
  await fix();
  return { cluster, session, before, fix, after: await dataOf(cluster) };
}

function rollback(session: TestSession, options: Partial<RollbackOptions> = {}): Promise<RollbackReport> {
  return runRollback(session, { secret, yes: true, dryRun: false, overwrite: [], keep: 10, ...options });
}

function history(session: TestSession, options: object = {}): Promise<HistoryReport> {
  return runHistory(session, { prune: false, keep: 0, yes: true, dryRun: false, ...options });
}

/** With its keys there the kubelet starts what waited for them, at its own time. */
async function untilRunning(cluster: Sandbox, app: string): Promise<void> {
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      const stop = cluster.store.subscribe(() => {
        stop();
        resolve();
      });
    });
    const { status } = await api(cluster).pod(app);
    if (status?.containerStatuses?.some(({ state }) => state?.running !== undefined) === true) return;
    await changed;
  }
}

const addedKeys = (before: object, after: object) => Object.keys(after).filter((key) => !(key in before));

describe('history', () => {
  test('tells who changed what, from where, and that it still stands', async () => {
    const { session, before, after } = await repaired();
    const [entry, ...others] = (await history(session)).secrets[0]!.revisions;
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      command: 'fix-secrets',
      keptBy: 'tester@test',
      version: '0.0.0-test',
      changedLater: [],
    });
    const added = entry!.changes.filter(({ change }) => change === 'ADD').map(({ key }) => key);
    expect(added.sort()).toEqual(addedKeys(before, after).sort());
    expect(entry!.changes[0]?.source).toMatch(/^env:backup-1\.env/);
  });

  test('names the key that somebody changed after it', async () => {
    const { cluster, session } = await repaired();
    await api(cluster).patchSecret({ 'admin-password': 'another' });
    expect((await history(session)).secrets[0]?.revisions[0]?.changedLater).toEqual(['admin-password']);
  });

  test('--prune removes the revisions and nothing else; --keep leaves the newest', async () => {
    const { cluster, session, before, fix, after } = await repaired();
    await rollback(session, { overwrite: addedKeys({}, after) });
    expect(await revisions(cluster)).toHaveLength(2);
    expect((await history(session, { prune: true, keep: 1 })).outcomes).toMatchObject([{ outcome: 'done' }]);
    expect(await revisions(cluster)).toHaveLength(1);
    // What was rolled back is held by it alone.
    expect((await history(session, { prune: true })).outcomes).toEqual([]);
    const { metadata } = (await revisions(cluster))[0]!;
    const lost = addedKeys(before, after).sort().join(', ');
    expect(session.terminal.stderr).toContain(
      `warning: ${metadata.name} stays: it alone has ${lost}, which Secret ${secret} lacks\n`,
    );
    await fix();
    const report = await history(session, { prune: true });
    expect([report.verdict, report.outcomes.length]).toEqual(['ok', 2]);
    expect((await api(cluster).list<Stored>(secrets)).map(({ metadata }) => metadata.name)).toContain(secret);
    expect((await history(session)).secrets).toEqual([]);
  });

  test('--prune needs consent, and No removes nothing', async () => {
    const { cluster, session } = await repaired();
    await expect(history(session, { prune: true, yes: false })).rejects.toMatchObject({ code: 'confirmation-needed' });
    expect(await revisions(cluster)).toHaveLength(1);
  });

  test('of a Secret that has none is told with what to type', async () => {
    const session = await testSession(await sandbox());
    await expect(history(session, { secret: 'other' })).rejects.toMatchObject({
      code: 'revision-not-found',
      message: 'no revision of Secret other is kept here',
    });
  });
});

test('a Secret that is gone comes back as what it was when c2l last kept it, without a tracking id that Git lacks', async () => {
  const { cluster, fix } = await repaired();
  const marks = {
    labels: { team: 'a' },
    annotations: { note: 'n', 'argocd.argoproj.io/tracking-id': `shop:/Secret:cloudtolocalllm/${secret}` },
  };
  const patch = { metadata: marks, data: { 'jwt-secret': null } };
  await api(cluster).send('PATCH', path, patch, 'application/merge-patch+json');
  await fix();
  await api(cluster).send('DELETE', path);
  await fix();
  const { metadata } = await api(cluster).get<Stored>(path);
  expect([metadata.labels, metadata.annotations?.['note']]).toEqual([{ team: 'a' }, 'n']);
  expect(metadata.annotations).not.toHaveProperty('argocd.argoproj.io/tracking-id');
});

test('--from revision takes the last good value, not the newest where that is of no use', async () => {
  const { cluster, session, after } = await repaired();
  const key = 'admin-password';
  const options = { yes: true, dryRun: false, overwrite: [key], keep: 10 };
  const backup = [await session.envSource(cluster.envBackupText)];
  await api(cluster).patchSecret({ [key]: 'CHANGE_ME' });
  await runFix(session, { ...options, from: backup });
  await rollback(session, { overwrite: [key] });
  await runFix(session, { ...options, from: backup });
  await api(cluster).send('PATCH', path, { data: { [key]: null } }, 'application/merge-patch+json');

  const person = await testSession(cluster, { answers: [] });
  await runFix(person, { ...options, from: [], dryRun: true, mayLack: true });
  expect(person.terminal.stderr).toContain('; c2l kept 1 of them in the cluster: add --from revision\n');

  const report = await runFix(session, { ...options, from: ['revision'] });

  expect(report.verdict).toBe('ok');
  expect((await dataOf(cluster))[key]).toBe(after[key]);
});

describe('rollback', () => {
  test('makes the Secret hold what it held, keeps what it replaced, and can itself be rolled back', async () => {
    const { cluster, session, before, after } = await repaired();
    const overwrite = addedKeys(before, after);
    const report = await rollback(session, { overwrite });
    expect(report.outcomes.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['keep-revision', 'kept'],
      ['patch-secret', 'done'],
    ]);
    expect(await dataOf(cluster)).toEqual(before);
    expect(report.verdict).toBe('problems');
    expect(report.findings.map(({ code }) => code)).toContain('secret-key-missing');

    const again = await rollback(session);
    expect([again.verdict, await dataOf(cluster)]).toEqual(['ok', after]);
  });

  test('takes nothing away by --yes alone: a script names each key, a person sees each', async () => {
    const { cluster, session, before, after } = await repaired();
    const [first = ''] = addedKeys(before, after).sort();
    await expect(rollback(session)).rejects.toMatchObject({
      code: 'confirmation-needed',
      message: expect.stringMatching(new RegExp(`^removing .*${first}.* needs consent`)),
      hint: expect.stringContaining(`--overwrite ${first}`),
    });
    expect(await dataOf(cluster)).toEqual(after);
    const person = await testSession(cluster, { answers: [false] });
    await expect(rollback(person)).rejects.toMatchObject({ code: 'declined' });
    expect(person.prompter.questions.join()).toContain(`remove ${first}`);
    expect(person.prompter.questions.join()).toMatch(/; that breaks .*deployment\/api-backend.*\?/);
    expect(await dataOf(cluster)).toEqual(after);
  });

  test('brings back a Secret that is gone, with its type, labels and tracking', async () => {
    const cluster = await sandbox();
    await api(cluster).send(
      'PATCH',
      path,
      { metadata: { labels: { team: 'a' }, annotations: { note: 'n' } } },
      'application/merge-patch+json',
    );
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];
    await runFix(session, { from, yes: true, dryRun: false, overwrite: [], keep: 10 });
    await api(cluster).send('DELETE', path);
    const report = await rollback(session);
    expect(report.outcomes.map(({ action, outcome }) => [action, outcome])).toEqual([['create-secret', 'done']]);
    expect((await api(cluster).get<Stored>(path)).metadata).toMatchObject({
      labels: { team: 'a' },
      annotations: { note: 'n' },
    });
  });

  describe('of an immutable Secret', () => {
    async function immutable() {
      const world = await repaired();
      const merge = 'application/merge-patch+json';
      await api(world.cluster).send('PATCH', path, { immutable: true, metadata: { labels: { team: 'a' } } }, merge);
      const { metadata } = await api(world.cluster).get<{ metadata: { uid: string } }>(path);
      return { ...world, uid: metadata.uid, overwrite: addedKeys(world.before, world.after) };
    }

    test('deletes it and creates it again as it was, and back', async () => {
      const { cluster, session, before, after, overwrite, uid } = await immutable();
      const report = await rollback(session, { overwrite, recreate: true });
      expect(report.outcomes.map(({ action, outcome }) => [action, outcome]).slice(0, 2)).toEqual([
        ['keep-revision', 'kept'],
        ['recreate-secret', 'done'],
      ]);
      const now = await api(cluster).get<Stored & { immutable: boolean; metadata: { uid: string } }>(path);
      expect([now.data, now.immutable, now.metadata.labels]).toEqual([before, true, { team: 'a' }]);
      expect(now.metadata.uid).not.toBe(uid);

      await rollback(session, { recreate: true });
      expect(await dataOf(cluster)).toEqual(after);
    });

    test('deletes nothing by --yes alone: a script says so, a person is asked', async () => {
      const { cluster, session, after, overwrite } = await immutable();
      await expect(rollback(session, { overwrite })).rejects.toMatchObject({
        code: 'secret-owned',
        hint: `c2l rollback ${secret} -n cloudtolocalllm --recreate`,
      });
      const person = await testSession(cluster, { answers: [false] });
      await expect(rollback(person, { overwrite })).rejects.toMatchObject({ code: 'declined' });
      expect(person.prompter.questions.join()).toContain('delete it and create it again (it is immutable)');
      expect(await dataOf(cluster)).toEqual(after);
    });
  });

  test('tells which workloads run with another value than the Secret then holds', async () => {
    const { cluster, session } = await repaired();
    await untilRunning(cluster, 'api-backend');
    await api(cluster).patchSecret({ 'jwt-secret': 'x'.repeat(48) });
    const report = await rollback(session, { dryRun: true });
    expect(report.plan[0]?.keys.find(({ key }) => key === 'jwt-secret')?.change).toBe('CHANGE');
    const reason = expect.stringMatching(/runs with an older value of key jwt-secret .*, but still lacks key/);
    expect(report.restarts).toEqual([{ object: expect.objectContaining({ kind: 'Pod' }), reason }]);
  });

  test('a dry run writes nothing, and an unknown revision is named', async () => {
    const { cluster, session, after } = await repaired();
    const { outcomes, findings } = await rollback(session, { dryRun: true });
    expect(outcomes).toEqual([]);
    expect(new Set(findings.map(({ severity, fix }) => `${severity} ${fix}`))).toEqual(
      new Set([`error c2l history ${secret}`]),
    );
    expect(findings[0]?.message).toMatch(/^after the rollback secret\/\S+ lacks key /);
    expect(await dataOf(cluster)).toEqual(after);
    await expect(rollback(session, { revision: '2020' })).rejects.toMatchObject({
      message: `no revision 2020 of Secret ${secret} is kept here`,
      hint: 'c2l history',
    });
  });
});

describe('at most --keep revisions stay', () => {
  test('the oldest goes when a write adds one more', async () => {
    const { cluster, session, before, after } = await repaired();
    const [first] = await revisions(cluster);
    await rollback(session, { overwrite: addedKeys(before, after) });
    await rollback(session, { keep: 2 });
    const names = (await revisions(cluster)).map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(2);
    expect(names).not.toContain(first?.metadata.name);
  });
});
