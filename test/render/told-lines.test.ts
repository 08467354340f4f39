import { expect, test } from '@jest/globals';

import { toldLines } from '../../src/render/told-lines.ts';

test.each<[string, string, readonly string[]]>([
  ['what fits', 'error: no; c2l audit', ['error: no; c2l audit']],
  ['what is neither an error nor a warning', 'x'.repeat(50), ['x'.repeat(50)]],
  [
    'an error, between words',
    'error: no usable value for a-password, b-password',
    ['error: no usable value for a-password,', '       b-password'],
  ],
  [
    'and before the command that it ends in, which stays one command to copy',
    'error: no usable value for a-password; c2l fix-secrets --from azure-key-vault:NAME',
    ['error: no usable value for a-password', '       c2l fix-secrets \\', '       --from azure-key-vault:NAME'],
  ],
  [
    'a command within it, too',
    'warning: drill a in namespace b is not finished: c2l dr-drill abort -n b puts it back',
    [
      'warning: drill a in namespace b is not',
      '         finished:',
      '         c2l dr-drill abort -n b puts',
      '         it back',
    ],
  ],
  [
    'a step of a drill',
    'drill: keep a copy of 2 Secrets and 7 workloads',
    ['drill: keep a copy of 2 Secrets and 7', '       workloads'],
  ],
  [
    'where it is looked',
    'context blue, server https://blue.example:6443',
    ['context blue, server', '        https://blue.example:6443'],
  ],
  [
    'words in the place of a command are words',
    'warning: the backup can be read by others; put it elsewhere first',
    ['warning: the backup can be read by', '         others; put it elsewhere', '         first'],
  ],
])('%s', (_, line, lines) => {
  expect(toldLines(line, 38)).toEqual(lines);
});
