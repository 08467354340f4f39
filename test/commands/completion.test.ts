import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Command } from 'commander';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createProgram } from '../../src/cli.ts';
import { knownValueKind } from '../../src/command-line/value-kinds.ts';
import { findingCodes } from '../../src/core/findings/findings.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { startFakeServer } from '../support/fake-server.ts';
import { runCli } from '../support/run-cli.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'incident', speed: 100 });
  // Loads what speaks to a cluster: a second is enough for an answer, not for that as well.
  await runCli(['audit'], { kubeconfig: sandbox.kubeconfig });
});
afterAll(async () => {
  await sandbox.close();
});

/** The words that a shell is offered at the end of these, without what each is about. */
async function offered(words: readonly string[], kubeconfig = sandbox.kubeconfig): Promise<readonly string[]> {
  const { stdout, stderr, code } = await runCli(['__complete', ...words], { kubeconfig });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

const program = createProgram(
  {
    version: '0',
    program: 'c2l',
    print: () => undefined,
    createDeps: () => Promise.reject(new Error('nothing runs here')),
  },
  () => undefined,
  () => undefined,
);
const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];

describe('what the tree of commands knows', () => {
  test('offers every command of the program, each with what it is about', async () => {
    expect(await offered([''])).toEqual(program.commands.map((command) => command.name()));
    const { stdout } = await runCli(['__complete', 'dr-']);
    expect(stdout).toMatch(/^dr-drill\t\w/);
  });

  test('offers the commands below a command, and its options after a dash', async () => {
    expect(await offered(['dr-drill', ''])).toEqual(['list', 'describe', 'run', 'abort', 'resume', 'history']);
    expect(await offered(['fix-secrets', '--par'])).toEqual(['--partial']);
    expect(await offered(['audit', '--req'])).toEqual(['--request-timeout']);
  });

  test('offers after help what it can be about, and no option', async () => {
    expect(await offered(['help', 'dr'])).toEqual(['dr-drill']);
    expect(await offered(['help', 'dr-drill', 'r'])).toEqual(['run', 'resume']);
    expect(await offered(['help', 'audit', ''])).toEqual([]);
    expect(await offered(['help', 'nothing', ''])).toEqual([]);
  });

  test('offers the choices of an option, in each way of writing it', async () => {
    expect(await offered(['audit', '-o', 'j'])).toEqual(['json', 'junit']);
    expect(await offered(['audit', '--color', ''])).toEqual(['auto', 'always', 'never']);
    expect(await offered(['audit', '--color=a'])).toEqual(['--color=auto', '--color=always']);
    expect(await offered(['audit', '-oj'])).toEqual(['-ojson', '-ojunit']);
  });

  test('takes the value of an option for no argument, and nothing behind -- for an option', async () => {
    expect(await offered(['-n', 'audit', 'dr-drill', 'l'])).toEqual(['list']);
    expect(await offered(['audit', '--', '--co'])).toEqual([]);
  });

  test('has the shell add files and folders where they are asked for', async () => {
    expect(await offered(['audit', '--baseline', 'x'])).toEqual([':files']);
    expect(await offered(['generate', '--out', ''])).toEqual([':folders']);
    expect(await offered(['fix-secrets', '--from', 'e'])).toEqual(['env:', ':nospace']);
  });

  test('knows of every value of every option and argument what it is', () => {
    const unknown = all(program).flatMap((command) =>
      [...command.options.filter(({ required, optional }) => required || optional), ...command.registeredArguments]
        .filter((taker) => taker.argChoices === undefined && knownValueKind(taker) === undefined)
        .map((taker) => `${command.name()}: ${'flags' in taker ? taker.flags : taker.name()}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('what is looked up', () => {
  test('offers contexts of the kubeconfig, and namespaces and names of Secrets of the cluster', async () => {
    expect(await offered(['audit', '--context', ''])).toEqual(['c2l-sandbox']);
    expect(await offered(['audit', '-n', 'cloud'])).toEqual(['cloudtolocalllm']);
    expect(await offered(['history', '-n', 'cloudtolocalllm', 'cloudtolocalllm-s'])).toEqual([
      'cloudtolocalllm-secrets',
    ]);
    expect(await offered(['audit', '-n', 'cloudtolocalllm', 'statefulset/'])).toEqual([
      'statefulset/postgres',
      'statefulset/postgres-auth',
      'statefulset/redis-tunnel-state',
    ]);
    expect(await offered(['restart', '--confirm', 'c2l'])).toEqual(['c2l-sandbox']);
  });

  test('looks where the settings of the person say, unless a flag says otherwise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'c2l-completion-'));
    mkdirSync(join(folder, 'c2l'));
    writeFileSync(join(folder, 'kubeconfig'), sandbox.kubeconfig);
    writeFileSync(join(folder, 'c2l', 'config.yaml'), `defaults: { kubeconfig: ${join(folder, 'kubeconfig')} }`);
    const env = { XDG_CONFIG_HOME: folder, KUBECONFIG: '/nonexistent' };
    expect((await runCli(['__complete', 'audit', '-n', 'cloud'], { env })).stdout).toBe('cloudtolocalllm\n');
    const elsewhere = ['__complete', 'audit', '--kubeconfig', '/nonexistent', '-n', 'cloud'];
    expect((await runCli(elsewhere, { env })).stdout).toBe('');
    writeFileSync(join(folder, 'c2l', 'config.yaml'), 'defaults: { kubeconfigs: x }');
    expect(await runCli(['__complete', 'audit', '-n', 'cloud'], { env })).toMatchObject({
      stdout: '',
      stderr: '',
      code: 0,
    });
    rmSync(folder, { recursive: true });
  });

  test('offers keys, codes, runbooks and scenarios', async () => {
    expect(await offered(['fix-secrets', '--overwrite', 'jwt'])).toEqual(['jwt-secret']);
    expect(await offered(['explain', ''])).toEqual(Object.keys(findingCodes));
    expect(await offered(['dr-drill', 'run', 'total'])).toEqual(['total-secret-loss', ':files']);
    expect(await offered(['runbook', 'show', 'rest'])).toEqual(['restoring-application-secrets', ':files']);
  });

  test('offers the names of the embedded cluster without starting it', async () => {
    expect(await offered(['history', '--sandbox', ''])).toEqual(['cloudtolocalllm-secrets', 'regcred']);
    expect(await offered(['audit', '--sandbox', 'deployment/a'])).toEqual([
      'deployment/api-backend',
      'deployment/alertmanager',
    ]);
  });

  test('asks for names alone: no value of a Secret leaves the server', async () => {
    const asked: string[] = [];
    const server = await startFakeServer((response, { headers, path }) => {
      asked.push(`${headers.accept ?? ''} ${path}`);
      response.writeHead(403).end('{}');
    });
    expect(await offered(['history', '-n', 'shop', ''], server.kubeconfig())).toEqual([]);
    await server.close();
    expect(asked).toEqual([
      'application/json;as=Table;v=v1;g=meta.k8s.io /api/v1/namespaces/shop/secrets?limit=500&includeObject=None',
    ]);
  });

  test('is silent where there is no kubeconfig, and where the cluster is away or hangs', async () => {
    const { stdout, stderr, code } = await runCli(['__complete', 'audit', '--context', ''], {
      env: { HOME: '/nonexistent' },
    });
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: '', code: 0 });

    const hanging = await startFakeServer(() => undefined);
    const begun = performance.now();
    expect(await offered(['audit', '-n', ''], hanging.kubeconfig())).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(5000);
    await hanging.close();
    expect(await offered(['audit', '-n', ''], hanging.kubeconfig())).toEqual([]);
  });
});

test('the script is the same whatever form of answers is preferred, and refused where another is asked for', async () => {
  const { stdout } = await runCli(['completion', 'bash']);
  expect(await runCli(['completion', 'bash'], { env: { C2L_OUTPUT: 'json' } })).toMatchObject({ code: 0, stdout });
  expect(await runCli(['completion', 'bash', '-o', 'json'])).toMatchObject({ code: 2 });
});
