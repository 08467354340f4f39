import { expect, test } from '@jest/globals';

import type { Finding } from '../../src/core/findings/findings.ts';
import { repairCommand } from '../../src/render/repair-command.ts';

function findings(...fixes: readonly string[]): Finding[] {
  const object = { kind: 'Secret', namespace: 'shop', name: 'app' };
  return fixes.map((fix, index) => ({
    id: `secret-value-invalid/shop/app/${index}`,
    code: 'secret-value-invalid',
    severity: 'error',
    object,
    message: 'is empty',
    causes: [],
    blocks: [],
    fix,
  }));
}

test.each([
  [['c2l fix-secrets'], 'c2l fix-secrets --from env:.env'],
  [
    ['c2l fix-secrets --overwrite app/a', 'c2l fix-secrets --overwrite app/b', 'c2l fix-secrets'],
    'c2l fix-secrets --from env:.env --overwrite app/a --overwrite app/b',
  ],
  [
    ['c2l fix-secrets -n shop --recreate app --overwrite app/a', 'c2l fix-secrets -n other --overwrite app/b'],
    'c2l fix-secrets -n shop --from env:.env --recreate app --overwrite app/a',
  ],
  [['kubectl -n shop get secret app', 'c2l fix-secrets'], 'kubectl -n shop get secret app'],
  [[], undefined],
])('what is typed next takes along the sources and every value that is to be named (%#)', (fixes, command) => {
  expect(repairCommand(findings(...fixes), { sources: ['env:.env'] })).toBe(command);
});

test('and the flags that shaped this run, but for a plan that is carried out by then', () => {
  const taken = { sources: ['env:a'], flags: ['--plan plan.yaml', '--pause-sync 15m', '--recover'] };
  expect(repairCommand(findings('c2l fix-secrets -n shop --overwrite app/b'), taken)).toBe(
    'c2l fix-secrets -n shop --from env:a --pause-sync 15m --recover --overwrite app/b',
  );
});
