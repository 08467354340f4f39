import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliOptions } from '../support/run-cli.ts';

let sandbox: Sandbox;
let home: string;
let file: string;
beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'incident', speed: 100 });
  home = mkdtempSync(join(tmpdir(), 'c2l-config-'));
  file = join(home, 'c2l', 'config.yaml');
  mkdirSync(join(home, 'c2l'));
});
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await sandbox.close();
});

async function cli(argv: readonly string[], text: string, options: CliOptions = {}) {
  writeFileSync(file, text);
  const env = { XDG_CONFIG_HOME: home, ...options.env };
  return runCli(argv, { kubeconfig: sandbox.kubeconfig, ...options, env });
}

async function settings(argv: readonly string[], text: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout } = await cli(['config', 'show', '-o', 'json', ...argv], text, { env });
  const report = JSON.parse(stdout) as { settings: { name: string; value: unknown; origin: string }[] };
  return (name: string) => {
    const found = report.settings.find((each) => each.name === name);
    return [found?.value, found?.origin];
  };
}

describe('which setting holds', () => {
  const text = [
    'defaults:',
    '  request-timeout: 20s',
    '  stack: cloudtolocalllm',
    '  verbose: true',
    'contexts:',
    '  c2l-sandbox:',
    '    request-timeout: 30s',
    '    namespace: [cloudtolocalllm, argocd]',
  ].join('\n');

  test('a flag goes before the environment, that before the context, that before the defaults of the file', async () => {
    const env = { C2L_REQUEST_TIMEOUT: '40s' };
    expect((await settings(['--request-timeout', '50s'], text, env))('request-timeout')).toEqual([50_000, 'flag']);
    expect((await settings([], text, env))('request-timeout')).toEqual([40_000, 'C2L_REQUEST_TIMEOUT']);
    const found = await settings([], text);
    expect(found('request-timeout')).toEqual([30_000, 'config.yaml:7 contexts.c2l-sandbox']);
    expect(found('namespace')).toEqual([['cloudtolocalllm', 'argocd'], 'config.yaml:8 contexts.c2l-sandbox']);
    expect(found('verbose')).toEqual([true, 'config.yaml:4 defaults']);
    expect(found('color')).toEqual(['auto', 'default']);
  });

  test('what the command line chooses leaves no room for what would contradict it', async () => {
    const found = await settings(['-A'], text);
    expect(found('all-namespaces')).toEqual([true, 'flag']);
    expect(found('namespace')).toEqual([undefined, 'default']);
    expect((await settings(['--stack', 'other'], text, { C2L_CONFIG: 'x.yaml' }))('config')).toEqual([
      undefined,
      'default',
    ]);
  });

  test('the embedded cluster is chosen by nothing that is meant for others', async () => {
    const found = await settings(['--sandbox'], text, { C2L_CONTEXT: 'blue', C2L_NAMESPACE: 'shop' });
    expect([found('context'), found('namespace'), found('stack')]).toEqual(Array(3).fill([undefined, 'default']));
    expect(found('request-timeout')).toEqual([20_000, 'config.yaml:2 defaults']);
  });

  test('a switch of the environment is turned on or off by a word', async () => {
    expect((await settings([], text, { C2L_VERBOSE: '0' }))('verbose')).toEqual([false, 'C2L_VERBOSE']);
    expect((await settings([], '', { C2L_NO_INPUT: 'yes' }))('no-input')).toEqual([true, 'C2L_NO_INPUT']);
    const { code, stderr } = await cli(['explain'], '', { env: { C2L_VERBOSE: 'maybe' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: C2L_VERBOSE in the environment: expected true or false, not "maybe"/);
  });

  test.each([
    ['C2L_REQUEST_TIMEOUT', 'abc', 'expected a duration such as 500ms, 90s, 5m or 1h, not "abc"'],
    ['C2L_COLOR', 'blue', 'allowed choices are auto, always, never (it is "blue")'],
  ])('what is wrong with %s is said once, and where it stands', async (variable, value, told) => {
    const { code, stderr } = await cli(['explain'], '', { env: { [variable]: value } });
    expect([code, stderr]).toEqual([
      2,
      `error: ${variable} in the environment: ${told}; set another value, or unset ${variable}\n`,
    ]);
  });

  test('a command works by it, and consent is no setting', async () => {
    const { code, stdout } = await cli(['audit'], 'defaults: { output: json }');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toHaveProperty('command', 'audit');
    const fix = await cli(['fix-secrets'], '', { env: { C2L_YES: '1' } });
    expect(fix.code).toBe(2);
  });

  test('a form that is preferred is for what has it, and one that is typed for this command', async () => {
    const preferred = await cli(['restart', '--dry-run'], 'defaults: { output: markdown }');
    expect(preferred.stderr).not.toContain('error');
    expect(preferred.stdout).toMatch(/^c2l restart /);
    expect(await cli(['restart', '--dry-run', '-o', 'markdown'], '')).toMatchObject({
      code: 2,
      stderr: 'error: restart cannot answer with -o markdown; -o takes text, json, yaml\n',
    });
  });

  test('config show tells the origin as text, and config path the file', async () => {
    const { stdout } = await cli(['config', 'show', '--origin'], text);
    expect(stdout).toMatch(/^request-timeout +30s +config\.yaml:7 contexts\.c2l-sandbox$/m);
    expect((await cli(['config', 'path'], text)).stdout).toBe(`${file}\n`);
  });
});

test('where nothing is set, config show tells which kubeconfig and context are taken', async () => {
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, sandbox.kubeconfig);
  writeFileSync(file, '');
  const taken = async (...flags: readonly string[]) => {
    const { stdout } = await runCli(['config', 'show', '--origin', ...flags], {
      env: { XDG_CONFIG_HOME: home, KUBECONFIG: kubeconfig },
    });
    return /^kubeconfig +(.*)\ncontext +(.*)$/m
      .exec(stdout)
      ?.slice(1)
      .map((line) => line.split(/ {2,}/));
  };
  expect(await taken()).toEqual([
    [kubeconfig, 'KUBECONFIG'],
    ['c2l-sandbox', 'current-context'],
  ]);
  expect(await taken('--sandbox')).toEqual([
    ['-', 'default'],
    ['-', 'default'],
  ]);
});

test('config show ends in what opens the file, and makes its folder where there is none yet', async () => {
  const shown = async (folder: string) => {
    const { stdout } = await runCli(['config', 'show'], { env: { XDG_CONFIG_HOME: folder } });
    return stdout.replaceAll(/ \\\n +/g, ' ').slice(stdout.indexOf('next: '));
  };
  writeFileSync(file, 'defaults: { verbose: true }');
  expect(await shown(home)).toBe(`next: \${EDITOR:-vi} ${file}\n`);
  const [place, absent] = [join(home, 'new', 'c2l'), join(home, 'new', 'c2l', 'config.yaml')];
  expect(await shown(join(home, 'new'))).toBe(`next: mkdir -p ${place} && \${EDITOR:-vi} ${absent}\n`);
});

test.each([
  ['config', 'show, path'],
  ['runbook', 'list, show, run'],
])('%s alone names its commands', async (word, commands) => {
  const { code, stderr } = await runCli([word]);
  expect(code).toBe(2);
  expect(stderr).toBe(`error: c2l ${word} needs one of ${commands}; c2l ${word} --help\n`);
});

describe('a file that is wrong', () => {
  test.each([
    ['defaults:\n  output: jsn', ':2: defaults.output: allowed choices are text, json'],
    [
      'defaults:\n  request-timeout: soon',
      ':2: defaults.request-timeout: expected a duration such as 500ms, 90s, 5m or 1h, not "soon";',
    ],
    ['defaults:\n  outptu: json', ':2: defaults.outptu: no such setting; did you mean output?'],
    ['defaults:\n  yes: true', ':2: defaults.yes: no such setting'],
    ['contexts:\n  blue:\n    read-only: maybe', ':3: contexts.blue.read-only: expected true or false, not "maybe"'],
    ['contexts:\n  blue:\n    context: red', ':3: contexts.blue.context: no such setting'],
    ['default: {}', ':1: default: expected defaults or contexts'],
    ['- a', ':1: the file: expected names with values'],
    ['a: [', ':1: not YAML'],
  ])('%j is refused with the line and the value', async (text, told) => {
    const { code, stderr, stdout } = await cli(['audit', '-o', 'json'], text);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${file}${told}`);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'error', error: { code: 'config-invalid' } });
  });
});

describe('a context that is read-only', () => {
  const text = 'contexts:\n  c2l-sandbox: { read-only: true }';
  const args = ['-n', 'cloudtolocalllm'];

  test.each([
    ['fix-secrets', '--yes'],
    ['restart', '--yes'],
    ['stabilize', '--yes'],
    ['rollback', 'cloudtolocalllm-secrets', '--yes'],
    ['restore-sync', '--yes'],
    ['history', '--prune', '--yes'],
    ['doctor', '--clean', '--yes'],
    ['dr-drill', 'run', 'missing-keys', '--confirm', 'c2l-sandbox'],
    ['dr-drill', 'abort', '--yes'],
  ])('refuses %s %s', async (...command) => {
    const { code, stderr } = await cli([...command, ...args], text);
    expect(code).toBe(2);
    expect(stderr).toContain('error: context c2l-sandbox is read-only by your settings; nothing was changed');
  });

  test.each([
    [['audit']],
    [['verify', '--timeout', '1ms']],
    [['history']],
    [['doctor']],
    [['fix-secrets', '--dry-run']],
  ])('lets %j look', async (command) => {
    const { stderr } = await cli([...command, ...args], text);
    expect(stderr).toContain('read-only');
    expect(stderr).not.toContain('is read-only by your settings');
  });

  test('is so by the flag and by the environment as well, and no weaker setting takes it back', async () => {
    const command = ['restart', '--yes', ...args];
    expect((await cli([...command, '--read-only'], '')).stderr).toContain('is read-only');
    expect((await cli(command, '', { env: { C2L_READ_ONLY: '1' } })).stderr).toContain('is read-only');
    expect((await cli(command, text, { env: { C2L_READ_ONLY: '0' } })).stderr).toContain('is read-only');
    expect((await cli(command, 'defaults: { read-only: true }')).stderr).toContain('is read-only');
  });
});

test('a context that is production is confirmed by its name', async () => {
  const text = 'contexts:\n  c2l-sandbox: { production: true }';
  const command = ['fix-secrets', '-n', 'cloudtolocalllm', '--from', 'env:-', '--yes'];
  const { code, stderr } = await cli(command, text, { stdin: [sandbox.envBackupText] });
  expect(code).toBe(2);
  expect(stderr).toContain('c2l-sandbox is production: --yes alone is not consent; add --confirm c2l-sandbox');
});
