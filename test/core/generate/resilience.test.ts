import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { uncommented } from '../../../src/core/generate/generated-file.ts';
import { generateResilience } from '../../../src/core/generate/resilience.ts';
import { stackOf } from '../../support/builders.ts';

const stack = stackOf({
  components: [
    {
      name: 'db',
      workload: 'StatefulSet/db',
      checks: [{ kind: 'postgres-login', user: { value: 'a' }, password: { value: 'b' } }],
    },
    { name: 'cache', workload: 'StatefulSet/cache' },
    {
      name: 'api',
      workload: 'Deployment/api',
      dependsOn: ['db', 'cache'],
      initWaits: [
        { container: 'wait-for-db', host: 'db.shop.svc', port: 5432 },
        { container: 'wait-for-cache', host: 'cache', port: 6379 },
      ],
    },
  ],
});

interface PatchFile {
  spec: { template: { spec: { initContainers: { name: string; command: string[]; args: unknown }[] } } };
}

const files = () =>
  generateResilience({ stack, namespaces: stack.namespaces, all: false, argocdNamespace: 'argocd' }, '');

function waits(): { name: string; command: string[]; args: unknown }[] {
  const file = files().find(({ path }) => path === 'api-init-waits.yaml');
  if (file === undefined || !('documents' in file)) throw new Error('no patch');
  return (file.documents[0] as PatchFile).spec.template.spec.initContainers;
}

test('every init container that only waits gets a command with an end, and none of its former arguments', () => {
  expect(files().map(({ path }) => path)).toEqual(['kustomization.yaml', 'api-init-waits.yaml']);
  expect(waits().map(({ name, args }) => [name, uncommented(args)])).toEqual([
    ['wait-for-db', null],
    ['wait-for-cache', null],
  ]);
});

describe('the command', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'c2l-wait-'));
    // Each look at the clock finds ten seconds gone, so that two minutes pass at once.
    program('date', `n=$(cat ${bin}/now 2>/dev/null || echo 0); echo $((n + 10)) | tee ${bin}/now`);
    program('sleep', 'exit 0');
  });
  afterEach(() => {
    rmSync(bin, { recursive: true });
  });

  const program = (name: string, body: string): void => {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  };
  const run = (index: number) => {
    const [, ...args] = waits()[index]!.command;
    for (const tool of ['cat', 'tee'])
      program(tool, `exec ${execFileSync('which', [tool], { encoding: 'utf8' }).trim()} "$@"`);
    return spawnSync('/bin/sh', args, { env: { PATH: bin }, encoding: 'utf8', timeout: 10_000 });
  };
  const asked = (name: string) =>
    readFileSync(join(bin, `${name}.asked`), 'utf8')
      .trim()
      .split('\n');
  const answering = (name: string, exit: string): void => {
    program(name, `echo "$@" >> ${bin}/${name}.asked; ${exit}`);
  };

  test('ends with a word on what did not answer', () => {
    answering('nc', 'exit 1');
    const { status, stderr } = run(1);
    expect([status, stderr]).toEqual([1, 'cache:6379 did not answer for 120 s\n']);
    expect(asked('nc')[0]).toBe('-z -w 2 cache 6379');
    expect(asked('nc').length).toBe(12);
  });

  test('asks a database by its own word, where the image has it, and goes on at the first yes', () => {
    answering('pg_isready', `test $(wc -l < ${bin}/pg_isready.asked) -ge 3`);
    program('wc', `exec ${execFileSync('which', ['wc'], { encoding: 'utf8' }).trim()} "$@"`);
    expect(run(0).status).toBe(0);
    expect(asked('pg_isready')).toEqual(Array(3).fill('-q -t 2 -h db.shop.svc -p 5432'));
  });

  test('asks a database by a connection where the image has nothing better', () => {
    answering('nc', 'exit 0');
    expect(run(0).status).toBe(0);
    expect(asked('nc')).toEqual(['-z -w 2 db.shop.svc 5432']);
  });
});
