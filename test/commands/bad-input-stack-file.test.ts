import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import { everyCommand, expectRefused, watchedSandbox, type WatchedSandbox } from '../support/refusals.ts';
import { fileSandbox } from '../support/sandbox.ts';

const head = 'version: 1\nname: shop\nnamespaces: [shop]\n';
const component = (name: string, dependsOn: string): string =>
  `  - { name: ${name}, workload: Deployment/${name}, dependsOn: [${dependsOn}] }\n`;

const files: readonly (readonly [string, string, RegExp])[] = [
  ['wrong key', `${head}secretz: []\n`, /:4: secretz: unknown key; did you mean secrets\?/],
  ['wrong type', 'version: 1\nname: shop\nnamespaces: shop\n', /:3: namespaces: expected a list, found "shop"/],
  ['unknown version', 'version: 7\nname: shop\n', /:1: version: 7 is not known; this c2l reads version: 1/],
  [
    'cycle',
    `${head}components:\n${component('api', 'db')}${component('db', 'api')}`,
    /:5: components\[0\]\.dependsOn: components depend on each other: api → db → api/,
  ],
  ['dependency on nothing', `${head}components:\n${component('api', 'bd')}`, /:5: .*no component is called bd/],
  ['several things wrong', `${head}secretz: []\nproduktion: {}\n`, /:4: secretz: .*; .*:5: produktion: /],
  ['no YAML', 'version: [1\n', /: not YAML: /],
  ['empty', '', /./],
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-stacks-'));
  await mkdir(join(folder, 'a-folder'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test.each(files)('%s: each problem with its line, and what to do', async (_, text, says) => {
  await writeFile(join(folder, 'shop.yaml'), text);
  const refusal = { exit: ExitCode.usage, code: 'stack-invalid', says } as const;
  await expectRefused(['audit', '--config', 'shop.yaml'], { cwd: folder }, refusal);
  await expectRefused(
    ['audit', '--config', 'shop.yaml'],
    { cwd: folder },
    { ...refusal, says: /shop\.yaml:\d+: .*; correct shop\.yaml and run the same command again$/m },
  );
});

test.each([
  ['--config', 'nowhere.yaml', 'stack-not-found', /there is no stack file nowhere\.yaml; /],
  ['--config', 'a-folder', 'stack-invalid', /a-folder cannot be read: it is a folder; /],
  ['--stack', 'shop', 'stack-not-found', /no stack called shop ships with c2l; --stack takes cloudtolocalllm/],
] as const)('%s %s is not there', async (flag, value, code, says) => {
  await expectRefused(['audit', flag, value], { cwd: folder }, { exit: ExitCode.usage, code, says });
});

describe('before the cluster is asked anything', () => {
  const requests: string[] = [];
  let cluster: WatchedSandbox;

  beforeAll(async () => {
    cluster = await watchedSandbox({ onRequest: ({ path }) => requests.push(path) }, fileSandbox);
  });

  test.each(everyCommand)('$command', async ({ argv }) => {
    await writeFile(join(folder, 'c2l.yaml'), 'version: 7\n');
    const refusal = { exit: ExitCode.usage, code: 'stack-invalid', says: /c2l\.yaml:1: version: 7 / } as const;
    await expectRefused(argv, { kubeconfig: cluster.kubeconfig, cwd: folder }, refusal);
    await rm(join(folder, 'c2l.yaml'));
    expect(requests).toEqual([]);
  });
});
