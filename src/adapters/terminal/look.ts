import type { WriteStream } from 'node:tty';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Look {
  readonly env: Environment;
  /** `--no-input`. */
  readonly noInput: boolean;
  /** `--color`. */
  readonly color: 'auto' | 'always' | 'never';
}

/** Whether nobody sits there, or is not to be asked. */
export function isUnattended({ env, noInput }: Look): boolean {
  return isSet(env['CI']) || noInput;
}

/** Whether what is written is only ever appended: nothing is drawn anew, as it suits a log and a screen reader. */
export function isAppendOnly(look: Look): boolean {
  return isUnattended(look) || isSet(look.env['NO_COLOR']) || look.env['TERM'] === 'dumb';
}

/** Whether this stream is painted: as `--color` says, else the environment, else where it is a terminal. */
export function isPainted(look: Look, stream: Partial<Pick<WriteStream, 'isTTY'>>): boolean {
  const when = look.color === 'auto' ? colorBy(look.env) : look.color;
  return when === 'auto' ? stream.isTTY === true && !isAppendOnly(look) : when === 'always';
}

/** The conventions that many programs share. `NO_COLOR` goes first: who sets it cannot read what is painted. */
function colorBy({ NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR }: Environment): Look['color'] {
  if (isSet(NO_COLOR)) return 'never';
  if (isSet(FORCE_COLOR)) return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? 'never' : 'always';
  if (isSet(CLICOLOR_FORCE) && CLICOLOR_FORCE !== '0') return 'always';
  return CLICOLOR === '0' ? 'never' : 'auto';
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '';
}
