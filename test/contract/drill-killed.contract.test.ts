import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resourceTypes } from '../../src/sandbox/resources.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { start } from '../support/built-program.ts';
import { isJournalLine } from '../support/drill-lines.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { cuttingProxy, killAt, type CuttingProxy, type Moment } from './support/cutting-proxy.ts';

jest.setTimeout(1_800_000);

const namespace = 'cloudtolocalllm';
let sandbox: Sandbox;
let proxy: CuttingProxy;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'healthy', speed: 40 });
  proxy = await cuttingProxy(sandbox.kubeconfig);
  folder = mkdtempSync(join(tmpdir(), 'c2l-drill-'));
  writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
  writeFileSync(join(folder, 'backup.env'), sandbox.envBackupText, { mode: 0o600 });
  sandbox.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'c2l-drill' } });
  keepRevision();
});

afterAll(async () => {
  proxy.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

/** Something beside the stack's Secret that a drill loses too, with every field that must come back. */
function keepRevision(): void {
  sandbox.store.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'cloudtolocalllm-secrets.c2l-20260101t000000000z',
      namespace,
      labels: { 'c2l.dev/revision-of': 'cloudtolocalllm-secrets' },
      annotations: { 'c2l.dev/secret-name': 'cloudtolocalllm-secrets', 'c2l.dev/kept-at': '2026-01-01T00:00:00.000Z' },
    },
    type: 'c2l.dev/revision',
    immutable: true,
    data: { old: Buffer.from('older').toString('base64') },
  });
}

function drill(...argv: string[]) {
  return start(['dr-drill', ...argv, '--kubeconfig', join(folder, 'kubeconfig'), '-n', namespace, '-o', 'json'], {
    timeoutMs: 120_000,
  });
}

const run = (name: string) => drill('run', name, '--confirm', 'cut', '--from', `env:${join(folder, 'backup.env')}`);

/** What comes and goes by itself. */
const passing = new Set([
  'pods',
  'replicasets',
  'events',
  'endpoints',
  'endpointslices',
  'controllerrevisions',
  'leases',
]);

/** Every object of every namespace, without what the server sets itself. */
function everything(): Map<string, string> {
  // A result is kept of each drill, on purpose.
  const isResult = (object: { metadata: { name: string } }) => object.metadata.name.startsWith('c2l-drill-results.');
  const objects = resourceTypes
    .filter(({ name, createOnly }) => !passing.has(name) && createOnly !== true)
    .flatMap(({ name }) =>
      sandbox.store
        .list(name)
        .filter((object) => !isResult(object))
        .map((object) => ({ name, object })),
    );
  return new Map(
    objects.map(({ name, object }) => {
      const { labels, annotations, ownerReferences, finalizers } = object.metadata;
      const { metadata } = object;
      const rest = Object.entries(object).filter(([field]) => field !== 'metadata' && field !== 'status');
      const content = text([
        Object.fromEntries(rest),
        labels ?? {},
        annotations ?? {},
        ownerReferences ?? [],
        finalizers ?? [],
      ]);
      const settled = content
        .replace(/"(kubectl\.kubernetes\.io\/restartedAt|deployment\.kubernetes\.io\/revision)":"[^"]*",?/g, '')
        .replace(/"annotations":{},?/g, '');
      return [`${name} ${metadata.namespace ?? ''}/${metadata.name}`, settled];
    }),
  );
}

/** The order of fields says nothing. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  );
}

function differences(before: ReadonlyMap<string, string>): string[] {
  const after = everything();
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids].filter((id) => before.get(id) !== after.get(id)).map((id) => `${id} is not as it was`);
}

const isWrite = (line: string) => /^(POST|PUT|PATCH|DELETE) /.test(line) && !line.includes('selfsubjectaccessreviews');

/** Each kill takes seconds: otherwise one scenario is killed, after each of its journal lines. */
const scenarios = isExhaustive
  ? ['total-secret-loss', 'missing-keys', 'wrong-value', 'namespace-loss']
  : ['total-secret-loss'];

function momentsOf(line: string): readonly Moment[] {
  if (!isExhaustive) return isJournalLine(line) ? ['after'] : [];
  if (!isWrite(line)) return [];
  return isJournalLine(line) ? ['during', 'after'] : ['during'];
}

test.each(scenarios)('%s, killed at its journal lines and writes: after abort all is as it was', async (name) => {
  const before = everything();
  proxy.begin();
  expect(await run(name).finished).toMatchObject({ exitCode: 0 });
  expect(differences(before)).toEqual([]);
  const requests = [...proxy.requests];
  expect(requests.filter(isJournalLine).length).toBeGreaterThan(7);

  const wrong: string[] = [];
  for (const [index, line] of requests.entries()) {
    for (const moment of momentsOf(line)) {
      const place = `${moment} ${String(index)} ${line}`;
      const first = run(name);
      await killAt(proxy, first, { isMeant: (_, place) => place === index, moment });
      const ended = await drill('abort', '--yes').finished;
      const isNone = ended.stdout.includes('drill-not-found') && ended.stdout.includes('no drill is unfinished');
      if (ended.exitCode !== 0 && !isNone)
        wrong.push(`${place}: abort exit ${String(ended.exitCode)}: ${ended.stderr}`);
      wrong.push(...differences(before).map((text) => `${place}: ${text}`));
    }
  }
  expect(wrong).toEqual([]);
});
