import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';

import { pauseAnnotation } from '../../src/core/argocd/sync-pause.ts';
import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { StoredObject } from '../../src/sandbox/store/stored-object.ts';
import { jsonOf } from '../support/refusals.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const namespace = 'team';
const good = 'from-the-backup-0123456789';
const automated = { selfHeal: true };
const folder = mkdtempSync(join(tmpdir(), 'c2l-pause-again-'));
writeFileSync(join(folder, 'values.env'), `A=${good}\n`, { mode: 0o600 });
writeFileSync(join(folder, 'empty.env'), 'OTHER=x\n', { mode: 0o600 });
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let cluster: Sandbox;
/** Whether the Application would have undone a write, at each request of the run. */
let policies: unknown[];
/** The requests of the run, as method and path. */
let asked: string[];

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function application(): { spec: { syncPolicy?: { automated?: unknown } }; metadata: { annotations?: object } } {
  return cluster.store.get('applications', 'argocd', 'team') as never;
}

/** As a run leaves it that was killed while it held a pause. */
beforeEach(async () => {
  [policies, asked] = [[], []];
  cluster = await sandbox({
    scenario: 'healthy',
    onRequest: ({ method, path }) => {
      asked.push(`${method} ${path}`);
      policies.push(cluster.store.get('applications', 'argocd', 'team') && application().spec.syncPolicy?.automated);
    },
  });
  const { store } = cluster;
  const until = new Date(Date.now() + 60_000).toISOString();
  const by = `tester-${String(process.pid)}@here`;
  const note = { id: 'killed', until, by, command: 'fix-secrets', processId: 1, order: 0, was: automated };
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  store.create('applications', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'team', namespace: 'argocd', annotations: { [pauseAnnotation]: JSON.stringify(note) } },
    spec: { destination: { namespace }, syncPolicy: {} },
    status: { resources: [{ kind: 'Secret', namespace, name: 'app', status: 'OutOfSync' }] },
  });
  const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'app', key: 'a' } } }];
  const spec = { containers: [{ name: 'main', image: 'example.test/main', env }] };
  store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'app' }, spec });
});

function addSecret(text: string): void {
  const annotations = { 'argocd.argoproj.io/tracking-id': `team:/Secret:${namespace}/app` };
  const metadata = { namespace, name: 'app', annotations };
  cluster.store.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'Opaque',
    data: { a: base64(text) },
  });
}

function fix(from: string): Promise<CliResult> {
  return run(['fix-secrets', '--from', from, '--pause-sync', '1s']);
}

function run(argv: readonly string[]): Promise<CliResult> {
  [policies, asked] = [[], []];
  const where = ['-n', namespace, '--yes', '--overwrite', 'a', '-o', 'json'];
  return runCli([...argv, ...where], { kubeconfig: cluster.kubeconfig, cwd: folder });
}

test.each([
  ['had not written yet', 'in-git-0123456789'],
  ['had written already', good],
])('the pause of a run that %s goes on without a gap, and ends with the next', async (_, text) => {
  addSecret(text);
  const { code, stdout, stderr } = await fix('env:values.env');
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error:')]);
  const steps = jsonOf({ stdout }).outcomes?.map(({ action, outcome }) => `${action} ${outcome}`);
  expect([steps?.at(0), steps?.at(-1)]).toEqual(['pause-sync done', 'resume-sync done']);
  // On again with the last request that changes it, and not before.
  const first = policies.findIndex((policy) => policy !== undefined);
  expect(policies.slice(first).every((policy) => policy !== undefined)).toBe(true);
  const { spec, metadata } = application();
  expect([spec.syncPolicy?.automated, metadata.annotations ?? {}]).toEqual([
    automated,
    expect.not.objectContaining({ [pauseAnnotation]: expect.anything() }),
  ]);
  const secret = cluster.store.get('secrets', namespace, 'app') as unknown as { data: Record<string, string> };
  expect(secret.data['a']).toBe(base64(good));
});

test('a run that cannot do its work ends the pause that was left all the same', async () => {
  addSecret('in-git-0123456789');
  const { code, stderr } = await fix('env:empty.env');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/application\/team was left paused by .*syncs again/)]);
  expect(application().spec.syncPolicy?.automated).toEqual(automated);
});

describe('a walk that may pause', () => {
  /** What was asked once the Secret was written: while the Application was paused, and from its end on. */
  const afterTheWrite = () => {
    const write = asked.findLastIndex((line) => /^PATCH .*\/secrets\/app\?(?!.*dryRun)/.test(line));
    const end = policies.findIndex((policy, index) => index > write && policy !== undefined);
    expect([write > 0, end > write]).toEqual([true, true]);
    const aboutPods = (lines: readonly string[]) => lines.filter((line) => line.includes('/pods')).length;
    return { held: aboutPods(asked.slice(write, end)), afterwards: aboutPods(asked.slice(end)) };
  };
  const stepsOf = ({ stdout }: CliResult) => {
    const { phases } = jsonOf({ stdout }) as unknown as WalkReport;
    return phases.flatMap(({ name, report }) =>
      report?.command === 'fix-secrets' || report?.command === 'restart'
        ? report.outcomes.map(({ action, outcome, detail }) => ({ step: `${name}: ${action} ${outcome}`, detail }))
        : [],
    );
  };

  test('keeps the pause until after its last phase, and tells its end where it began', async () => {
    addSecret('in-git-0123456789');
    const { status, ...rest } = cluster.store.get('applications', 'argocd', 'team') as StoredObject;
    const resources = (status as { resources: object[] }).resources.map((each) => ({ ...each, status: 'Synced' }));
    cluster.store.replace('applications', { ...rest, status: { resources } });
    const result = await run(['stabilize', '--from', 'env:values.env', '--pause-sync', '5m', '--timeout', '500ms']);
    // Restart and verify have looked while it was paused, and nobody does any more once it syncs again.
    expect(afterTheWrite()).toEqual({ held: expect.any(Number), afterwards: 0 });
    expect(afterTheWrite().held).toBeGreaterThan(1);
    const steps = stepsOf(result);
    expect(steps.filter(({ step }) => step.includes('-sync'))).toEqual([
      { step: 'fix-secrets: pause-sync done', detail: expect.stringMatching(/^until /) },
      { step: 'fix-secrets: resume-sync done', detail: expect.stringContaining('Git holds what was written') },
    ]);
    expect(result.stderr).toContain('application/team syncs again as before the pause; Git holds what was written');
    expect(application().spec.syncPolicy?.automated).toEqual(automated);
  });

  test('ends it in time, whatever still goes on then', async () => {
    addSecret('in-git-0123456789');
    const result = await run(['stabilize', '--from', 'env:values.env', '--pause-sync', '1s', '--timeout', '3s']);
    expect(afterTheWrite().afterwards).toBeGreaterThan(0);
    expect(stepsOf(result).map(({ step }) => step)).toContain('fix-secrets: resume-sync done');
    expect(application().spec.syncPolicy?.automated).toEqual(automated);
  });
});
