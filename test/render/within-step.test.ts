import { expect, test } from '@jest/globals';

import type { GlobalFlags } from '../../src/commands/options.ts';
import { styleFor } from '../../src/commands/run-report.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import type { Deps } from '../../src/ports.ts';
import { renderFindingPage } from '../../src/render/findings/explanation.ts';
import { renderReport } from '../../src/render/report.ts';
import { createTestTerminal } from '../support/terminal.ts';
import { incident } from './reports.ts';

function styleAfter(ending: ExitCode): ReturnType<typeof styleFor> {
  const goesOnAfter = (exitCode: number): boolean => exitCode === ExitCode.problems;
  const terminal = { ...createTestTerminal(), goesOnAfter };
  return styleFor({} as GlobalFlags, { terminal } as unknown as Deps, ending);
}

test('in a step that goes on no head is told, no fix and nothing to type next', async () => {
  const within = await renderReport(incident, 'text', styleAfter(ExitCode.problems));
  expect(within).toMatch(/^ERROR {4}secret\/cloudtolocalllm-secrets lacks 9 required keys\n/);
  expect(within).not.toMatch(/c2l /);

  expect(await renderFindingPage('secret-missing', 'text', styleAfter(ExitCode.problems))).not.toContain('next:');
});

test('in one that stops, all of it', async () => {
  const alone = await renderReport(incident, 'text', styleAfter(ExitCode.ok));
  expect(alone).toMatch(/^c2l audit {2}/);
  expect(alone).toMatch(/^ {4}fix {5}c2l fix-secrets$/m);
  expect(alone).toMatch(/\nnext: c2l fix-secrets\n$/);
});
