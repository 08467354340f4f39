import { expect, test } from '@jest/globals';

import { createProgram } from '../../src/cli.ts';
import type { World } from '../../src/command-line/registry.ts';
import { commandNames, isCommand, replaceCommands } from '../../src/render/commands-in-text.ts';
import { wrap } from '../../src/render/layout.ts';

const marked = (text: string): string => replaceCommands(text, (command) => `<${command}>`);

test.each([
  ['see to its spec, then: kubectl -n a annotate b c-', 'see to its spec, then: <kubectl -n a annotate b c->'],
  [
    'c2l config show --origin says where; --dry-run shows what would be done',
    '<c2l config show --origin> says where; --dry-run shows what would be done',
  ],
  ['c2l fix-secrets app, or see all of them: c2l audit', '<c2l fix-secrets app>, or see all of them: <c2l audit>'],
  [
    '... 12 more keys (c2l audit --limit 0 -n shop shows all)',
    '... 12 more keys (<c2l audit --limit 0 -n shop> shows all)',
  ],
  ['its rollouts are paused, then c2l restart again', 'its rollouts are paused, then <c2l restart> again'],
  [
    "kubectl -n a get secret b -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f -",
    "<kubectl -n a get secret b -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f ->",
  ],
  ['rehearse without risk: npx c2l stabilize --sandbox.', 'rehearse without risk: <npx c2l stabilize --sandbox>.'],
  ['check it with: ls -ld /tmp/a', 'check it with: <ls -ld /tmp/a>'],
  ['envsubst < FILE | c2l validate -', '<envsubst < FILE | c2l validate ->'],
  [
    'c2l writes no credentials, as kubectl prints it, and git keeps them',
    'c2l writes no credentials, as kubectl prints it, and git keeps them',
  ],
])('the commands of %j', (text, expected) => {
  expect(marked(text)).toBe(expected);
});

test('a command alone is no sentence', () => {
  expect(isCommand('c2l audit -n shop')).toBe(true);
  expect(isCommand('c2l doctor, then c2l audit')).toBe(false);
  expect(isCommand('attach the log to the incident review')).toBe(false);
});

test('every command of the program is known', () => {
  const program = createProgram(
    { version: '1', program: 'c2l' } as World,
    () => undefined,
    () => undefined,
  );
  expect(commandNames.split('|')).toEqual(program.commands.map((command) => command.name()).sort());
});

test.each([30, 40, 60, 80])('at %d columns every command of a sentence stays one for a shell', (width) => {
  const text =
    'unless somebody is at it now, c2l dr-drill abort --kubeconfig /home/me/clusters/blue -n shop puts everything back; else kubectl -n shop get secrets';
  const lines = wrap(text, width);

  expect(lines.join('\n').replaceAll(/ \\\n/g, ' ').split('\n').join(' ')).toBe(text);
  const joined = lines.join('\n').replaceAll(/ \\\n/g, ' ').split('\n');
  for (const command of [
    'c2l dr-drill abort --kubeconfig /home/me/clusters/blue -n shop',
    'kubectl -n shop get secrets',
  ]) {
    expect(joined.filter((line) => line.includes(command))).toHaveLength(1);
  }
});
