import { expect, test } from '@jest/globals';

import { createProgram } from '../../src/cli.ts';
import type { World } from '../../src/command-line/registry.ts';

const program = createProgram(
  { version: '1', program: 'c2l' } as World,
  () => undefined,
  () => undefined,
);
const words = (text: string): string[] => text.split(/\s+/);

test.each([40, 60, 80])('at %d columns the help of every command is wrapped and whole', (width) => {
  for (const command of program.commands) {
    const helpAt = (columns: number): string =>
      command.configureOutput({ getOutHelpWidth: () => columns }).helpInformation();
    const help = helpAt(width);

    expect(words(help)).toEqual(words(helpAt(1000)));
    const tooLong = help.split('\n').filter((line) => line.length > width && line.trim().includes('  '));
    expect(tooLong).toEqual([]);
  }
});
