import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { expectRefused, jsonOf, watchedSandbox } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const namespace = 'team';
const argv = ['fix-secrets', '-n', namespace, '--yes', '--from', 'env:values.env'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-other-secrets-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Team {
  /** The Secrets that are there, with what they have beside empty data. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What pods take: Secret and key. */
  readonly needs: readonly (readonly [secret: string, key: string])[];
  readonly backup: string;
}

/** A namespace that no stack file describes. */
async function addTeam({ store }: Sandbox, { secrets, needs, backup }: Team): Promise<void> {
  await writeFile(join(folder, 'values.env'), backup, { mode: 0o600 });
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const [name, { metadata = {}, ...rest }] of Object.entries(secrets)) {
    const all = { namespace, name, ...(metadata as object) };
    store.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: all, type: 'Opaque', data: {}, ...rest });
  }
  for (const [index, [name, key]] of needs.entries()) {
    const env = [{ name: 'VALUE', valueFrom: { secretKeyRef: { name, key } } }];
    const spec = { containers: [{ name: 'main', image: 'example.test/main', env }] };
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: `pod-${index}` }, spec });
  }
}

function keysIn({ store }: Sandbox, name: string): string[] {
  return Object.keys((store.get('secrets', namespace, name) as unknown as { data: object }).data);
}

describe('a name that several keys would be looked up by', () => {
  test.each([
    {
      of: 'two Secrets',
      needs: [
        ['pg', 'password'],
        ['redis', 'password'],
      ] as const,
      says: /pg\/password, redis\/password \(env:values\.env: PASSWORD is the name of both\).*; .*c2l\.yaml.*from/,
    },
    {
      of: 'one Secret',
      needs: [
        ['pg', 'pass-word'],
        ['pg', 'pass.word'],
      ] as const,
      says: /of team\/pg: pass-word, pass\.word \(env:values\.env: PASS_WORD is the name of both\)/,
    },
  ])('in $of is refused: nothing tells whose value it holds', async ({ needs, says }) => {
    const cluster = await watchedSandbox();
    await addTeam(cluster, { secrets: { pg: {}, redis: {} }, needs, backup: 'PASSWORD=one-value\nPASS_WORD=other\n' });
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };
    await expectRefused(argv, options, { exit: ExitCode.usage, code: 'values-invalid', says });
    expect(cluster.writes).toEqual([]);
  });

  test('is no obstacle where the stack file tells them apart', async () => {
    const cluster = await sandbox();
    const needs = [
      ['pg', 'password'],
      ['redis', 'password'],
    ] as const;
    await addTeam(cluster, { secrets: { pg: {}, redis: {} }, needs, backup: 'PASSWORD=one\nREDIS_PASSWORD=other\n' });
    const from = '{ env: REDIS_PASSWORD, azureKeyVault: redis-password }';
    await writeFile(
      join(folder, 'team.yaml'),
      `version: 1\nname: team\nnamespaces: [team]\nsecrets:\n  - name: redis\n    keys:\n      password: { from: ${from} }\n`,
    );
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };
    const result = await runCli([...argv, '--config', 'team.yaml'], options);
    expect([result.code, result.stderr]).toEqual([ExitCode.ok, expect.not.stringContaining('error')]);
    const { data } = cluster.store.get('secrets', namespace, 'redis') as unknown as { data: Record<string, string> };
    expect(data).toEqual({ password: Buffer.from('other').toString('base64') });
    expect(keysIn(cluster, 'pg')).toEqual(['password']);

    const elsewhere = ['audit', '-n', 'cloudtolocalllm', '--config', 'team.yaml'];
    const other = await runCli(elsewhere, options);
    const says = 'namespace cloudtolocalllm, no stack: team.yaml (team) is for namespace team\n';
    expect([other.stderr, other.stdout]).toEqual([expect.stringContaining(says), expect.stringContaining(says)]);
  });
});

describe('a Secret that may not be written', () => {
  const needs = [
    ['fixed', 'fixed-key'],
    ['plain', 'plain-key'],
    ['sealed', 'sealed-key'],
  ] as const;
  const backup = 'FIXED_KEY=one\nPLAIN_KEY=two\nSEALED_KEY=three\n';
  const ownerReferences = [{ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name: 'sealed', uid: '1' }];
  const secrets = { fixed: { immutable: true }, plain: {}, sealed: { metadata: { ownerReferences } } };

  test('is left alone, and the others are repaired', async () => {
    const cluster = await sandbox();
    await addTeam(cluster, { secrets, needs, backup });
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };

    const planned = jsonOf(await runCli([...argv, '--dry-run', '-o', 'json'], options));
    expect([planned.verdict, keysIn(cluster, 'plain')]).toEqual(['problems', []]);
    expect(planned.plan).toContainEqual(expect.objectContaining({ action: 'recreate' }));

    const result = await runCli([...argv, '-o', 'json'], options);
    expect([result.code, result.stderr]).toEqual([
      ExitCode.partial,
      expect.stringMatching(/warning: Secret team\/fixed is immutable.*: left alone/),
    ]);
    const { verdict, outcomes = [] } = jsonOf(result);
    expect(verdict).toBe('partial');
    const skipped = outcomes.filter(({ outcome }) => outcome === 'skipped');
    expect(skipped).toEqual([
      expect.objectContaining({ action: 'patch-secret', detail: expect.stringMatching(/immutable.*--recreate fixed/) }),
      expect.objectContaining({ action: 'patch-secret', detail: expect.stringMatching(/Sealed Secrets.*kubeseal/) }),
    ]);
    // Deleting is a plan that a person may agree to; the seal is not theirs to break.
    expect(planned.outcomes).toEqual(skipped.slice(1));
    expect(['fixed', 'plain', 'sealed'].map((name) => keysIn(cluster, name))).toEqual([[], ['plain-key'], []]);

    const again = await runCli([...argv, '-o', 'json'], options);
    expect([again.code, jsonOf(again).error]).toEqual([
      ExitCode.usage,
      {
        code: 'secret-owned',
        message: expect.stringMatching(/team\/fixed is immutable.*; Secret team\/sealed is written by Sealed Secrets/),
        hint: expect.stringMatching(/--recreate fixed.*kubeseal/),
      },
    ]);
  });
});

describe('pull credentials that the stack has built of a login', () => {
  const key = '.dockerconfigjson';
  const login = 'PULL_REGISTRY=registry.example.test\nPULL_USER=robot\n';
  const config = (password: string): string => {
    const auth = Buffer.from(`robot:${password}`).toString('base64');
    return JSON.stringify({ auths: { 'registry.example.test': { username: 'robot', password, auth } } });
  };
  const stack = `version: 1
name: team
namespaces: [team]
secrets:
  - name: pull
    type: kubernetes.io/dockerconfigjson
    keys:
      ${key}: { format: { kind: json }, from: { env: PULL_CONFIG, login: { registry: {}, user: {}, password: { env: PULL_TOKEN } } } }
`;

  async function fix(backup: string, answers?: readonly string[]) {
    const cluster = await sandbox();
    await addTeam(cluster, { secrets: {}, needs: [], backup });
    await writeFile(join(folder, 'pull.yaml'), stack);
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder, ...(answers && { answers }) };
    const result = await runCli([...argv, '--config', 'pull.yaml', '-o', 'json'], options);
    const made = cluster.store.get('secrets', namespace, 'pull') as unknown as
      { type: string; data: object } | undefined;
    return { result, made };
  }

  test.each([
    ['of its parts, one of which has a name of its own', `${login}PULL_TOKEN='se"cret'\n`, config('se"cret')],
    ['whole, where a source has it', `${login}PULL_TOKEN=other\nPULL_CONFIG='${config('whole')}'\n`, config('whole')],
  ])('are written %s', async (_, backup, expected) => {
    const { result, made } = await fix(backup);
    expect([result.code, result.stderr]).toEqual([ExitCode.ok, expect.anything()]);
    expect(made).toMatchObject({
      type: 'kubernetes.io/dockerconfigjson',
      data: { [key]: Buffer.from(expected).toString('base64') },
    });
  });

  test.each([
    ['their parts', ['registry.example.test', ' robot ', 'se"cret', 'se"cret'], config('se"cret')],
    [
      'their parts, of which the password was mistyped',
      ['registry.example.test', 'robot', 'a', 'b', 'c', 'c'],
      config('c'),
    ],
    ['the whole', ['', config('whole')], config('whole')],
  ])('are asked for where no source has them: %s', async (_, answers, expected) => {
    const { result, made } = await fix('OTHER=x\n', answers);
    expect([result.code, result.prompter.unused]).toEqual([ExitCode.ok, 0]);
    expect(result.prompter.questions[0]).toMatch(/^registry for \.dockerconfigjson of Secret team\/pull/);
    expect(made).toMatchObject({
      type: 'kubernetes.io/dockerconfigjson',
      data: { [key]: Buffer.from(expected).toString('base64') },
    });
  });

  test('are not written without a part, which is named', async () => {
    const { result, made } = await fix(login);
    expect([result.code, jsonOf(result).error?.message, made]).toEqual([
      ExitCode.usage,
      expect.stringMatching(/no source has pull-password to build it/),
      undefined,
    ]);
  });
});

describe('an immutable Secret', () => {
  const needs = [['fixed', 'fixed-key']] as const;
  const kept = Buffer.from('kept-value').toString('base64');
  const metadata = { labels: { team: 'shop' }, annotations: { note: 'n' } };
  const fixed = { immutable: true, metadata, type: 'example.test/kind', data: { kept } };
  const team = { secrets: { fixed }, needs, backup: 'FIXED_KEY=one\n' };

  test.each([
    ['all rights', []],
    // As under a Role that names the Secrets of a stack: the name of a copy is its time.
    ['no right to change a copy', [{ verb: 'patch', resource: 'secrets' }]],
  ])('that is named is deleted and created again, the same but for what it lacked, with %s', async (_name, denied) => {
    const cluster = await sandbox();
    for (const rule of denied) cluster.deny(rule);
    await addTeam(cluster, team);
    const before = cluster.store.get('secrets', namespace, 'fixed');
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };

    const refused = await runCli(argv, options);
    expect([refused.code, refused.stderr]).toEqual([ExitCode.usage, expect.stringMatching(/--recreate fixed/)]);
    expect(cluster.store.get('secrets', namespace, 'fixed')).toEqual(before);

    const { code, stdout, stderr } = await runCli([...argv, '--recreate', 'fixed'], options);
    expect([code, stderr]).toEqual([ExitCode.ok, expect.stringMatching(/delete and create again/)]);
    const said = stdout.replace(/\s+/g, ' ');
    expect(said).toMatch(/recreate secret\/fixed deleted and created again with 1 new value, read back/);
    const after = cluster.store.get('secrets', namespace, 'fixed');
    expect(after).toMatchObject({ immutable: true, type: 'example.test/kind', data: { kept }, metadata });
    expect(keysIn(cluster, 'fixed')).toEqual(['kept', 'fixed-key']);
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);

    // That run was not cut off: a Secret that goes later gets what the source holds by then.
    cluster.store.remove('secrets', namespace, 'fixed');
    await writeFile(join(folder, 'values.env'), 'FIXED_KEY=two\n');
    const later = await runCli([...argv], options);
    expect([later.code, keysIn(cluster, 'fixed')]).toEqual([ExitCode.ok, ['fixed-key']]);
    const created = { immutable: true, data: { 'fixed-key': Buffer.from('two').toString('base64') } };
    expect(cluster.store.get('secrets', namespace, 'fixed')).toMatchObject(created);
  });

  test('that is named wrongly is a typing error', async () => {
    const cluster = await watchedSandbox();
    await addTeam(cluster, team);
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };
    const says = /--recreate fixd names no Secret/;
    await expectRefused([...argv, '--recreate', 'fixd'], options, { exit: ExitCode.usage, code: 'usage', says });
    expect(cluster.writes).toEqual([]);
  });
});

describe('a source that is named where nothing is missing', () => {
  test.each([
    ['env:nowhere.env', 'source-unreadable', /nowhere\.env cannot be read/],
    ['vault:shop', 'source-invalid', /vault: is no kind of source/],
  ] as const)('is looked at all the same: %s', async (from, code, says) => {
    const cluster = await watchedSandbox({ scenario: 'healthy' });
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };
    await expectRefused(['fix-secrets', '--yes', '--from', from], options, { exit: ExitCode.usage, code, says });
    cluster.expectUntouched();
  });

  test('is not asked: a vault that cannot be reached is no obstacle', async () => {
    const cluster = await sandbox({ scenario: 'healthy' });
    const command = ['fix-secrets', '--yes', '--from', 'azure-key-vault:https://127.0.0.1:9'];
    const { code, stdout } = await runCli(command, { kubeconfig: cluster.kubeconfig, cwd: folder });
    expect([code, stdout]).toEqual([ExitCode.ok, expect.stringContaining('nothing to change')]);
  });
});

test('a value that is nowhere is told by the names that it was looked for by, once for each source', async () => {
  const cluster = await sandbox();
  const needs = [
    ['app', 'first-key'],
    ['app', 'second-key'],
  ] as const;
  await addTeam(cluster, { secrets: { app: {} }, needs, backup: 'OTHER=value\n' });
  const command = [...argv, '--from', 'azure-key-vault:https://127.0.0.1:9'];
  const azure = { limitMs: 300, credential: 'managed-identity' } as const;
  const { stderr } = await runCli(command, { kubeconfig: cluster.kubeconfig, cwd: folder, azure });
  expect(stderr).toMatch(
    /: first-key, second-key .*; asked env:values\.env for FIRST_KEY, SECOND_KEY and azure-key-vault:\S+ for the same names; /,
  );
});
