import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startVault } from '../../src/sandbox/vault/vault.ts';
import { errorLines, jsonOf } from '../support/refusals.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(60_000);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const value = (letter: string): string => letter.repeat(20);

describe.each(worldKinds.filter(({ isThere }) => isThere))('repairing a Secret on $name', (kind) => {
  let world: World;
  let folder: string;
  const deployments = () => `/apis/apps/v1/namespaces/${world.namespace}/deployments`;

  beforeAll(async () => {
    world = await kind.start();
    folder = mkdtempSync(join(tmpdir(), 'c2l-repairs-'));
  });

  afterEach(async () => {
    await world.send('DELETE', `${deployments()}/app`);
    for (const { metadata } of await secrets()) await world.send('DELETE', `secrets/${metadata.name}`);
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await world.close();
  });

  async function secrets(): Promise<KubeObject[]> {
    return ((await world.send('GET', 'secrets')).body['items'] ?? []) as KubeObject[];
  }

  async function dataOf(name: string): Promise<unknown> {
    return (await world.send('GET', `secrets/${name}`)).body['data'];
  }

  /** Of what its revisions hold, each state once. */
  async function kept(): Promise<string[]> {
    const revisions = (await secrets()).filter(({ type }) => type === 'c2l.dev/revision');
    return [...new Set(revisions.map(({ data }) => String((data as Record<string, string>)['a'])))];
  }

  async function create(fields: { readonly metadata: object }): Promise<void> {
    const { status, text } = await world.send('POST', 'secrets', fields);
    expect([status, text]).toEqual([201, expect.anything()]);
  }

  /** Nothing of it runs: what is asked here is about its Secret. */
  async function workload(...keys: readonly string[]): Promise<void> {
    const env = keys.map((key) => ({ name: key, valueFrom: { secretKeyRef: { name: 'app', key } } }));
    const template = {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'app', image: 'busybox:1.36', env }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: 'app' } }, template };
    expect((await world.send('POST', deployments(), { metadata: { name: 'app' }, spec })).status).toBe(201);
  }

  function env(name: string, values: Readonly<Record<string, string>>): string[] {
    const lines = Object.entries(values).map(([key, text]) => `${key}='${text}'\n`);
    writeFileSync(join(folder, name), lines.join(''), { mode: 0o600 });
    return ['--from', `env:${name}`];
  }

  const fix = (argv: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(['fix-secrets', '-n', world.namespace, ...argv], { kubeconfig: world.kubeconfig, cwd: folder, ...options });

  test('of a release of Helm tells whose it is, warns that its upgrade may undo it, and writes', async () => {
    await workload('a', 'b');
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const annotations = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': world.namespace };
    await create({ metadata: { name: 'app', labels, annotations }, ...{ data: { a: base64(value('a')) } } });
    const { code, stderr } = await fix(['--yes', ...env('b.env', { B: value('b') })]);
    expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining('app belongs to Helm release shop: its next upgrade may undo this'),
    ]);
    const { body } = await world.send('GET', 'secrets/app');
    expect(body).toMatchObject({
      metadata: { labels, annotations },
      data: { a: base64(value('a')), b: base64(value('b')) },
    });
  });

  test('from a file and a vault that each lack a key: neither does it alone, both do', async () => {
    await workload('in-file', 'in-vault');
    const vault = await startVault({ secrets: { 'in-vault': { value: value('v') } } });
    try {
      process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
      process.env['IDENTITY_HEADER'] = vault.identityHeader;
      const azure = { caPem: vault.caPem, credential: 'managed-identity' } as const;
      const fromFile = env('file.env', { IN_FILE: value('f') });
      const fromVault = ['--from', `azure-key-vault:${vault.url}`];
      const [file, stored] = await Promise.all([fromFile, fromVault].map((from) => fix(['--yes', ...from], { azure })));
      expect([file?.code, errorLines(file!)]).toEqual([
        2,
        [expect.stringMatching(/for 1 key of \S+\/app: in-vault; asked env:file.env for IN_VAULT; /)],
      ]);
      expect([stored?.code, errorLines(stored!)]).toEqual([
        2,
        [expect.stringMatching(/for 1 key of \S+\/app: in-file; asked azure-key-vault:\S+ for the same names; /)],
      ]);
      expect(await dataOf('app')).toBeUndefined();
      const both = await fix(['--yes', ...fromFile, ...fromVault], { azure });
      expect([both.code, errorLines(both)]).toEqual([0, []]);
      expect(await dataOf('app')).toEqual({ 'in-file': base64(value('f')), 'in-vault': base64(value('v')) });
    } finally {
      delete process.env['IDENTITY_ENDPOINT'];
      delete process.env['IDENTITY_HEADER'];
      await vault.close();
    }
  });

  describe.each([
    ['lacks a key', { data: { a: base64(value('a')) } }, [true]],
    ['is immutable and lacks a key', { data: { a: base64(value('a')) }, immutable: true }, [true, true]],
    ['is gone', undefined, [true]],
  ])('by two people at once, where it %s', (_state, fields, answers) => {
    test('one writes, the other is told who and when, and the way back is kept', async () => {
      await workload('b');
      if (fields !== undefined) await create({ metadata: { name: 'app' }, ...fields });
      let arrived = 0;
      let go: () => void = () => undefined;
      const both = new Promise<void>((resolve) => (go = resolve));
      const beforeAnswer = (): Promise<void> => {
        arrived += 1;
        if (arrived === 2) go();
        return both;
      };
      const people = ['1', '2'].map((who) => ({ who, from: env(`${who}.env`, { B: value(who) }) }));
      const results = await Promise.all(
        people.map(({ from }) => fix([...from, '-o', 'json'], { answers, beforeAnswer })),
      );
      expect(results.map(({ code }) => code).sort()).toEqual([0, 4]);
      const winner = people[results.findIndex(({ code }) => code === 0)];
      const loser = results.find(({ code }) => code === 4)!;
      const failed = jsonOf(loser).outcomes?.filter(({ outcome }) => outcome === 'failed') ?? [];
      expect(failed.map(({ detail }) => detail)).toEqual([
        expect.stringMatching(/, by c2l \(tester-\d+@here[^)]*\) at 20\S+ \S+ UTC; c2l fix-secrets plans again/),
      ]);
      expect(await dataOf('app')).toEqual({ ...fields?.data, b: base64(value(winner!.who)) });
      expect(await kept()).toEqual(fields === undefined ? [] : [fields.data.a]);
      const again = await fix(['--yes', ...people[0]!.from]);
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing')]);
    });
  });
});
