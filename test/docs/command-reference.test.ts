import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

import { createProgram, run } from '../../src/cli.ts';
import type { World } from '../../src/command-line/registry.ts';
import { ExitCode } from '../../src/exit-codes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const worldOf = (typed: string, print: (text: string) => void): World => ({
  version: '0',
  program: typed,
  print,
  createDeps: () => Promise.reject(new Error('nothing runs here')),
});

async function printedBy(argv: readonly string[], typed = 'c2l'): Promise<string> {
  let printed = '';
  expect(
    await run(
      argv,
      worldOf(typed, (text) => (printed += text)),
    ),
  ).toBe(ExitCode.ok);
  return printed;
}

const program = createProgram(
  worldOf('c2l', () => undefined),
  () => undefined,
  () => undefined,
);

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** What `--help` says, without the flags that all commands take: they stand once, at the top. */
function pageOf(command: Command): readonly string[] {
  command.configureHelp({ helpWidth: 100 });
  const page = [`## ${nameOf(command)}`, '', '```text', command.helpInformation().trim(), '```', ''];
  return [...page, ...command.commands.flatMap(pageOf)];
}

test('the command reference says what the program says; npm run docs writes it', () => {
  const head = [
    '# Command reference',
    '',
    'Made from the program by `npm run docs`. `c2l COMMAND --help` says the same, with an example.',
    '',
  ];
  const made = `${[...head, ...pageOf(program)].join('\n').trimEnd()}\n`;
  const file = 'docs/command-reference.md';
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, file), made);
  expect(read(file)).toBe(made);
});

test('the exit codes stand alike in the README, in the reference and in the program', () => {
  const rows = (file: string) =>
    [...read(file).matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, text]) => [code, text]);
  expect(rows('docs/stability.md')).toEqual(rows('README.md'));
  const codes = Object.values(ExitCode).map(String);
  expect(rows('README.md').map(([code]) => code)).toEqual(expect.arrayContaining(codes));
});

test('every page of help fits 80 columns, with its example, and tells durations as they are typed', () => {
  let printed = '';
  const whole = createProgram(
    worldOf('c2l', () => undefined),
    () => undefined,
    (text) => (printed += text),
  );
  const printPages = (command: Command): void => {
    command.configureHelp({ helpWidth: 80, minWidthToWrap: 30 }).outputHelp();
    command.commands.forEach(printPages);
  };
  printPages(whole);
  const lines = printed.split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(printed.match(/default:\s+\d{4,}/g)).toBeNull();
});

test('help lists what each command is for, and names beneath a command what all of them take', async () => {
  const printed = await printedBy(['--help']);
  expect(printed).not.toMatch(/^Commands:\n {2}audit/m);
  expect(printed).toMatch(/^Repair an outage:\n {2}stabilize /m);
  expect(printed).toMatch(/^Examples:\n {2}c2l stabilize --sandbox {2}/m);
  const page = await printedBy(['audit', '--help']);
  expect(page).toMatch(/^Example:\n {2}c2l audit -n shop\n\nAlso --kubeconfig, --context, -n\/--namespace, /m);
  expect(page.split('\n').length).toBeLessThan(30);
});

test.each([
  [['generate', '--help'], 'Usage: npx c2l generate ', '\n  npx c2l generate '],
  [['doctor', '--help'], 'Usage: npx c2l doctor ', '\ntell what c2l finds here'],
  [
    ['dr-drill', 'history', '--help'],
    'Usage: npx c2l dr-drill history ',
    '\n  npx c2l dr-drill history -n shop -o html > ',
  ],
  [['--help'], 'Usage: npx c2l [options] [command]', '\n  --version '],
])('by npx %j names what is typed, and leaves sentences as they are', async (argv, head, line) => {
  const printed = await printedBy(argv, 'npx c2l');
  expect(printed.slice(0, head.length)).toBe(head);
  expect(printed).toContain(line);
});

test.each([
  [['help', 'audit'], 'Usage: c2l audit '],
  [['help', 'dr-drill', 'run'], 'Usage: c2l dr-drill run '],
  [['help', 'audit', 'nonsense'], 'Usage: c2l audit '],
  [['help'], 'Usage: c2l '],
])('%j shows the page of the command that it names', async (argv, head) => {
  expect((await printedBy(argv)).slice(0, head.length)).toBe(head);
});
