import { expect, test } from '@jest/globals';
import { generateIdentity } from 'age-encryption';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { namespace, newFolder, run, secretName, secrets } from '../support/drill-world.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

interface World {
  readonly cluster: Sandbox;
  readonly cwd: string;
  readonly drill: (argv: readonly string[], onOutput?: (text: string) => void) => ReturnType<typeof runCli>;
}

const kept = ['--journal-file', 'drill.age', '--identity', 'key.txt'];

async function world(): Promise<World> {
  const cluster = await sandbox({ scenario: 'healthy' });
  const cwd = newFolder();
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  writeFileSync(join(cwd, 'key.txt'), await generateIdentity(), { mode: 0o600 });
  return {
    cluster,
    cwd,
    drill: (argv, onOutput) =>
      runCli(['dr-drill', ...argv, '-o', 'json'], {
        kubeconfig: cluster.kubeconfig,
        cwd,
        ...(onOutput && { onOutput }),
      }),
  };
}

/** The objects and the file as a power cut would have left them when the drill had just told a line. */
async function cutAt(line: string, { cluster, cwd, drill }: World): Promise<void> {
  const { store } = cluster;
  const file = join(cwd, 'drill.age');
  let left: { secrets: ReturnType<typeof store.list>; bytes: Buffer } | undefined;
  await drill(run('missing-keys', ...kept), (text) => {
    if (left === undefined && text.includes(line)) {
      left = { secrets: structuredClone(store.list('secrets')), bytes: readFileSync(file) };
    }
  });
  expect(left).toBeDefined();
  for (const { metadata } of store.list('secrets')) store.remove('secrets', metadata.namespace, metadata.name);
  for (const each of left?.secrets ?? []) store.create('secrets', each);
  writeFileSync(file, left?.bytes ?? '', { mode: 0o600 });
}

test('a drill keeps its journal in a file for its owner alone, shows no value in it, and leaves none behind', async () => {
  const there = await world();
  const before = secrets(there.cluster);
  const file = join(there.cwd, 'drill.age');
  const seen = new Set<string>();

  const { code, stderr } = await there.drill(run('missing-keys', ...kept), () => {
    if (!existsSync(file)) return;
    seen.add((statSync(file).mode & 0o777).toString(8));
    seen.add(readFileSync(file, 'latin1').slice(0, 21));
  });

  expect({ code, stderr }).toMatchObject({ code: ExitCode.ok });
  expect([...seen]).toEqual(['600', 'age-encryption.org/v1']);
  expect(existsSync(file)).toBe(false);
  expect(secrets(there.cluster)).toEqual(before);
});

test.each(['drill: start anew', 'drill: recover from the sources', 'drill: remove the copies'])(
  'cut off at "%s" with the journal namespace lost: abort puts everything back from the file',
  async (line) => {
    const there = await world();
    const { store } = there.cluster;
    const before = secrets(there.cluster);
    await cutAt(line, there);
    for (const { metadata } of store.list('secrets').filter((each) => each.metadata.namespace === 'c2l-drill')) {
      store.remove('secrets', 'c2l-drill', metadata.name);
    }

    const without = await there.drill(['abort', '-n', namespace, '--yes']);
    expect(without.code).toBe(ExitCode.partial);
    expect(without.stdout).toContain('--journal-file FILE');
    const ended = await there.drill(['abort', '-n', namespace, '--yes', ...kept]);

    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: ExitCode.ok });
    expect(secrets(there.cluster)).toEqual(before);
    expect(existsSync(join(there.cwd, 'drill.age'))).toBe(false);
  },
);

test('a file whose drill has ended elsewhere is not followed, and stands in the way of the next', async () => {
  const there = await world();
  await cutAt('drill: recover from the sources', there);
  expect((await there.drill(['abort', '-n', namespace, '--yes'])).code).toBe(ExitCode.ok);
  const before = secrets(there.cluster);

  const abort = await there.drill(['abort', '-n', namespace, '--yes', ...kept]);
  expect(abort.stdout).toContain('no drill is unfinished');
  const next = await there.drill(run('missing-keys', ...kept));

  expect(next.stdout).toContain('drill.age holds the journal of drill');
  expect(secrets(there.cluster)).toEqual(before);
});

test.each([
  ['before the fault', 'drill: keep a copy', 'stopped before anything was broken'],
  ['in the middle', 'drill: recover from the sources', 'the recovery did not bring everything back; the way back did'],
])('a disk that goes %s stops the drill, and not its way back', async (_, moment, says) => {
  const there = await world();
  const before = secrets(there.cluster);
  mkdirSync(join(there.cwd, 'disk'));

  const { code, stdout, stderr } = await there.drill(
    run('missing-keys', '--journal-file', 'disk/drill.age', '--identity', 'key.txt'),
    (text) => {
      if (text.includes(moment)) rmSync(join(there.cwd, 'disk'), { recursive: true });
    },
  );

  expect(code).toBe(ExitCode.problems);
  expect(stderr).toContain('put everything back: cannot write disk/drill.age: ENOENT');
  expect(stderr).toContain('the journal in the cluster is complete');
  const { outcome, findings } = JSON.parse(stdout) as DrillReport;
  expect(outcome).toBe('not-recovered');
  expect(findings.map(({ message }) => message)).toEqual([`drill missing-keys: ${says}`]);
  expect(secrets(there.cluster)).toEqual(before);
});

test('without an identity nothing begins', async () => {
  const there = await world();
  const { code, stdout } = await there.drill(run('missing-keys', '--journal-file', 'drill.age'));
  expect(code).toBe(ExitCode.usage);
  expect(stdout).toContain('age-keygen');
  expect(there.cluster.store.get('secrets', namespace, secretName)).toBeDefined();
});
