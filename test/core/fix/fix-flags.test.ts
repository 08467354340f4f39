import { expect, test } from '@jest/globals';

import { fixFlags, type AskedFix } from '../../../src/core/fix/fix-flags.ts';

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
  [{ plan: 'plan.yaml', generate: 'all' }, '--plan plan.yaml --generate'],
])('a repair that was asked for with %j is typed again with its flags', (asked, flags) => {
  expect(fixFlags(asked).join(' ')).toBe(flags);
});
