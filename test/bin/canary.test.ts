import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { filesOf, plantedWorld, valuesOf, type CanaryWorld } from '../support/canary-world.ts';
import { start } from '../support/built-program.ts';
import { leaksIn } from '../support/value-forms.ts';

let world: CanaryWorld;

beforeEach(async () => {
  world = await plantedWorld('total-secret-loss');
});

afterEach(() => world.close());

test('the built program leaves no value in its output, its home or its temporary files', async () => {
  const { folder, vault, kubeconfig } = world;
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  await mkdir(temporary);
  await world.give('kubeconfig', kubeconfig);
  await world.give('ca.pem', vault.caPem);
  const sources = ['--from', `azure-key-vault:${vault.url}`, '--from', `env:${join(folder, 'backup.env')}`];
  const argv = ['stabilize', '--yes', '--kubeconfig', join(folder, 'kubeconfig'), ...sources, '-v'];
  const env = {
    HOME: home,
    TMPDIR: temporary,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    IDENTITY_ENDPOINT: vault.identityEndpoint,
    IDENTITY_HEADER: vault.identityHeader,
  };

  const { exitCode, stdout, stderr } = await start(argv, { env }).finished;

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('secret/cloudtolocalllm-secrets')]);
  const texts = { stdout, stderr, ...(await filesOf(folder)) };
  const leaks = Object.entries(texts).filter(([, text]) => leaksIn(text, valuesOf(world)).length > 0);
  expect(leaks.map(([place]) => place)).toEqual([]);
  // What is looked through is what the program could have written to.
  await writeFile(join(temporary, 'left'), valuesOf(world)[0] ?? '');
  expect(Object.keys(await filesOf(folder))).toEqual([join(temporary, 'left')]);
  expect(await readdir(home)).toEqual([]);
});
