import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';

import { pauseAnnotation } from '../../src/core/sync-pause.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
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

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function application(): { spec: { syncPolicy?: { automated?: unknown } }; metadata: { annotations?: object } } {
  return cluster.store.get('applications', 'argocd', 'team') as never;
}

/** As a run leaves it that was killed while it held a pause. */
beforeEach(async () => {
  policies = [];
  cluster = await sandbox({
    scenario: 'healthy',
    onRequest: () =>
      policies.push(cluster.store.get('applications', 'argocd', 'team') && application().spec.syncPolicy?.automated),
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
  const argv = ['fix-secrets', '-n', namespace, '--yes', '--overwrite', 'a', '--from', from, '--pause-sync', '1s'];
  policies = [];
  return runCli([...argv, '-o', 'json'], { kubeconfig: cluster.kubeconfig, cwd: folder });
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
