import { expect, test } from '@jest/globals';

import { openProgressFile } from '../../../src/adapters/runbook/runbook-progress-file.ts';

test.each([
  ['what lies at home is told as it is typed', undefined, '~/.local/state/c2l/runbook-tour-blue.md'],
  ['anything else whole', '/else/where.json', '/else/where.md'],
  ['also beside it', '/nonexistent-too/x.json', '/nonexistent-too/x.md'],
])('%s', async (_, path, logPath) => {
  const options = { cwd: '/', env: { HOME: '/nonexistent' } };
  expect((await openProgressFile('tour-blue', path, options)).logPath).toBe(logPath);
});
