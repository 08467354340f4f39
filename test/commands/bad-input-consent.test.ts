import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import {
  errorLines,
  expectRefused,
  isWrite,
  jsonOf,
  watchedSandbox,
  type WatchedSandbox,
} from '../support/refusals.ts';
import { runCli, type CliOptions } from '../support/run-cli.ts';
import { backupValues } from '../support/sandbox.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { ctrlC, type ScriptedAnswer } from '../support/terminal.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-consent-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function withBackup(cluster: WatchedSandbox): Promise<CliOptions> {
  await writeFile(join(folder, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  return { kubeconfig: cluster.kubeconfig, cwd: folder };
}

/** An incident whose values are back while kubelet still waits: what is left to do is to replace pods. */
async function restored(options: Parameters<typeof watchedSandbox>[0] = {}): Promise<WatchedSandbox> {
  const cluster = await watchedSandbox({ speed: 0.01, ...options });
  await new SandboxApi(cluster).patchSecret(backupValues(cluster));
  return cluster;
}

const fixing = ['fix-secrets', '--from', 'env:backup.env'];
const walking = ['stabilize', '--from', 'env:backup.env'];

describe('without a terminal and without --yes', () => {
  test.each([{ argv: fixing }, { argv: walking }])('$argv.0 changes nothing', async ({ argv }) => {
    const cluster = await watchedSandbox();
    await expectRefused(argv, await withBackup(cluster), {
      exit: ExitCode.usage,
      code: 'confirmation-needed',
      says: /add 9 values in cloudtolocalllm\/cloudtolocalllm-secrets needs consent .*; add --yes/,
    });
    cluster.expectUntouched();
  });

  test('restart replaces no pod', async () => {
    const cluster = await restored();
    const { length } = cluster.writes;
    await expectRefused(['restart'], await withBackup(cluster), {
      exit: ExitCode.usage,
      code: 'confirmation-needed',
      says: /replace \d pods that serve nobody needs consent .*; add --yes/,
    });
    expect(cluster.writes).toHaveLength(length);
  });
});

describe('on production', () => {
  async function productionStack(cluster: WatchedSandbox): Promise<CliOptions> {
    const shipped = await readFile(new URL('../../src/stacks/cloudtolocalllm.yaml', import.meta.url), 'utf8');
    expect(shipped).not.toMatch(/^production:/m);
    await writeFile(join(folder, 'production.yaml'), `${shipped}\nproduction:\n  namespaces: [cloudtolocalllm]\n`);
    return withBackup(cluster);
  }

  test.each([
    {
      more: ['--yes'],
      says: /cloudtolocalllm is production: --yes alone is not consent; add --confirm cloudtolocalllm/,
    },
    { more: ['--yes', '--confirm', 'shop'], says: /--confirm shop does not name cloudtolocalllm; --confirm cloud/ },
  ])('$more is not consent', async ({ more, says }) => {
    const cluster = await watchedSandbox();
    const options = await productionStack(cluster);
    for (const argv of [fixing, walking]) {
      const refusal = { exit: ExitCode.usage, code: 'confirmation-needed', says } as const;
      await expectRefused([...argv, '--config', 'production.yaml', ...more], options, refusal);
    }
    cluster.expectUntouched();
  });

  test('its name is, and another one typed is a No', async () => {
    const cluster = await watchedSandbox();
    const options = await productionStack(cluster);
    const declined = await runCli([...fixing, '--config', 'production.yaml'], { ...options, answers: ['shop'] });
    expect(declined.code).toBe(ExitCode.declined);
    cluster.expectUntouched();
    const named = [...fixing, '--config', 'production.yaml', '--confirm', 'cloudtolocalllm'];
    expect((await runCli(named, options)).code).toBe(ExitCode.ok);
  });
});

const wishes: readonly { wish: 'declined' | 'interrupted'; answer: ScriptedAnswer; exit: ExitCode }[] = [
  { wish: 'declined', answer: false, exit: ExitCode.declined },
  { wish: 'interrupted', answer: ctrlC, exit: ExitCode.interrupted },
];

describe.each(wishes)('at the question: $wish', ({ wish, answer, exit }) => {
  test.each([{ argv: fixing }, { argv: walking }])('$argv.0 changes nothing and is no error', async ({ argv }) => {
    const cluster = await watchedSandbox();
    const options: CliOptions = { ...(await withBackup(cluster)), answers: [answer] };
    const text = await runCli(argv, options);
    expect([text.code, errorLines(text)]).toEqual([exit, []]);
    expect(text.stdout + text.stderr).toMatch(wish);

    const json = await runCli([...argv, '-o', 'json'], options);
    expect([json.code, errorLines(json)]).toEqual([exit, []]);
    expect(jsonOf(json).verdict).toBe(wish);
    cluster.expectUntouched();
  });

  test('restart replaces no pod', async () => {
    const cluster = await restored();
    const { length } = cluster.writes;
    const options: CliOptions = { ...(await withBackup(cluster)), answers: [answer] };
    const json = await runCli(['restart', '-o', 'json'], options);
    expect([json.code, jsonOf(json).verdict]).toEqual([exit, wish]);
    expect(cluster.writes).toHaveLength(length);
  });

  test('the second question of the walk: what was written before it is told', async () => {
    const cluster = await watchedSandbox({ speed: 0.01 });
    const options: CliOptions = { ...(await withBackup(cluster)), answers: [true, answer] };
    const result = await runCli([...walking, '-o', 'json'], options);
    const { verdict, phases } = jsonOf(result);
    // "Declined" would promise that nothing changed.
    const expected = wish === 'declined' ? ['partial', ExitCode.partial] : [wish, exit];
    expect([verdict, result.code]).toEqual(expected);
    expect(phases!.map((phase) => [phase.name, phase.verdict])).toEqual([
      ['audit', 'problems'],
      ['fix-secrets', 'ok'],
      ['restart', wish],
      ['verify', 'skipped'],
    ]);
  });
});

describe('Ctrl-C', () => {
  test.each([{ output: 'text' }, { output: 'json' }])('while pods are waited for, $output', async ({ output }) => {
    const interruption = new AbortController();
    let isReplaced = false;
    const cluster = await restored({
      speed: 0.1,
      onRequest: (request) => {
        if (request.path.endsWith('/eviction')) isReplaced = true;
        else if (isReplaced && !isWrite(request)) interruption.abort();
      },
    });
    const options = { ...(await withBackup(cluster)), signal: interruption.signal };
    const result = await runCli(['restart', '--yes', '-o', output], options);
    expect([result.code, errorLines(result)]).toEqual([ExitCode.interrupted, []]);
    if (output === 'text') {
      // However the table wraps its lines.
      expect(result.stdout.replace(/\s+/g, ' ')).toMatch(/interrupted while .*; c2l restart goes on from here/);
      return;
    }
    const { verdict, outcomes } = jsonOf(result);
    expect(verdict).toBe('interrupted');
    const words = new Set(outcomes!.map(({ action, outcome }) => `${action} ${outcome}`));
    expect([...words]).toEqual(expect.arrayContaining(['replace-pod done', 'wait-ready skipped']));
  });

  test('in the middle of a write: the write is finished and told', async () => {
    const interruption = new AbortController();
    const cluster = await watchedSandbox({
      intercept: (request) => {
        if (request.method === 'PATCH' && isWrite(request)) interruption.abort();
        return undefined;
      },
    });
    const options = { ...(await withBackup(cluster)), signal: interruption.signal };
    const { code, stdout } = await runCli([...walking, '--yes', '-o', 'json'], options);
    const { verdict, phases } = jsonOf({ stdout });
    expect([code, verdict]).toEqual([ExitCode.interrupted, 'interrupted']);
    expect(phases!.map((phase) => [phase.name, phase.verdict])).toEqual([
      ['audit', 'problems'],
      ['fix-secrets', 'ok'],
      ['restart', 'interrupted'],
      ['verify', 'skipped'],
    ]);
    expect(stdout).not.toContain('nothing was changed');
  });
});
