import { expect, test } from '@jest/globals';

import { parseRunbook } from '../../../src/core/runbook/runbook.ts';
import type { Deps } from '../../../src/ports.ts';
import { openRunbookPlace, type PlaceFlags } from '../../../src/shell/runbook/open-runbook-place.ts';

const parsed = parseRunbook('one', '# One\n\n```sh step="First"\necho first\n```\n');
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { runbook } = parsed;

async function placeOf(flags: Partial<PlaceFlags>) {
  const cluster = { context: 'blue', server: 'https://blue.example.test' };
  const deps = { connect: () => Promise.resolve({ cluster, close: () => Promise.resolve() }) } as unknown as Deps;
  const { env, values } = await openRunbookPlace(runbook, { speed: 1, requestTimeout: 1000, ...flags }, deps);
  return { env, values };
}

test('the commands of a runbook work where its own flags say', async () => {
  const flags = { kubeconfig: '/k', namespace: ['shop', 'pay'], config: 'shop.yaml', stack: 'shop' };
  expect(await placeOf(flags)).toEqual({
    env: {
      C2L_CONTEXT: 'blue',
      C2L_NAMESPACE: 'shop,pay',
      C2L_CONFIG: 'shop.yaml',
      C2L_STACK: 'shop',
      KUBECONFIG: '/k',
    },
    values: { CONTEXT: 'blue', NAMESPACE: 'shop' },
  });
});

test('what no flag says they find by themselves', async () => {
  expect(await placeOf({})).toEqual({ env: { C2L_CONTEXT: 'blue' }, values: { CONTEXT: 'blue' } });
});
