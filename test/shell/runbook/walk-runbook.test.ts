import { expect, test } from '@jest/globals';

import type { RunbookProgress } from '../../../src/core/runbook/runbook-progress.ts';
import { parseRunbook, type Runbook } from '../../../src/core/runbook/runbook.ts';
import { createStyle } from '../../../src/render/style.ts';
import { stepVariable, type RunbookWorld } from '../../../src/runbook-ports.ts';
import { walkRunbook } from '../../../src/shell/runbook/walk-runbook.ts';
import { createScriptedPrompter, createTestTerminal } from '../../support/terminal.ts';

const step = (title: string, command: string) => `\`\`\`sh step="${title}" consent="--yes"\n${command}\n\`\`\`\n`;

function runbookOf(...steps: readonly string[]): Runbook {
  const parsed = parseRunbook('two', `# Two\n\n${steps.join('\n')}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.runbook;
}

/** A person who answers, and commands that end as they are told to, one after the other. */
async function walked(
  answers: readonly string[],
  exits: Readonly<Record<string, number[]>> = {},
  {
    runbook = runbookOf(step('First', 'one'), step('Second', 'two')),
    steps = [] as RunbookProgress['steps'],
    printed = [] as readonly string[],
    isSandbox = false,
    changeable = [] as readonly string[],
  } = {},
) {
  const ran: { commands: string; consent: string | undefined; goesOnAfter: string | undefined }[] = [];
  const saved: RunbookProgress[] = [];
  const terminal = createTestTerminal({ canPrompt: true });
  const unused = () => Promise.reject(new Error('a walk reads no runbook'));
  const world: RunbookWorld = {
    list: unused,
    read: unused,
    openProgress: unused,
    isOnPath: unused,
    runScript: (commands, { env, onLine }) => {
      printed.forEach(onLine);
      ran.push({ commands, consent: env['C2L_CONSENT'], goesOnAfter: env[stepVariable] });
      return Promise.resolve(exits[commands]?.shift() ?? 0);
    },
  };
  const begun = { version: 1 as const, runbook: 'two', startedBy: 'first@here', context: 'c', values: {}, steps };
  const progress = await walkRunbook(
    {
      runbook,
      world,
      file: {
        path: '/p.json',
        logPath: '/p.md',
        found: undefined,
        save: (next) => {
          saved.push(next);
          return Promise.resolve();
        },
      },
      deps: {
        terminal,
        prompter: createScriptedPrompter(answers),
        clock: { now: () => new Date(0), monotonic: () => 0, sleep: () => Promise.resolve() },
        operator: 'second@here',
        signal: new AbortController().signal,
      },
      style: createStyle(false),
      env: { SOURCE: 'env:wrong.env' },
      yes: false,
      isSandbox,
      changeable,
    },
    { ...begun, startedAt: new Date(0).toISOString() },
  );
  const records = progress.steps.map(({ title, outcome }) => `${title} ${outcome}`);
  return {
    records,
    ran: ran.map(({ commands }) => commands),
    consents: ran.map(({ consent }) => consent),
    goingOnAfter: ran.map(({ goesOnAfter }) => goesOnAfter),
    saved,
    terminal,
  };
}

test.each([
  ['run both', ['r', 'run'], {}, ['First done', 'Second done'], ['one', 'two']],
  ['skip one', ['s', 'r'], {}, ['First skipped', 'Second done'], ['two']],
  ['do one by hand', ['h', 'r'], {}, ['First by-hand', 'Second done'], ['two']],
  ['run the last one again', ['r', 'a', 'r'], {}, ['First done', 'First done', 'Second done'], ['one', 'one', 'two']],
  ['stop at once', ['q'], {}, [], []],
  [
    'go back to the one before from one that failed',
    ['h', 'r', 'a', 'r'],
    { two: [1] },
    ['First by-hand', 'Second failed', 'First done', 'Second done'],
    ['two', 'one', 'two'],
  ],
  ['nothing before the first', ['r', 'a', 'q'], { one: [1] }, ['First failed'], ['one']],
  ['repeat what failed', ['r', 'r', 'q'], { one: [1, 0] }, ['First failed', 'First done'], ['one', 'one']],
  ['skip what failed', ['r', 's', 'r'], { one: [1] }, ['First failed', 'First skipped', 'Second done'], ['one', 'two']],
  ['Enter alone runs nothing', ['', 'q'], {}, [], []],
])('%s', async (_, answers, exits, records, ran) => {
  expect(await walked(answers, exits)).toMatchObject({ records, ran });
});

const asking = runbookOf(step('First', 'c2l fix-secrets'), step('Second', 'two'));

test.each([
  ['a No', 5, 'declined', 'declined: the step is still to do'],
  ['Ctrl-C', 130, 'broken-off', 'broken off: the step is still to do'],
  ['a failure', 1, 'failed', 'FAILED: exit 1, expected 0'],
])('%s in a step is told as that, and the step is asked for again', async (_, exit, outcome, told) => {
  const { records, terminal } = await walked(['r', 'q'], { 'c2l fix-secrets': [exit] }, { runbook: asking });
  expect([records, terminal.stderr.includes(`\n${told}\n`)]).toEqual([[`First ${outcome}`], true]);
});

test('what c2l means by an exit code another program does not', async () => {
  expect((await walked(['r', 'q'], { one: [5] })).records).toEqual(['First failed']);
});

test('progress is kept after each step, with who did it; a person is asked by the commands themselves', async () => {
  const { saved, consents } = await walked(['r', 'r']);
  expect(saved.map(({ steps }) => steps.length)).toEqual([1, 2]);
  expect(saved.at(-1)).toMatchObject({ startedBy: 'first@here', steps: [{ by: 'second@here', exitCode: 0 }, {}] });
  expect(consents).toEqual(['', '']);
});

test('whoever goes on in the middle of a part reads first which part it is', async () => {
  const runbook = runbookOf(
    '## How it broke\n',
    step('First', 'one'),
    step('Second', 'two'),
    '## After\n',
    step('Third', 'x'),
  );
  const done = (title: string) => ({ title, outcome: 'done' as const, exitCode: 0, by: 'a', at: '', output: '' });
  const begun = async (...titles: string[]) => {
    const { terminal } = await walked(['q'], {}, { runbook, steps: titles.map(done) });
    return terminal.stderr.split('\n').slice(0, 4);
  };

  expect(await begun()).toEqual(['', 'How it broke', '', 'step 1 of 3: First']);
  expect(await begun('First')).toEqual(['', 'How it broke', '', 'step 2 of 3: Second']);
  expect(await begun('First', 'Second')).toEqual(['', 'After', '', 'step 3 of 3: Third']);
});

test('a step without words of its own follows after one empty line', async () => {
  const { terminal } = await walked(['r', 'q']);
  expect(terminal.stderr).toContain('ok: exit 0\n\nstep 2 of 2: Second\n');
});

test.each([
  ['after the exits of the step', false, '0,1'],
  ['in a sandbox, which is reached from nowhere else, after any', true, '*'],
])(
  'what comes next comes by itself %s: its commands are told so, and their output stays whole',
  async (_, isSandbox, told) => {
    const runbook = runbookOf(step('First', 'one').replace('consent="--yes"', 'exit=0,1'));
    const printed = ['verdict: ok', 'next: c2l verify'];
    const { terminal, saved, goingOnAfter } = await walked(['r'], {}, { runbook, printed, isSandbox });

    expect(goingOnAfter).toEqual([told]);
    expect(terminal.stderr).toContain(`${printed.join('\n')}\nok: exit 0\n`);
    expect(saved[0]?.steps[0]?.output).toBe(printed.join('\n'));
  },
);

test('a check of a step goes on after 0 alone', async () => {
  const runbook = runbookOf(step('First', 'one').replace('consent="--yes"', 'exit=1 check="two"'));
  const { goingOnAfter } = await walked(['r'], { one: [1] }, { runbook });
  expect(goingOnAfter).toEqual(['1', '0']);
});

test('a step that fails names its values and the way to others', async () => {
  const runbook = runbookOf(step('First', 'c2l fix-secrets --from "$SOURCE"'), step('Second', 'false'));
  const exits = { 'c2l fix-secrets --from "$SOURCE"': [2], false: [1] };
  const told = (await walked(['r', 's', 'r', 'q'], exits, { runbook, changeable: ['SOURCE'] })).terminal.stderr;
  expect(told.match(/^SOURCE is .*\n.*$/gm)).toEqual([
    'SOURCE is env:wrong.env\nfor another answer q, then go on with --set SOURCE=VALUE',
  ]);
});

test('an exit that is neither 0 nor a failure is told as expected', async () => {
  const runbook = runbookOf(step('First', 'one').replace('consent="--yes"', 'exit=0,1'));
  expect((await walked(['r'], { one: [1] }, { runbook })).terminal.stderr).toContain('\nas expected: exit 1\n');
});
