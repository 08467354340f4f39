import { expect, test } from '@jest/globals';

import { parseRunbook } from '../../../src/core/runbook/runbook.ts';
import { runbookValues, type ValuesOptions } from '../../../src/shell/runbook/runbook-values.ts';
import { createScriptedPrompter } from '../../support/terminal.ts';

const parsed = parseRunbook('one', '# One\n\n```sh values\nSOURCE=env:a  # where\n```\n\n```sh step="S"\necho\n```\n');
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { runbook } = parsed;

const earlier = { SOURCE: 'env:wrong' };
const ask = 'SOURCE, where [env:wrong]:';

test.each<[string, Partial<ValuesOptions>, string[], string, string[]]>([
  ['a first run asks, with the example', {}, [''], 'env:a', ['SOURCE, where [env:a]:']],
  ['one that goes on asks, with the answer before', { earlier }, [''], 'env:wrong', [ask]],
  ['and takes another', { earlier }, ['env:right'], 'env:right', [ask]],
  ['a setting is not asked for', { earlier, set: ['SOURCE=env:set'] }, [], 'env:set', []],
  ['a script keeps the answer before', { earlier, yes: true }, [], 'env:wrong', []],
  ['in a sandbox the place decides', { earlier, known: { SOURCE: 'env:p' }, isSandbox: true }, [], 'env:p', []],
  ['and what it does not know stays', { earlier, isSandbox: true }, [], 'env:wrong', []],
])('%s', async (_, options, answers, value, questions) => {
  const prompter = createScriptedPrompter(answers);
  const given = { set: [], known: {}, yes: false, isSandbox: false, ...options };
  expect(await runbookValues(runbook, given, { prompter })).toEqual({ SOURCE: value });
  expect(prompter.questions).toEqual(questions);
});
