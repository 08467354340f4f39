import { expect, test } from '@jest/globals';

import { fixFlags, rollbackFlags, takenBy, type AskedFix } from '../../../src/core/fix/fix-flags.ts';

test.each<[AskedFix, string]>([
  [{}, ''],
  [{ recover: false, fillStore: false, partial: false, sealing: {} }, ''],
  [{ generate: 'all' }, '--generate'],
  [{ generate: ['a', 'app/b c'] }, "--generate a --generate 'app/b c'"],
  [{ recover: true, fillStore: true, partial: true }, '--recover --fill-store --partial'],
  [{ pauseSyncMs: 900_000 }, '--pause-sync 15m'],
  [
    { sealing: { file: 'my cert.pem', controller: 'kube-system/sealed' } },
    "--seal-cert 'my cert.pem' --seal-controller kube-system/sealed",
  ],
  [{ keep: 3 }, '--keep 3'],
  [{ keep: 10 }, ''],
  [{ plan: 'plan.yaml', generate: 'all' }, '--plan plan.yaml --generate'],
])('a repair that was asked for with %j is typed again with its flags', (asked, flags) => {
  expect(fixFlags(asked).join(' ')).toBe(flags);
});

test('what the same repair needs to be run again is what was given', () => {
  expect(takenBy({ from: [] })).toEqual({});
  expect(takenBy({ from: ['env:a'], identity: 'id', recover: true, keep: 2 })).toEqual({
    sources: ['env:a'],
    identity: 'id',
    flags: ['--keep 2', '--recover'],
  });
});

test('so it is of a rollback', () => {
  expect(rollbackFlags({ overwrite: [], keep: 10 })).toEqual([]);
  expect(rollbackFlags({ overwrite: ['a', 'b'], recreate: true, keep: 1 })).toEqual([
    '--overwrite a',
    '--overwrite b',
    '--keep 1',
    '--recreate',
  ]);
});
