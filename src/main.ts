import { setMaxListeners } from 'node:events';
import { isSea } from 'node:sea';

import { run } from './cli.ts';
import type { World } from './command-line/registry.ts';
import { ExitCode } from './exit-codes.ts';
import { shownIn } from './render/ascii-text.ts';
import { typedProgram } from './render/typed-program.ts';
import { readShipped } from './shipped-files.ts';

const { version } = JSON.parse(readShipped('package.json')) as { version: string };
const interruption = new AbortController();
/** A pager has the terminal: Ctrl-C stops its search, say, and must not take the program from under it. */
let isLeftToOthers = false;
/** Told to whoever interrupts once more while nothing but SIGKILL may end the program. */
let heldOn: string | undefined;
// Every request under way listens to it; Node would take a dozen for a leak.
setMaxListeners(0, interruption.signal);

/** kubectl starts a plugin by a name of its own. */
const startedAs = isSea() ? process.argv0 : process.argv[1];

const world: World = {
  version,
  program: typedProgram(process.env, startedAs),
  print(text) {
    // A reader that went away (`| head -1`) is no failure.
    process.stdout.on('error', () => undefined);
    const { stdout, env } = process;
    stdout.write(stdout.isTTY ? shownIn(env)(text, stdout.columns) : text);
  },
  async createDeps({ input, color }) {
    const { composeDeps } = await import('./compose-deps.ts');
    const { stdin, stdout, stderr, env } = process;
    const yieldInterrupts = (isYielded: boolean): void => {
      isLeftToOthers = isYielded;
    };
    const terminal = { stdin, stdout, stderr, env, noInput: !input, color, startedAs, yieldInterrupts };
    return composeDeps({
      ...terminal,
      cwd: process.cwd(),
      signal: interruption.signal,
      version,
      program: isSea() ? [process.execPath] : [process.execPath, ...process.argv.slice(1, 2)],
      processId: process.pid,
      isRunning,
      holdOn,
    });
  },
};

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // Not ours to signal, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function holdOn(words: string): () => void {
  heldOn = words;
  return () => (heldOn = undefined);
}

/** The first Ctrl-C lets the command end in a state that it can explain; the second ends it at once. */
function interrupt(): void {
  if (!interruption.signal.aborted) interruption.abort();
  else if (heldOn === undefined) process.exit(ExitCode.interrupted);
  else process.stderr.write(`${heldOn}\n`);
}

/**
 * A defect is told by its kind and place only: the message of a foreign error can quote what it choked on, and that
 * may be a value.
 */
function reportDefect(error: unknown): void {
  const [, ...frames] = error instanceof Error ? (error.stack ?? '').split('\n    at ') : [];
  const kind = error instanceof Error ? error.name : typeof error;
  process.stderr.write(
    `error: this is a defect in c2l ${version}: ${kind} at ${frames[0]?.trim() ?? 'an unknown place'}\n`,
  );
  if (process.argv.includes('-v') || process.argv.includes('--verbose')) {
    process.stderr.write(frames.map((frame) => `  at ${frame.trim()}\n`).join(''));
  } else {
    process.stderr.write('run it again with -v and report what it prints\n');
  }
  process.exitCode = ExitCode.defect;
}

process.on('SIGINT', () => {
  if (!isLeftToOthers) interrupt();
});
process.on('SIGTERM', interrupt);
// The terminal was closed: a sandbox must not leave its files behind.
process.on('SIGHUP', interrupt);
process.on('uncaughtException', reportDefect);

/** Resolves when what was written has left the process; a reader that went away does not hold it up. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

// No await at the top: the single executable is one script of CommonJS.
void run(process.argv.slice(2), world)
  .then((code) => (process.exitCode = code), reportDefect)
  .then(() => Promise.all([drained(process.stdout), drained(process.stderr)]))
  // A library's request that nobody waits for any more must not keep the answer from the shell.
  .then(() => process.exit());
