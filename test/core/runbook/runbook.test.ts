import { expect, test } from '@jest/globals';

import { untilByHand } from '../../../src/core/runbook/runbook-progress.ts';
import { parseRunbook } from '../../../src/core/runbook/runbook.ts';

const whole = `# Repairing it

Something is broken.

\`\`\`sh values scenario=healthy
SOURCE=env:backup.env  # where the values are
NAMESPACE=shop
\`\`\`

\`\`\`text
an example
\`\`\`

Look first.

\`\`\`sh step="See it" exit=0,1
c2l audit
\`\`\`

Then repair.

\`\`\`sh step="Repair it" check="c2l verify" consent='--yes --confirm "$CONTEXT"'
c2l fix-secrets \\
  --from "$SOURCE"
\`\`\`

All done.
`;

test('steps keep their order, their prose and their attributes', () => {
  const parsed = parseRunbook('repairing', whole);
  expect(parsed).toMatchObject({
    ok: true,
    runbook: {
      name: 'repairing',
      title: 'Repairing it',
      scenario: 'healthy',
      values: [
        { name: 'SOURCE', example: 'env:backup.env', about: 'where the values are' },
        { name: 'NAMESPACE', example: 'shop', about: '' },
      ],
      steps: [
        { title: 'See it', commands: 'c2l audit', exits: [0, 1], check: undefined, consent: undefined, line: 16 },
        {
          title: 'Repair it',
          commands: 'c2l fix-secrets \\\n  --from "$SOURCE"',
          explanation: 'Then repair.',
          exits: [0],
          check: 'c2l verify',
          consent: '--yes --confirm "$CONTEXT"',
          line: 22,
        },
      ],
      afterwards: 'All done.',
    },
  });
  expect(parsed.ok && parsed.runbook.steps[0]?.explanation).toBe('Something is broken.\n\nLook first.');
});

const step = (info: string, body = 'c2l audit') => `# T\n\n\`\`\`${info}\n${body}\n\`\`\`\n`;

test.each([
  ['no title', '```sh step="A"\nls\n```\n', 1, /no title/],
  ['no steps', '# T\n\nprose\n', 1, /no steps/],
  ['an open block', '# T\n\n```sh step="A"\nls\n', 3, /never closed/],
  ['another language', step('bash step="A"'), 3, /bash: steps and values are blocks of sh/],
  [
    'an unknown attribute',
    step('sh step="A" chekc="ls"'),
    3,
    /chekc: unknown; accepted are step, exit, check, consent/,
  ],
  ['an open quote', step('sh step="A'), 3, /cannot read step="A/],
  ['the same attribute twice', step('sh step="A" step="B"'), 3, /step stands there twice/],
  ['an attribute without a step', step('sh check="ls"'), 3, /neither step="…" nor values/],
  ['a step without a title', step('sh step=""'), 3, /no title/],
  ['a step without a command', step('sh step="A"', ''), 3, /step A: no command/],
  ['a wrong exit code', step('sh step="A" exit=none'), 3, /exit=none/],
  [
    'a wrong value',
    `${step('sh step="A"')}\n\`\`\`sh values\nlower=case\n\`\`\`\n`,
    8,
    /lower=case: expected NAME=example/,
  ],
  ['two steps of one title', `${step('sh step="A"')}${step('sh step="A"').slice(5)}`, 6, /another step is called A/],
])('%s is refused with its line', (_, text, line, message) => {
  const parsed = parseRunbook('broken', text);
  expect(parsed).toEqual({
    ok: false,
    problems: expect.arrayContaining([{ line, message: expect.stringMatching(message) }]),
  });
});

test.each([
  [['done', 'failed', 'done'], 3],
  [['done', 'by-hand', 'done'], 1],
  [['by-hand'], 0],
] as const)('of the steps %j a new sandbox can be brought to the first %d', (outcomes, kept) => {
  const steps = outcomes.map((outcome, index) => ({ title: `${index}`, outcome, by: 'me', at: '', output: '' }));
  const progress = { version: 1, runbook: 'r', startedAt: '', startedBy: 'me', context: 'c', values: {} } as const;

  expect(untilByHand({ ...progress, steps })).toEqual({ ...progress, steps: steps.slice(0, kept) });
});
