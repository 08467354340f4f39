import { expect, test } from '@jest/globals';

import { hasChangedNothing, type StepOutcome } from '../../../src/core/runbook/runbook-progress.ts';
import { parseRunbook } from '../../../src/core/runbook/runbook.ts';

const at = '2026-11-30T14:00:00.000Z';

test.each<[boolean, string, StepOutcome, number]>([
  [true, 'c2l audit', 'done', 1],
  [true, 'c2l verify\nc2l audit -v', 'done', 0],
  [true, 'c2l fix-secrets --from "$SOURCE" --dry-run', 'failed', 2],
  [true, 'c2l fix-secrets --from "$SOURCE"', 'failed', 2],
  [true, 'c2l fix-secrets --from "$SOURCE"', 'declined', 5],
  [true, 'kubectl delete pods --all', 'skipped', 0],
  [false, 'c2l fix-secrets --from "$SOURCE"', 'failed', 4],
  [false, 'c2l fix-secrets --from "$SOURCE"', 'done', 0],
  [false, 'c2l audit', 'by-hand', 0],
  [false, 'c2l audit && kubectl delete pods --all', 'done', 0],
  [false, 'c2l audit\nkubectl delete pods --all', 'done', 0],
  [false, 'c2l restart\nc2l nonsense', 'failed', 2],
  [false, 'kubectl delete pods --all', 'failed', 2],
  [false, 'c2l restart', 'broken-off', 130],
])('that nothing was changed is %s of %j that ended as %s with %i', (expected, commands, outcome, exitCode) => {
  const parsed = parseRunbook('one', `# One\n\n\`\`\`sh step="S"\n${commands}\n\`\`\`\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const begun = { version: 1 as const, runbook: 'one', startedAt: at, startedBy: 'eve', context: 'c', values: {} };
  const steps = [{ title: 'S', outcome, exitCode, by: 'eve', at, output: '' }];
  expect(hasChangedNothing(parsed.runbook, { ...begun, steps })).toBe(expected);
});
