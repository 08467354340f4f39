import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { plantedWorld, valuesOf, type CanaryWorld } from '../support/canary-world.ts';
import { start } from '../support/built-program.ts';
import { leaksIn } from '../support/value-forms.ts';

let world: CanaryWorld;
let programs: string;
let record: string;

beforeEach(async () => {
  world = await plantedWorld();
  programs = join(world.folder, 'programs');
  record = join(world.folder, 'record');
  await mkdir(programs);
});

afterEach(() => world.close());

/** A program that notes how it was called, with what environment and what on standard input, and then answers. */
async function program(name: string, answer: string): Promise<string> {
  const path = join(programs, name);
  const notes = `{ echo "${name} $*"; env; timeout 1 cat; } >> '${record}'`;
  await writeFile(path, `#!/bin/sh\n${notes}\necho '${answer}'\n`);
  await chmod(path, 0o755);
  return path;
}

/** The sandbox's kubeconfig for a user whose token another program gives. */
function withPlugin(command: string): string {
  const server = world.url;
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'plugin',
    clusters: [{ name: 'plugin', cluster: { server } }],
    users: [{ name: 'plugin', user: { exec } }],
    contexts: [{ name: 'plugin', context: { cluster: 'plugin', user: 'plugin', namespace: 'cloudtolocalllm' } }],
  });
}

test('no program that c2l starts gets a value: not as an argument, not in its environment, not on its input', async () => {
  const credential = { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token: 't' } };
  const login = await program('login', JSON.stringify(credential));
  await program('az', JSON.stringify({ accessToken: 'token', expiresOn: '2099-01-01 00:00:00.000000' }));
  await world.give('kubeconfig', withPlugin(login));
  await world.give('ca.pem', world.vault.caPem);
  const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, NODE_EXTRA_CA_CERTS: join(world.folder, 'ca.pem') };
  const where = ['--kubeconfig', join(world.folder, 'kubeconfig')];
  const file = ['--from', `env:${join(world.folder, 'backup.env')}`];

  const repaired = await start(['stabilize', '--yes', ...where, ...file, '-v'], { env }).finished;
  expect([repaired.exitCode, repaired.stderr]).toEqual([0, repaired.stderr]);
  const vault = ['--from', `azure-key-vault:${world.vault.url}`];
  await start(['backup', '--check', ...where, ...vault, '-v'], { env }).finished;

  const noted = await readFile(record, 'utf8');
  expect(noted).toMatch(/^login /m);
  expect(noted).toMatch(/^az /m);
  expect(noted).toMatch(/^PATH=/m);
  expect(leaksIn(noted, valuesOf(world))).toEqual([]);
  // What is looked for would be found.
  expect(leaksIn(`${noted}${valuesOf(world)[0] ?? ''}`, valuesOf(world))).not.toEqual([]);
});
