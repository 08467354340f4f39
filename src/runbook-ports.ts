import type { Runbook } from './core/runbook/runbook.ts';
import type { RunbookProgress } from './core/runbook/runbook-progress.ts';

/** Of the environment of a step: the exit codes after which its runbook goes on. */
export const stepVariable = 'C2L_STEP_EXITS';

/** What a sandbox names as its next is reached from nowhere else, however a step of it ends. */
export const anyExit = '*';

export interface ScriptOptions {
  /** For the commands, over the environment of c2l itself. */
  readonly env: Readonly<Record<string, string>>;
  /** Is told each line of standard output when it is printed. */
  readonly onLine: (line: string) => void;
  /** Ends the commands, with all that they started; they are then out of reach of the terminal. */
  readonly signal?: AbortSignal | undefined;
}

/** Where progress and log of one run are kept. */
export interface ProgressFile {
  readonly path: string;
  readonly logPath: string;
  readonly found: RunbookProgress | undefined;
  save(progress: RunbookProgress, log: string): Promise<void>;
}

/** One that nobody else walks by meanwhile. */
export interface HeldProgressFile extends ProgressFile {
  release(): Promise<void>;
}

/** What runbooks need of the world. */
export interface RunbookWorld {
  /** In the order in which they are listed. */
  list(): Promise<readonly Runbook[]>;
  /** One that ships with c2l, or the path of a file. Throws `runbook-invalid`. */
  read(name: string): Promise<Runbook>;
  /**
   * Runs shell commands in which `c2l` is this program; they have the terminal. Gives their exit code. Standard error
   * goes where c2l's own goes.
   */
  runScript(commands: string, options: ScriptOptions): Promise<number>;
  /** Whether a shell would find the program. */
  isOnPath(program: string): Promise<boolean>;
  /**
   * By default in the folder where this person's programs keep their state. Throws `conflict` where another run walks
   * by it, with what can be done then.
   */
  openProgress(name: string, path: string | undefined, whereHeld: string): Promise<HeldProgressFile>;
}
