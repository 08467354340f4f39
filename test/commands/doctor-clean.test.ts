import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { drillType } from '../../src/core/drill/drill-journal.ts';
import type { DoctorReport } from '../../src/core/reports/doctor-report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { drill, namespace, newFolder, run, secretName } from '../support/drill-world.ts';
import { runCli, type CliOptions } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

jest.setTimeout(60_000);

const place = 'c2l-drill';
const id = '20260102t030405000z';
const journalName = `c2l-drill-${id}`;
const copy = `${journalName}-0`;
const consent = ['--yes'];
let cluster: Sandbox;

beforeEach(async () => {
  cluster = await sandbox({ scenario: 'healthy' });
});

async function doctor(argv: readonly string[], options: CliOptions = {}) {
  const { code, stdout, stderr } = await runCli(['doctor', ...argv, '-o', 'json'], {
    kubeconfig: cluster.kubeconfig,
    cwd: newFolder(),
    ...options,
  });
  return { code, stderr, report: JSON.parse(stdout) as DoctorReport & { error?: { code: string } } };
}

const left = (): string[] =>
  cluster.store
    .list('secrets')
    .filter(({ type }) => String(type).startsWith('c2l.dev/'))
    .map(({ metadata }) => metadata.name)
    .sort();

function own(name: string, annotations: Record<string, string>, at: string, value = ''): void {
  const data = value === '' ? {} : { journal: Buffer.from(value).toString('base64') };
  const metadata = { name, namespace: at, annotations, labels: { 'c2l.dev/drill': 'true' } };
  cluster.store.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata, type: drillType, data });
}

/** A drill that stands somewhere: with its lock or without, its journal at the step that is named. */
function leave({ lock, last }: { readonly lock: boolean; readonly last: 'fault' | 'clean-up' | 'nothing' }): void {
  if (cluster.store.get('namespaces', undefined, place) === undefined) {
    cluster.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } });
  }
  const at = '2026-01-02T03:04:05.000Z';
  const lines = [{ at, step: last, detail: '' }];
  const journal = { schemaVersion: 1, id, namespace, touched: [{ name: 'x', copy }], lines, faultAt: at };
  if (last !== 'nothing') own(journalName, { 'c2l.dev/drill-of': namespace }, place, JSON.stringify(journal));
  own(copy, { 'c2l.dev/drill-of': namespace, 'c2l.dev/copy-of': 'x' }, place);
  if (lock) {
    const notes = { 'drill-id': id, 'drill-scenario': 'missing-keys', 'drill-state': 'armed' };
    const annotations = Object.fromEntries(Object.entries(notes).map(([key, value]) => [`c2l.dev/${key}`, value]));
    own('c2l-drill', { ...annotations, 'c2l.dev/drill-journal-namespace': place }, namespace);
  }
}

/** One revision is kept of it. */
async function repair(): Promise<void> {
  const kept = cluster.store.get('secrets', namespace, secretName)!;
  const data = Object.entries(kept['data'] as Record<string, string>).filter(([key]) => key !== 'jwt-secret');
  cluster.store.replace('secrets', { ...kept, data: Object.fromEntries(data) });
  const cwd = newFolder();
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  await runCli(['fix-secrets', '--yes', '--from', 'env:backup.env'], { kubeconfig: cluster.kubeconfig, cwd });
}

test('removes what a drill and its repair left, after it was asked for, and finds nothing more', async () => {
  expect((await drill(cluster, run('missing-keys'))).code).toBe(0);
  await repair();
  const before = left();
  expect(before).toEqual([`c2l-drill-results.${namespace}`, expect.stringMatching(/^cloudtolocalllm-secrets\./)]);

  const declined = await doctor(['--clean'], { answers: [false] });
  expect([declined.code, left()]).toEqual([5, before]);
  const planned = await doctor(['--clean', '--dry-run']);
  expect(planned.report.outcomes?.map(({ object }) => object.name).sort()).toEqual(before);
  expect(left()).toEqual(before);

  const { code, report } = await doctor(['--clean', ...consent]);
  expect([code, report.outcomes?.map(({ outcome }) => outcome)]).toEqual([0, before.map(() => 'done')]);
  expect(left()).toEqual([]);
  expect((await doctor(['--clean', ...consent])).report.outcomes).toEqual([]);
});

describe('of a drill', () => {
  test.each([
    { what: 'its lock is there', lock: true, last: 'fault' as const },
    { what: 'its lock is there and it was cut off in its clean-up', lock: true, last: 'clean-up' as const },
    { what: 'its lock was taken away and its journal does not end', lock: false, last: 'fault' as const },
    { what: 'neither lock nor journal is there', lock: false, last: 'nothing' as const },
  ])('nothing is removed where $what, and it is a problem', async ({ lock, last }) => {
    await repair();
    leave({ lock, last });
    const before = left();

    const { code, stderr, report } = await doctor(['--clean', ...consent]);

    expect([code, report.outcomes, left()]).toEqual([1, [], before]);
    expect(report.findings.map((each) => each.code)).toEqual(['drill-unfinished']);
    expect(report.examinations.find(({ name }) => name === 'revisions')?.detail).toBe('1 revision of 1 Secret kept');
    expect(stderr).toContain(`Secret/${copy} in namespace ${place} stays: it is the way back of a drill`);
  });

  test('what is finished is found, and removed with its copies first', async () => {
    leave({ lock: false, last: 'clean-up' });
    expect((await doctor([])).report.examinations).toContainEqual({
      name: 'drill copies',
      state: 'lacking',
      detail: `2 Secrets of finished drills still in namespace ${place}`,
      next: 'c2l doctor --clean',
    });
    const { report } = await doctor(['--clean', ...consent]);
    expect(report.outcomes?.map(({ object }) => object.name)).toEqual([copy, journalName]);
    expect(left()).toEqual([]);
  });

  test('of another namespace is not touched', async () => {
    leave({ lock: false, last: 'clean-up' });
    const { report } = await doctor(['--clean', '--yes', '-n', 'argocd']);
    expect([report.outcomes, left()]).toEqual([[], [journalName, copy].sort()]);
  });
});

test('removes nothing where it may not see all of it', async () => {
  leave({ lock: false, last: 'clean-up' });
  const before = left();
  cluster.deny({ verb: 'list', resource: 'secrets', namespace: place });
  const { code, report } = await doctor(['--clean', ...consent]);
  expect([code, report.error?.code, left()]).toEqual([2, 'forbidden', before]);
});

test('has the sync resumed that a run left paused, as it was', async () => {
  const [application] = cluster.store.list('applications');
  const { name, namespace: at = '' } = application!.metadata;
  const was = { prune: true };
  const note = { id: 'a', until: '2020-01-01T00:00:00Z', by: 'op@laptop', command: 'c2l fix-secrets' };
  const annotations = { 'c2l.dev/paused-sync': JSON.stringify({ ...note, processId: 1, order: 0, was }) };
  cluster.store.replace('applications', {
    ...application!,
    metadata: { ...application!.metadata, annotations },
    spec: { ...(application!['spec'] as object), syncPolicy: {} },
  });

  const { report } = await doctor(['--clean', ...consent]);

  expect(report.outcomes).toMatchObject([{ action: 'resume-sync', outcome: 'done', object: { name } }]);
  const after = cluster.store.get('applications', at, name);
  expect(after?.['spec']).toMatchObject({ syncPolicy: { automated: was } });
  expect(after?.metadata.annotations ?? {}).not.toHaveProperty(['c2l.dev/paused-sync']);
});

test('counts in its verdict what would be removed, and what was', async () => {
  await repair();
  leave({ lock: false, last: 'clean-up' });
  const text = async (...argv: readonly string[]) => {
    const options = { kubeconfig: cluster.kubeconfig, cwd: newFolder() };
    const { stdout } = await runCli(['doctor', '--clean', ...argv], options);
    return stdout.slice(stdout.indexOf('verdict:')).replaceAll(/\s+/g, ' ');
  };
  expect(await text('--dry-run')).toMatch(
    /^verdict: ok, dry run: would remove 3 Secrets, .* next: c2l doctor --clean /,
  );
  expect(await text('--yes')).toMatch(/^verdict: ok, removed 3 Secrets, \d+ of \d+ things ok/);
  expect(await text('--dry-run')).toMatch(/^verdict: ok, nothing to remove, .* next: c2l audit /);
});

test('lists in Markdown too what became of each', async () => {
  await repair();
  const { code, stdout } = await runCli(['doctor', '--clean', '--yes', '-o', 'markdown'], {
    kubeconfig: cluster.kubeconfig,
    cwd: newFolder(),
  });
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/\| done +\| prune-revision +\| `secret\/cloudtolocalllm-secrets\./),
  ]);
});
