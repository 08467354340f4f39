import { PassThrough, Writable } from 'node:stream';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  createNodeTerminal,
  type NodeTerminalOptions,
  type OutputStream,
} from '../../../src/adapters/terminal/node-terminal.ts';

class Screen extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 100;
  readonly rows = 24;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  clearLine = (): boolean => true;
  cursorTo = (): boolean => true;
  moveCursor = (): boolean => true;
}

const defaults = { env: {}, noInput: false, color: 'auto', yieldInterrupts: () => undefined } as const;

function setUp(isTTY: boolean, options: Partial<NodeTerminalOptions> = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stdout = new Screen(isTTY);
  const stderr = new Screen(isTTY);
  const streams = { stdin: stdin as never, stdout: stdout as OutputStream, stderr: stderr as OutputStream };
  const terminal = createNodeTerminal({ ...streams, ...defaults, ...options });
  return { terminal, stdout, stderr };
}

test.each([
  ['none outside of a runbook', {}, []],
  ['those that its step names', { C2L_STEP_EXITS: '0,1' }, [0, 1]],
  ['any in a sandbox', { C2L_STEP_EXITS: '*' }, [0, 1, 4]],
])('the exits after which a runbook goes on: %s', (_, env, exits) => {
  const { terminal } = setUp(false, { env });
  expect([0, 1, 4].filter((exit) => terminal.goesOnAfter?.(exit))).toEqual(exits);
});

describe('where a person can be asked, and color', () => {
  test.each([
    ['a terminal', true, {}, { canPrompt: true, color: true, width: 100, isOneScreen: true }],
    ['a pipe', false, {}, { canPrompt: false, color: false, width: 100, isOneScreen: false }],
    ['an answer on a pipe', true, { stdout: new Screen(false) }, { canPrompt: true, color: false, isOneScreen: false }],
    ['CI', true, { env: { CI: 'true' } }, { canPrompt: false, color: false }],
    ['--no-input', true, { noInput: true }, { canPrompt: false, color: false }],
    ['NO_COLOR', true, { env: { NO_COLOR: '1' } }, { canPrompt: true, color: false }],
    ['an empty NO_COLOR', true, { env: { NO_COLOR: '' } }, { canPrompt: true, color: true }],
    ['TERM=dumb', true, { env: { TERM: 'dumb' } }, { canPrompt: true, color: false }],
    ['--color always on a pipe', false, { color: 'always' as const }, { canPrompt: false, color: true }],
    ['--color never', true, { color: 'never' as const }, { canPrompt: true, color: false }],
    ['FORCE_COLOR on a pipe', false, { env: { FORCE_COLOR: '1' } }, { canPrompt: false, color: true }],
    [
      'FORCE_COLOR in CI',
      false,
      { env: { FORCE_COLOR: '3', CI: '1', TERM: 'dumb' } },
      { canPrompt: false, color: true },
    ],
    ['an empty FORCE_COLOR', false, { env: { FORCE_COLOR: '' } }, { color: false }],
    ['FORCE_COLOR=0', true, { env: { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' } }, { canPrompt: true, color: false }],
    ['CLICOLOR_FORCE on a pipe', false, { env: { CLICOLOR_FORCE: '1', CLICOLOR: '0' } }, { color: true }],
    ['CLICOLOR_FORCE=0', false, { env: { CLICOLOR_FORCE: '0' } }, { color: false }],
    ['CLICOLOR=0', true, { env: { CLICOLOR: '0' } }, { canPrompt: true, color: false }],
    ['CLICOLOR=1', true, { env: { CLICOLOR: '1' } }, { canPrompt: true, color: true }],
    ['CLICOLOR=1 on a pipe', false, { env: { CLICOLOR: '1' } }, { color: false }],
    ['NO_COLOR before FORCE_COLOR', true, { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, { color: false }],
    ['--color always before NO_COLOR', true, { color: 'always' as const, env: { NO_COLOR: '1' } }, { color: true }],
    [
      '--color never before FORCE_COLOR',
      true,
      { color: 'never' as const, env: { FORCE_COLOR: '1' } },
      { color: false },
    ],
  ])('%s', (_, isTTY, options, expected) => {
    expect(setUp(isTTY, options).terminal).toMatchObject(expected);
  });
});

describe('what is written', () => {
  test('goes to its own stream, with foreign controls escaped on standard error', () => {
    const { terminal, stdout, stderr } = setUp(false);
    terminal.out('answer\n');
    terminal.err('\u001b[31mred\u001b[39m \u001b[2J gone\nsecond');
    expect(stdout.text).toBe('answer\n');
    expect(stderr.text).toBe('red \\x1b[2J gone\nsecond\n');
  });

  test('is ASCII where nothing else is shown, but for an answer to a file or a program', async () => {
    const told = async (isTTY: boolean, LANG: string) => {
      const { terminal, stdout, stderr } = setUp(isTTY, { env: { LANG }, color: 'never' });
      terminal.out('1…\n');
      await terminal.show('2…\n');
      terminal.err('3…');
      terminal.progress('4').finish('ok', '5…');
      return [stdout.text, ...stderr.text.replaceAll(/ \(.*\)/g, '').split('\n')];
    };
    expect(await told(true, 'C')).toEqual(['1...\n2...\n', '3...', 'ok       5...', '']);
    expect(await told(false, 'C')).toEqual(['1…\n2…\n', '3...', 'waiting  4', 'ok       5...', '']);
    expect(await told(true, 'C.UTF-8')).toEqual(['1…\n2…\n', '3…', 'ok       5…', '']);
  });

  test('is dropped in silence once its reader went away', async () => {
    const { terminal, stdout } = setUp(false);
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await setImmediate();
    terminal.out('never read');
    expect(stdout.text).toBe('');
  });

  test('is not lost in silence for any other reason', () => {
    const { stdout } = setUp(false);
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    expect(() => stdout.emit('error', full)).toThrow('no space left');
  });
});

describe('progress without a terminal', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('appends changes only, and every ten seconds that it still waits', () => {
    const { terminal, stderr } = setUp(false);
    const progress = terminal.progress('pod a: Pending');
    progress.update('pod a: Pending');
    jest.advanceTimersByTime(4000);
    progress.update('pod a: Running');
    jest.advanceTimersByTime(20_000);
    progress.finish('ok', 'pod a is ready');
    jest.advanceTimersByTime(60_000);
    expect(stderr.text.split('\n')).toEqual([
      'waiting  pod a: Pending',
      'waiting  pod a: Running (4.0 s)',
      'waiting  pod a: Running (14.0 s)',
      'waiting  pod a: Running (24.0 s)',
      'ok       pod a is ready (24.0 s)',
      '',
    ]);
  });

  test('is wrapped at 80 columns where no width is told', () => {
    const stderr = new Screen(false);
    const { terminal } = setUp(false, { stderr: Object.assign(stderr, { columns: undefined }) as OutputStream });
    const words = 'statefulset/postgres waits for Secret cloudtolocalllm-secrets, deployment/web for that';
    terminal.progress(words).finish('failed', words);
    terminal.err(`drill: ${words}`);
    terminal.err(`error: ${words}`);
    expect(stderr.text.split('\n')).toEqual([
      'waiting  statefulset/postgres waits for Secret cloudtolocalllm-secrets,',
      '         deployment/web for that',
      'failed   statefulset/postgres waits for Secret cloudtolocalllm-secrets,',
      '         deployment/web for that (0.0 s)',
      'drill: statefulset/postgres waits for Secret cloudtolocalllm-secrets,',
      '       deployment/web for that',
      `error: ${words}`,
      '',
    ]);
  });

  test('of many changes at once appends the last, a second after what it said before', () => {
    const { terminal, stderr } = setUp(false);
    const progress = terminal.progress('0 of 9');
    for (const done of [1, 2, 3]) {
      jest.advanceTimersByTime(100);
      progress.update(`${String(done)} of 9`);
    }
    jest.advanceTimersByTime(2000);
    progress.update('4 of 9');
    progress.update('5 of 9');
    progress.update('4 of 9');
    jest.advanceTimersByTime(5000);
    progress.update('6 of 9');
    progress.finish('ok', '9 of 9');
    expect(stderr.text.split('\n')).toEqual([
      'waiting  0 of 9',
      'waiting  3 of 9 (1.0 s)',
      'waiting  4 of 9 (2.3 s)',
      'waiting  6 of 9 (7.3 s)',
      'ok       9 of 9 (7.3 s)',
      '',
    ]);
  });

  test.each(['failed', 'stopped'] as const)('says %s in a word', (outcome) => {
    const { terminal, stderr } = setUp(false);
    terminal.progress('x').finish(outcome, 'the end');
    expect(stderr.text).toContain(`\n${outcome.padEnd(7)}  the end (0.0 s)\n`);
  });
});

describe('progress on a terminal', () => {
  test('ends in the same line, also when it ends before the spinner was loaded', () => {
    const { terminal, stderr } = setUp(true, { color: 'never' });
    terminal.progress('pod a\u001b[2J').finish('ok', 'pod a\u001b[2J is ready');
    expect(stderr.text).toBe('ok       pod a\\x1b[2J is ready (0.0 s)\n');
  });

  test('ends in rows that fit the screen', () => {
    const { terminal, stderr } = setUp(true, { color: 'never' });
    terminal.progress('x').finish('stopped', `${'word '.repeat(20)}end`);
    expect(stderr.text).toBe(`stopped  ${'word '.repeat(18).trim()}\n         word word end (0.0 s)\n`);
  });

  test('leaves room for the Ctrl-C that the terminal echoes after it', async () => {
    const { terminal, stderr } = setUp(true, { color: 'never' });
    const progress = terminal.progress('word '.repeat(30));
    while (!stderr.text.includes('word')) await setImmediate();
    progress.finish('stopped', 'x');
    const [drawn = ''] = /\S word[^()]*\(.*?\)/.exec(stderr.text) ?? [];
    expect(drawn.length).toBeGreaterThan(90);
    expect(drawn.length).toBeLessThan(98);
  });
});

describe('an answer that is only read', () => {
  const long = 'line\n'.repeat(24);
  let folder: string;
  let shown: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'c2l-pager-'));
    shown = join(folder, 'shown');
  });
  beforeEach(() => {
    writeFileSync(shown, '');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const pagers = (): Record<string, string> => ({
    PAGER: `{ echo "$LESS"; cat; } > ${shown}`,
    C2L_PAGER: `cat > ${shown}`,
  });

  test.each([
    ['the pager of the environment, told how to show it', long, ['PAGER'], `FRX\n${long}`],
    ['the pager of c2l before that', long, ['PAGER', 'C2L_PAGER'], long],
    ['no pager where none is set', long, [], ''],
    ['no pager where it fits', 'line\n'.repeat(23), ['PAGER'], ''],
  ])('goes through %s', async (_, text, names, expected) => {
    const env = Object.fromEntries(names.map((name) => [name, pagers()[name]]));
    const { terminal, stdout } = setUp(true, { env });
    await terminal.show(text);
    expect([readFileSync(shown, 'utf8'), stdout.text]).toEqual([expected, expected === '' ? text : '']);
  });

  test.each([
    ['a pipe', false, {}, {}],
    ['CI', true, { CI: 'true' }, {}],
    ['TERM=dumb', true, { TERM: 'dumb' }, {}],
    ['an empty C2L_PAGER', true, { C2L_PAGER: '' }, {}],
    ['a pager that is nowhere', true, { C2L_PAGER: 'c2l-no-such-pager 2> /dev/null' }, {}],
    ['--no-input', true, {}, { noInput: true }],
  ])('is written as it is with %s', async (_, isTTY, env, options) => {
    const { terminal, stdout } = setUp(isTTY, { env: { PAGER: pagers()['PAGER'], ...env }, ...options });
    await terminal.show(long);
    expect([readFileSync(shown, 'utf8'), stdout.text]).toEqual(['', long]);
  });

  test('may be left before its end, and Ctrl-C is the pager’s until then', async () => {
    const yieldInterrupts = jest.fn();
    const { terminal, stdout } = setUp(true, { env: { PAGER: `head -1 > ${shown}` }, yieldInterrupts });
    await terminal.show('line\n'.repeat(200_000));
    expect([readFileSync(shown, 'utf8'), stdout.text]).toEqual(['line\n', '']);
    expect(yieldInterrupts.mock.calls).toEqual([[true], [false]]);
  });
});
