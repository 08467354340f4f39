import { expect, test } from '@jest/globals';

import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const argv = ['fix-secrets', '--yes', '-o', 'json'];

test('a refusal says on which cluster, and when', async () => {
  const { kubeconfig, url } = await sandbox();
  const before = new Date().toISOString();

  const { stdout } = await runCli(argv, { kubeconfig });

  const document = JSON.parse(stdout) as { takenAt: string };
  expect(document).toMatchObject({
    command: 'fix-secrets',
    context: 'c2l-sandbox',
    server: url,
    namespaces: ['cloudtolocalllm'],
    stack: 'cloudtolocalllm',
    verdict: 'error',
    error: { code: 'values-missing' },
  });
  expect(document.takenAt >= before).toBe(true);
});

test('a refusal before any cluster was chosen names none', async () => {
  const { stdout } = await runCli([...argv, '--kubeconfig', '/does-not-exist']);

  expect(Object.keys(JSON.parse(stdout) as object)).toEqual([
    'schemaVersion',
    'command',
    'verdict',
    'findings',
    'error',
  ]);
});
