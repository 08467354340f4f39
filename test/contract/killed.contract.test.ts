import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { start } from '../support/built-program.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { cuttingProxy, type CuttingProxy } from './support/cutting-proxy.ts';
import { everyMoment, isChange, killAtEach } from './support/killed-runs.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(600_000);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const kept = { user: base64('app'), token: base64('t'.repeat(20)) };
const lost = { password: base64('p'.repeat(20)), 'session-key': base64('s'.repeat(32)) };
const whole = { ...kept, ...lost };
const withoutMark = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'c2l.dev.fingerprint-key'));

/** One command that writes: what it begins from, and what must be true once it has been run again. */
interface Sequence {
  readonly name: string;
  readonly before: Readonly<Record<string, string>> | undefined;
  readonly argv: readonly string[];
  readonly after: Readonly<Record<string, string>>;
  /** Whether it cannot be changed, and is deleted and created again. */
  readonly immutable?: true;
  /** What the one revision holds; none where nothing was there to keep. */
  readonly revision: Readonly<Record<string, string>> | undefined;
}

const sequences: readonly Sequence[] = [
  { name: 'a Secret that lost keys', before: kept, argv: ['fix-secrets'], after: whole, revision: kept },
  {
    name: 'an immutable Secret that lost keys',
    before: kept,
    argv: ['fix-secrets', '--recreate', 'app'],
    after: whole,
    immutable: true,
    revision: kept,
  },
  { name: 'a Secret that is gone', before: undefined, argv: ['fix-secrets'], after: whole, revision: undefined },
];

const methodOf = (line: string): string | undefined => line.split(' ')[0];

function isFirstOfItsKind(requests: readonly string[], index: number): boolean {
  const method = methodOf(requests[index] ?? '');
  return requests.findIndex((other) => isChange(other) && methodOf(other) === method) === index;
}

describe.each(worldKinds)('a run that is killed, on $name', (kind) => {
  const run = kind.isThere ? test : test.skip;
  let world: World;
  let proxy: CuttingProxy;
  let folder: string;
  /** What a Secret bears that is not its values. */
  let marks: Record<string, unknown>;

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start();
    proxy = await cuttingProxy(world.kubeconfig);
    folder = mkdtempSync(join(tmpdir(), 'c2l-killed-'));
    writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
    const lines = Object.entries(whole).map(
      ([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${Buffer.from(value, 'base64').toString()}'`,
    );
    writeFileSync(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });
    const env = Object.keys(whole).map((key) => ({
      name: key.toUpperCase().replaceAll('-', '_'),
      valueFrom: { secretKeyRef: { name: 'app', key } },
    }));
    const template = {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'app', image: 'busybox:1.36', env }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: 'app' } }, template };
    const path = `/apis/apps/v1/namespaces/${world.namespace}/deployments`;
    const made = await world.send('POST', path, { metadata: { name: 'app' }, spec });
    expect(made.status).toBe(201);
    const { uid } = made.body.metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app', uid };
    marks = { labels: { team: 'shop' }, annotations: { note: 'n' }, ownerReferences: [owner] };
  });

  afterAll(async () => {
    if (!kind.isThere) return;
    proxy.close();
    rmSync(folder, { recursive: true });
    await world.close();
  });

  async function secrets(): Promise<readonly KubeObject[]> {
    const { body } = await world.send('GET', 'secrets');
    return body['items'] as KubeObject[];
  }

  async function reset({ before, immutable }: Sequence): Promise<void> {
    for (const { metadata } of await secrets()) await world.send('DELETE', `secrets/${metadata.name}`);
    if (before === undefined) return;
    const { status } = await world.send('POST', 'secrets', {
      metadata: { name: 'app', ...marks },
      type: 'example.test/kind',
      ...(immutable && { immutable }),
      data: before,
    });
    expect(status).toBe(201);
  }

  function program({ argv }: Sequence) {
    const from = ['--from', `env:${join(folder, 'backup.env')}`];
    const where = ['--kubeconfig', join(folder, 'kubeconfig'), '-n', world.namespace];
    return start([...argv, ...from, ...where, '--yes']);
  }

  /** What is not as it must be, in words. */
  async function problems(sequence: Sequence): Promise<string[]> {
    const all = await secrets();
    const found = all.find(({ metadata }) => metadata.name === 'app');
    const app = found?.['data'] as Record<string, string> | undefined;
    const revisions = all.filter(({ type }) => type === 'c2l.dev/revision');
    const expected = sequence.revision === undefined ? [] : [sequence.revision];
    const held = revisions.map(({ data }) => withoutMark(data as Record<string, string>));
    const isOther =
      sequence.before !== undefined &&
      !isSame(besideValues(found), { ...marks, immutable: sequence.immutable ?? false });
    return [
      ...(isOther ? [`the Secret is ${JSON.stringify(besideValues(found))}`] : []),
      ...(isSame(app, sequence.after) ? [] : [`the Secret holds ${Object.keys(app ?? {}).join(', ')}`]),
      ...(isSame(held, expected) ? [] : [`${String(held.length)} revisions, or one of another state`]),
      ...(all.length === revisions.length + 1 ? [] : ['stray Secrets']),
    ];
  }

  run.each(sequences)('at any request leaves what a second run makes right: $name', async (sequence) => {
    const { requests, kills, wrong } = await killAtEach(proxy, {
      reset: () => reset(sequence),
      start: () => program(sequence),
      exitCode: 0,
      problems: () => problems(sequence),
      moments: (line, index, all) =>
        kind.isSandbox || isExhaustive || (isChange(line) && isFirstOfItsKind(all, index)) ? everyMoment(line) : [],
    });
    expect(wrong).toEqual([]);
    const kinds = new Set(requests.filter(isChange).map(methodOf));
    expect(kills.length).toBeGreaterThanOrEqual(3 * kinds.size);
  });
});

function besideValues(secret: KubeObject | undefined): unknown {
  const {
    labels,
    annotations = {},
    ownerReferences,
  } = (secret?.metadata ?? {}) as KubeObject['metadata'] & Record<string, unknown>;
  const own = Object.entries(annotations).filter(([name]) => !name.startsWith('c2l.dev/'));
  expect(secret?.['type']).toBe('example.test/kind');
  return { labels, annotations: Object.fromEntries(own), ownerReferences, immutable: secret?.['immutable'] === true };
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
