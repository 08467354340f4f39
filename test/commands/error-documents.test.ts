import { expect, test } from '@jest/globals';

import { parse } from 'yaml';

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

test('a command below another is called by both of its words', async () => {
  const asked = await runCli(['config', 'show', '-o', 'junit']);
  expect([asked.code, asked.stderr]).toEqual([
    2,
    'error: config show cannot answer with -o junit; -o takes text, json, yaml\n',
  ]);
  const { stdout } = await runCli(['runbook', 'show', 'nothing', '-o', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({ command: 'runbook show', verdict: 'error' });
});

test.each([
  ['json', (text: string): unknown => JSON.parse(text)],
  ['yaml', (text: string): unknown => parse(text)],
])('the list of runbooks is a document, too, as %s', async (format, read) => {
  const { code, stdout } = await runCli(['runbook', 'list', '-o', format]);
  const answer = read(stdout) as { readonly runbooks: readonly object[] };
  expect([code, answer]).toEqual([
    0,
    expect.objectContaining({ command: 'runbook list', verdict: 'ok', findings: [] }),
  ]);
  expect(answer.runbooks).toContainEqual({ name: 'tour', title: 'The tour', steps: expect.any(Number) });
});
