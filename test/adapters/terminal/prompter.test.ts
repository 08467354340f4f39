import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createPrompter } from '../../../src/adapters/terminal/prompter.ts';

/** A keyboard that types once the question stands on the screen. */
function setUp(keys: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  // Nobody who pipes into standard error ends it.
  output.end = () => output;
  const controller = new AbortController();
  const left = [...keys];
  let screen = '';
  let asked = 0;
  output.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    const questions = screen.split('?').length - 1;
    if (questions <= asked || left.length === 0) return;
    asked = questions;
    setImmediate(() => input.write(left.shift()));
  });
  const prompter = createPrompter({ input, output, signal: controller.signal, env, noInput: false, color: 'auto' });
  return { prompter, input, controller, screen: () => screen };
}

/** Resolves when the screen shows it; the test's own time limit is the bound. */
async function until(isShown: () => boolean): Promise<void> {
  while (!isShown()) await new Promise((resolve) => setImmediate(resolve));
}

describe('confirm', () => {
  test.each([
    ['enter alone is No', '\r', false],
    ['y is Yes', 'y\r', true],
    ['yes in capitals is Yes', 'YES\r', true],
    ['no is No', 'no\r', false],
  ])('%s', async (_, keys, expected) => {
    const { prompter, screen } = setUp([keys]);
    expect(await prompter.confirm('Write 2 keys')).toBe(expected);
    expect(screen()).toContain('Write 2 keys');
  });
});

test('where only ASCII is shown, a question and what the library adds to it are that', async () => {
  const { prompter, screen } = setUp(['y\r'], { LANG: 'C' });
  await prompter.confirm('Write 2 keys → shop');
  expect(screen()).toContain('Write 2 keys -> shop');
  expect(screen()).not.toMatch(/[^\u0000-\u007f]/);
});

test('what is typed before a hidden question stands there is not shown by the terminal either', async () => {
  const { prompter, input } = setUp(['value\r']);
  const modes: boolean[] = [];
  Object.assign(input, { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
  const answer = prompter.secret('token:', () => undefined);
  // Before anything is waited for, such as the library.
  expect(modes).toEqual([true]);
  await answer;
  expect(modes.at(-1)).toBe(false);
});

test('what was typed before the question stands there is no consent', async () => {
  const { prompter, input } = setUp(['n\r']);
  input.write('y\r');
  expect(await prompter.confirm('Write 2 keys')).toBe(false);
});

test('Ctrl-C that was typed before the question stands there is heard', async () => {
  const { prompter, input, screen } = setUp(['y\r']);
  input.write('\u0003');
  await expect(prompter.confirm('Write 2 keys')).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  expect(screen()).not.toContain('Write');
});

test('what only begins like a yes is no consent: it is asked again', async () => {
  const { prompter, input, screen } = setUp(['yesterday\r']);
  const answer = prompter.confirm('Write 2 keys');
  await until(() => screen().includes('type y or n'));
  input.write('y\r');
  expect(await answer).toBe(true);
});

test('a secret is neither shown nor told by its length', async () => {
  const typed = 'q7'.repeat(12);
  const { prompter, screen } = setUp([`${typed}\r`]);
  const value = await prompter.secret('Value of admin-password', () => undefined);
  expect(value.reveal()).toBe(typed);
  expect(screen()).not.toContain('q7');
  expect(screen()).not.toContain('*');
});

test('a secret that does not fit is asked for anew, with the reason', async () => {
  const { prompter, input, screen } = setUp(['short\r']);
  const answer = prompter.secret('Value of k', (candidate) =>
    candidate.reveal().length >= 10 ? undefined : 'is shorter than 10 characters',
  );
  await until(() => screen().includes('not taken: is shorter than 10 characters'));
  await until(() => screen().split('not taken: is shorter')[1]!.includes('Value of k'));
  input.write('long-enough\r');
  // Nothing of what was refused is left in it.
  expect((await answer).reveal()).toBe('long-enough');
});

test('free text comes back as typed', async () => {
  expect(await setUp(['prod-west\r']).prompter.text('Type its name')).toBe('prod-west');
});

test('free text that is no answer is asked for again in an empty line, and not shown as taken', async () => {
  const { prompter, input, screen } = setUp(['x\r']);
  const answer = prompter.text('r or q:', (typed) => (typed === 'q' ? undefined : 'type r or q'));
  await until(() => screen().includes('type r or q'));
  expect(screen()).not.toContain('✔');
  input.write('q\r');
  expect(await answer).toBe('q');
});

describe.each([{ TERM: 'dumb' }, { NO_COLOR: '1' }])('where lines are only appended, with %j,', (env) => {
  test('a question stands there once, and nothing moves the cursor', async () => {
    const { prompter, screen } = setUp(['y\n'], env);
    expect(await prompter.confirm('Write 2 keys')).toBe(true);
    expect(screen()).toBe('? Write 2 keys (y/N) ');
  });

  test('what is no answer is asked for again, with the reason', async () => {
    const { prompter, screen } = setUp(['yesterday\n', '\n'], env);
    expect(await prompter.confirm('Write 2 keys')).toBe(false);
    expect(screen()).toBe('? Write 2 keys (y/N) not taken: type y or n; Enter means no\n? Write 2 keys (y/N) ');
  });

  test('a secret is edited, and shown by nobody', async () => {
    const { prompter, input, screen } = setUp(['q7x\u007fé\r'], env);
    const modes: boolean[] = [];
    Object.assign(input, { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
    expect((await prompter.secret('token:', () => undefined)).reveal()).toBe('q7é');
    expect(screen()).toBe('? token: \n');
    expect([modes[0], modes.at(-1)]).toEqual([true, false]);
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s at a hidden question is "interrupted"', async (_, key) => {
    const asked = setUp([key], env).prompter.secret('token:', () => undefined);
    await expect(asked).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  });

  test('a signal, and a keyboard that goes away, are "interrupted"', async () => {
    const { prompter, controller, screen } = setUp([], env);
    const asked = prompter.text('Name');
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    // What comes next begins a row of its own.
    expect(screen()).toMatch(/\n$/);

    const gone = setUp([], env);
    const left = gone.prompter.text('Name');
    gone.input.end();
    await expect(left).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('stopping at a question', () => {
  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s is "interrupted"', async (_, key) => {
    await expect(setUp([key]).prompter.confirm('Write')).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  });

  test('a signal is "interrupted"', async () => {
    const { prompter, controller } = setUp();
    const asked = prompter.text('Name');
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('a keyboard that goes away is "interrupted"', async () => {
    const { prompter, input } = setUp();
    const asked = prompter.confirm('Write');
    input.end();
    input.resume();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
  });
});
