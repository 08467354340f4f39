import { expect, test } from '@jest/globals';

import { stabilize } from '../../src/commands/stabilize.ts';
import type { StabilizeReport } from '../../src/core/report.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

test('a dry run says why it goes no further: not because anything failed', async () => {
  const cluster = await sandbox();
  const session = await testSession(cluster);
  const from = [await session.envSource(cluster.envBackupText)];

  const { report } = await stabilize(session, {
    from,
    yes: true,
    confirm: undefined,
    dryRun: true,
    overwrite: [],
    waitOnly: false,
    timeoutMs: 10_000,
    output: 'text',
    verbose: false,
  });

  const reason = 'skipped: a dry run writes nothing that it could follow';
  expect((report as StabilizeReport).phases.map(({ name, verdict, summary }) => [name, verdict, summary])).toEqual([
    ['audit', 'problems', expect.stringContaining('required keys missing')],
    ['fix-secrets', 'ok', expect.stringContaining('dry run: would write')],
    ['restart', 'skipped', reason],
    ['verify', 'skipped', reason],
  ]);
});
