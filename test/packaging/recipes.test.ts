import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * What Docker and GitHub are to run, looked over as far as that can be done without them. That the commands in them work
 * is shown by the other tests here.
 */

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
}

const read = (file: string) => readFileSync(file, 'utf8');
const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
const oldest = engines.node.replace('>=', '').split('.').map(Number);

function isEnough(version: string): boolean {
  const [major = 0, minor = Infinity] = version.split('.').map(Number);
  const [needed = 0, least = 0] = oldest;
  return major > needed || (major === needed && minor >= least);
}

/** One instruction each, its continued lines joined. */
const instructions = read('Dockerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ word: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const lastStage = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'));

test('the image is made of a Node that c2l runs on, named to its last digit', () => {
  const bases = instructions.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ', 1)[0] ?? '');
  expect(new Set(bases).size).toBe(1);
  const [, version = ''] = /^node:(\d+\.\d+\.\d+)-slim$/.exec(bases[0] ?? '') ?? [];
  expect(isEnough(version)).toBe(true);
});

test('the image runs c2l as a user of a number, installs nothing in its last stage and fetches nothing by ADD', () => {
  expect(instructions.map(({ word }) => word)).not.toContain('ADD');
  expect(lastStage.map(({ word }) => word)).toEqual(['FROM', 'COPY', 'USER', 'WORKDIR', 'ENTRYPOINT']);
  const told = Object.fromEntries(lastStage.map(({ word, rest }) => [word, rest]));
  expect(told['USER']).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(JSON.parse(told['ENTRYPOINT'] ?? '')).toEqual(['node', '/opt/c2l/bin/c2l.js']);
  expect(told['COPY']).toBe('--from=build /out/package /opt/c2l');
});

test('nothing that a person keeps beside the sources gets into a layer', () => {
  expect(read('.dockerignore').split('\n')).toEqual(
    expect.arrayContaining(['.git', '**/.env*', '**/*.env', 'node_modules']),
  );
});

test('the action is a composite one, of steps that a shell can read, with inputs that reach it as variables alone', () => {
  const action = parse(read('action.yml')) as {
    name: string;
    description: string;
    runs: { using: string; steps: Step[] };
  };
  expect(action).toMatchObject({ name: expect.stringMatching(/./), description: expect.stringMatching(/./) });
  expect(action.runs.using).toBe('composite');
  for (const { uses, run, shell } of action.runs.steps) {
    if (run === undefined) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+/);
      continue;
    }
    expect(shell).toBe('bash');
    expect(run).not.toContain('${{');
    expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  }
});
