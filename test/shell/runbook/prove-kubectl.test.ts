import { expect, test } from '@jest/globals';

import { parseRunbook } from '../../../src/core/runbook/runbook.ts';
import { proveKubectl } from '../../../src/shell/runbook/prove-kubectl.ts';
import { createTestTerminal } from '../../support/terminal.ts';

async function told(commands: string, { isNeeded = false, isThere = false } = {}): Promise<string> {
  const parsed = parseRunbook('one', `# One\n\n\`\`\`sh step="First"\n${commands}\n\`\`\`\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const terminal = createTestTerminal();
  const options = { world: { isOnPath: () => Promise.resolve(isThere) }, isNeeded, otherwise: 'c2l runbook show one' };
  await proveKubectl(parsed.runbook, options, { terminal });
  return terminal.stderr;
}

test.each([
  'kubectl get pods',
  'c2l audit\n  kubectl get pods',
  'printf x |\n  kubectl apply -f -',
  'true && kubectl x',
])('a step that runs kubectl is known before the first one: %j', async (commands) => {
  expect(await told(commands)).toMatch(
    /^warning: 1 of 1 step of runbook one runs kubectl, and PATH has none; .*answer h\n$/,
  );
  expect(await told(commands, { isThere: true })).toBe('');
  await expect(told(commands, { isNeeded: true })).rejects.toMatchObject({ hint: 'c2l runbook show one', exitCode: 2 });
});

test('one that only speaks of kubectl does not need it', async () => {
  expect(await told('c2l audit # as kubectl would say', { isNeeded: true })).toBe('');
});
