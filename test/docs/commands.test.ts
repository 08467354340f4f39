import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';

import { createProgram } from '../../src/cli.ts';
import { parseRunbook } from '../../src/core/runbook/runbook.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
const files = ['README.md', ...markdownIn('docs'), ...markdownIn('runbooks')];

const parsed = new Error('parsed: nothing runs here');

/** The real tree of commands, in which nothing is carried out. */
function idleProgram(): Command {
  const world = {
    version: '0',
    program: 'c2l',
    print: () => undefined,
    createDeps: () => Promise.reject(parsed),
  };
  const program = createProgram(
    world,
    () => undefined,
    () => undefined,
  );
  const still = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => undefined);
    for (const each of command.commands) still(each);
  };
  still(program);
  return program;
}

async function problemOf(line: string): Promise<string | undefined> {
  try {
    await idleProgram().parseAsync(wordsOf(line).slice(1), { from: 'user' });
    return undefined;
  } catch (error) {
    // A command that has commands below it and is one itself gets as far as the world.
    if (error === parsed) return undefined;
    if (!(error instanceof CommanderError)) throw error;
    // Asking for help, and naming a command without what it takes, are no misspelling.
    const isPlaceholder =
      error.code === 'commander.invalidArgument' && /argument '[A-Z]+' is invalid/.test(error.message);
    const isNamed =
      error.code === 'commander.missingArgument' || error.code.startsWith('commander.help') || isPlaceholder;
    return error.exitCode === 0 || isNamed ? undefined : `${line}: ${error.message}`;
  }
}

/** As a shell splits them, up to what is another command; placeholders stand for a value of their kind. */
function wordsOf(line: string): string[] {
  const [command = ''] = line.split(/ (?:\||&&|;|>|#) ?|;$| 2>/);
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words
    .map((word) => word.replaceAll(/['"]/g, ''))
    .map((word) => (/^[a-z-]+(\|[a-z-]+)+$/.test(word) ? (word.split('|')[0] ?? word) : word))
    .map((word) => (/^\$?NAMESPACE$/.test(word) ? 'namespace' : word))
    .map((word) => (/^(DURATION|INTERVAL)$/.test(word) ? '1m' : /^N$/.test(word) ? '1' : word));
}

/** What stands in blocks and what stands in the middle of a sentence. */
function commandsIn(text: string): string[] {
  const whole = text.replaceAll(/\\\n\s*/g, ' ');
  const plain = (line: string) => line.trim().replace(/^(\$ )?(npm ci && )?(npx (?=c2l ))?/, '');
  const lines = whole.split('\n').map(plain);
  const spans = [...whole.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`(c2l\s[^`]+)`/g)].map(([, span = '']) =>
    span.replaceAll(/\s+/g, ' '),
  );
  const inBlocks = [...whole.matchAll(/```[^\n]*\n([\s\S]*?)```/g)].flatMap(([, body = '']) => body.split('\n'));
  const indented = lines.filter((_, index) => /^ {4}/.test(whole.split('\n')[index] ?? ''));
  const found = [...inBlocks.map(plain), ...indented, ...spans];
  return found.filter((line) => /^c2l [a-z-]/.test(line) && !line.includes('…'));
}

const written = files.map((file) => [file, commandsIn(readFileSync(join(root, file), 'utf8'))] as const);

test('the commands of the README, the runbooks and the reference are found', () => {
  const count = (file: string) => written.find(([each]) => each === file)?.[1].length ?? 0;
  expect(count('README.md')).toBeGreaterThan(2);
  expect(count('docs/repairing-secrets.md')).toBeGreaterThan(3);
  expect(count('docs/finding-codes.md')).toBeGreaterThan(10);
});

test.each(written)('every command of %s parses', async (_, commands) => {
  const problems = await Promise.all([...new Set(commands)].map(problemOf));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

const runbooks = markdownIn('runbooks').filter((file) => !file.endsWith('README.md'));

test.each(runbooks)('every check of %s parses, and its consent with each command that it is for', async (file) => {
  const read = parseRunbook(file, readFileSync(join(root, file), 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const lines = read.runbook.steps.flatMap(({ commands, check, consent = '' }) => [
    ...(check === undefined ? [] : [check]),
    ...commandsIn(`\`\`\`\n${commands}\n\`\`\``).map((line) => `${line} ${consent}`),
  ]);
  const problems = await Promise.all(lines.filter((line) => line.startsWith('c2l ')).map(problemOf));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

test('a misspelt flag and a misspelt command are found', async () => {
  expect(await problemOf('c2l fix-secrets --form env:x')).toContain('--form');
  expect(await problemOf('c2l fix-secret')).toContain('fix-secret');
});
