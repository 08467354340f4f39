import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expectRefused } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { fileSandbox } from '../support/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

const namespace = 'cloudtolocalllm';
const argv = ['migrate', 'cloudtolocalllm-secrets', '--to', 'monitoring', '--stack', 'cloudtolocalllm', '--yes'];

let world: Sandbox;
let folder: string;
/** What may not be listed. */
let hidden = /^$/;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-migrate-'));
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });
  world = await fileSandbox({
    scenario: 'healthy',
    intercept: ({ method, path }) => (method === 'GET' && hidden.test(path) ? { status: 403, body } : undefined),
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ownSecret = () => world.store.get('secrets', namespace, 'cloudtolocalllm-monitoring');

test('whoever may not see the workloads neither copies for them nor takes from them', async () => {
  const options = { kubeconfig: world.kubeconfig, cwd: folder };
  const refusal = { exit: 2, code: 'forbidden', says: /not allowed to list deployments/ } as const;
  hidden = /\/deployments\b/;
  await expectRefused(argv, options, refusal);
  expect(ownSecret()).toBeUndefined();

  hidden = /^$/;
  const copied = await runCli(argv, options);
  expect(copied.code).toBe(0);
  expect(copied.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  hidden = /\/deployments\b/;
  await expectRefused([...argv, '--undo'], options, refusal);
  expect(ownSecret()).toBeDefined();
  hidden = /^$/;
  const undone = await runCli([...argv, '--undo'], options);
  expect(undone.code).toBe(0);
  expect(ownSecret()).toBeUndefined();
});

test('a name that several namespaces have is asked for with its namespace', async () => {
  const secret = (place: string) => `  - { name: pair, namespace: ${place}, keys: { user: {} } }\n`;
  const text = `version: 1\nname: shop\nnamespaces: [${namespace}, argocd]\nsecrets:\n${secret(namespace)}${secret('argocd')}`;
  writeFileSync(join(folder, 'two.yaml'), text);
  const options = { kubeconfig: world.kubeconfig, cwd: folder };
  await expectRefused(['migrate', 'pair', '--to', 'sealed-secrets', '--config', 'two.yaml', '--yes'], options, {
    exit: 2,
    code: 'usage',
    says: /in which namespace is Secret pair\?; c2l migrate cloudtolocalllm\/pair --to sealed-secrets(?: --config two\.yaml)?, or argocd\/pair/,
  });
});
