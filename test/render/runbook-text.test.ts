import { expect, test } from '@jest/globals';

import type { StepOutcome } from '../../src/core/runbook/runbook-progress.ts';
import type { Runbook } from '../../src/core/runbook/runbook.ts';
import { fileLines, prose, renderRun, stepHead } from '../../src/render/runbook-text.ts';
import { createStyle } from '../../src/render/style.ts';

const step = {
  title: 'Look',
  commands: 'c2l audit',
  explanation: '',
  exits: [0],
  check: undefined,
  consent: undefined,
  line: 1,
};
const runbook: Runbook = {
  name: 'looking',
  title: 'Looking',
  scenario: 'incident',
  values: [],
  steps: [step],
  afterwards: '',
  text: '',
};

test.each<[StepOutcome, string]>([
  ['done', 'attach the log of this run to the\n      incident review\n'],
  ['failed', 'attach the log of this run to the \\\n      incident review\n'],
])('what comes after a run is a sentence where all is done, else a command: %s', (outcome, next) => {
  const record = { title: 'Look', outcome, by: 'eve', at: '2026-11-23T08:15:00.000Z', output: '' };
  const progress = {
    version: 1 as const,
    runbook: 'looking',
    startedAt: record.at,
    startedBy: 'eve',
    context: 'blue',
    values: {},
    steps: [record],
  };
  const ending = { logPath: 'a.md', next: 'attach the log of this run to the incident review' };
  const text = renderRun(runbook, progress, { ...ending, style: createStyle(false, { width: 42 }) });
  expect(text.slice(text.indexOf('next: '))).toBe(`next: ${next}`);
});

test.each<[StepOutcome, string]>([
  ['done', 'done'],
  ['failed', 'FAILED'],
  ['declined', 'declined'],
  ['broken-off', 'broken off'],
])('a step that is %s is told as that', (outcome, words) => {
  const at = '2026-11-23T08:15:00.000Z';
  const told = { runbook: 'looking', startedAt: at, startedBy: 'eve', context: 'blue', values: {} };
  const steps = [{ title: 'Look', outcome, by: 'eve', at, output: '' }];
  const ending = { logPath: 'a.md', next: 'c2l', style: createStyle(false) };
  const text = renderRun(runbook, { version: 1, ...told, steps }, ending);
  expect(text.split('\n')[0]).toBe(`1.  Look  ${words}`);
});

test('a path that does not fit beside its label stands whole beneath it', () => {
  const style = createStyle(false, { width: 42 });
  expect(fileLines('log:', '~/c2l/a.md', style)).toEqual(['log: ~/c2l/a.md']);
  const path = '~/.local/state/c2l/runbook-tour-c2l-sandbox.md';
  expect(fileLines('log:', path, style)).toEqual(['log:', `  ${path}`]);
});

test('titles are wrapped, and the lines of a step stay whole so that they can be copied', () => {
  const style = createStyle(false, { width: 40 });
  const commands = 'kubectl --namespace="$NAMESPACE" get events --field-selector=reason=Failed';
  const long = { ...step, title: 'Start the pods anew, as a drained node would', commands };

  expect(stepHead(long, { number: 3, of: 12 }, style)).toEqual([
    'step 3 of 12: Start the pods anew, as a',
    'drained node would',
    `    ${commands}`,
  ]);
  expect(prose('## It heals in the order of its dependencies', style)).toEqual([
    'It heals in the order of its',
    'dependencies',
  ]);
});
