import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import { errorLines, everyCommand, expectRefused, watchedSandbox, type WatchedSandbox } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { fileSandbox, sandbox } from '../support/sandbox.ts';

const requests: string[] = [];
let home: string;
let cluster: WatchedSandbox;

beforeAll(async () => {
  cluster = await watchedSandbox({ onRequest: ({ path }) => requests.push(path) }, fileSandbox);
  home = await mkdtemp(join(tmpdir(), 'c2l-home-'));
  await writeFile(join(home, 'no-yaml'), 'contexts: [');
  await writeFile(join(home, 'empty'), '');
});

afterAll(async () => {
  await rm(home, { recursive: true });
});

describe.each(everyCommand)('$command', ({ argv }) => {
  test('no kubeconfig', async () => {
    const says = new RegExp(`no kubeconfig: .*${home}/\\.kube/config does not exist; .*--kubeconfig FILE`);
    await expectRefused(argv, { env: { HOME: home } }, { exit: ExitCode.usage, code: 'no-kubeconfig', says });
  });

  test('an unknown context: the ones there are are named, and the cluster is not asked', async () => {
    requests.length = 0;
    await expectRefused(
      [...argv, '--context', 'prod'],
      { kubeconfig: cluster.kubeconfig },
      {
        exit: ExitCode.usage,
        code: 'unknown-context',
        says: /context "prod" is not in the kubeconfig; name one with --context: c2l-sandbox/,
      },
    );
    expect(requests).toEqual([]);
  });

  test('a namespace that does not exist', async () => {
    await expectRefused(
      [...argv, '-n', 'shop-prod'],
      { kubeconfig: cluster.kubeconfig },
      {
        exit: ExitCode.usage,
        code: 'namespace-not-found',
        says: /namespace shop-prod does not exist in context c2l-sandbox; kubectl get namespaces/,
      },
    );
    cluster.expectUntouched();
  });
});

describe('a namespace that is not there', () => {
  test.each([
    ['misspelt', 'cloudtolocallm', 'did you mean cloudtolocalllm? kubectl get namespaces lists all'],
    ['only begun', 'cloud', 'did you mean cloudtolocalllm? kubectl get namespaces lists all'],
  ])('and is %s: the one that may be meant is named', async (_, name, hint) => {
    const says = new RegExp(`namespace ${name} does not exist in context c2l-sandbox; ${hint.replace('?', '\\?')}`);
    const refusal = { exit: ExitCode.usage, code: 'namespace-not-found', says } as const;
    await expectRefused(['audit', '-n', name], { kubeconfig: cluster.kubeconfig }, refusal);
  });

  test('and is misspelt, where namespaces may not be listed', async () => {
    const closed = await sandbox();
    closed.deny({ verb: 'list', resource: 'namespaces' });
    const says = /namespace cloudtolocallm does not exist in context c2l-sandbox; kubectl get namespaces/;
    const refusal = { exit: ExitCode.usage, code: 'namespace-not-found', says } as const;
    await expectRefused(['audit', '-n', 'cloudtolocallm'], { kubeconfig: closed.kubeconfig }, refusal);
  });
});

describe('a kubeconfig', () => {
  test('that is named and not there', async () => {
    const path = join(home, 'nowhere');
    const says = new RegExp(`kubeconfig ${path} does not exist; .*c2l stabilize --sandbox`);
    const refusal = { exit: ExitCode.usage, code: 'no-kubeconfig', says } as const;
    await expectRefused(['audit', '--kubeconfig', path], { env: { HOME: home } }, refusal);
    const byVariable = { ...refusal, says: new RegExp(`KUBECONFIG names ${path}, which does not exist; `) };
    await expectRefused(['audit'], { env: { HOME: home, KUBECONFIG: path } }, byVariable);
  });

  test.each([
    ['no-yaml', /no-yaml is not YAML/],
    ['empty', /empty is not a kubeconfig/],
  ] as const)('that cannot be used: %s', async (name, says) => {
    const refusal = { exit: ExitCode.usage, code: 'kubeconfig-invalid', says } as const;
    await expectRefused(['audit', '--kubeconfig', join(home, name)], {}, refusal);
  });
});

describe('a command line', () => {
  test.each([
    [
      ['generate', 'rbac'],
      /required option '--for <command>' not specified: one of audit, fix-secrets, .+; c2l generate rbac --help/,
    ],
    [['audti'], /unknown command 'audti' \(Did you mean audit\?\)/],
    [['help', 'audti'], /unknown command 'audti' \(Did you mean audit\?\)/],
    [['audit', '--namspace', 'shop'], /unknown option '--namspace' \(Did you mean --namespace\?\)/],
    [['audit', '-o', 'xml'], /'xml' is invalid: allowed choices are text, json, yaml/],
    [['audit', '--request-timeout', 'soon'], /expected a duration such as 500ms, 90s, 5m or 1h, not "soon"/],
    [['audit', '-A', '-n', 'shop'], /cannot be used with/],
    [['restart', 'shop'], /too many arguments/],
    [['stabilize', 'shop'], /too many arguments.*; to restore some Secrets or keys alone: c2l fix-secrets NAME/],
  ])('%j is refused before anything is looked for', async (argv, says) => {
    await expectRefused(argv, { env: { HOME: home } }, { exit: ExitCode.usage, code: 'usage', says });
  });

  test('a failure is told once, and in color only where there is some', async () => {
    const result = await runCli(['audit'], { env: { HOME: home } });
    expect(errorLines(result)).toHaveLength(1);
    expect(result.stderr).not.toContain('\u001b');
  });
});
