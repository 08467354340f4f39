const alike: Readonly<Record<string, string>> = {
  '…': '...',
  '×': 'x',
  '→': '->',
  '•': '*',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
};

/** Of one column, as what they stand for. */
const narrow: Readonly<Record<string, string>> = { ...alike, '…': '~', '→': '>' };

const beyond = /[^\u0000-\u007f]/g;
const colors = /\u001b\[[0-9;]*m/g;

/**
 * For a terminal that shows bytes beyond ASCII as something else: what looks alike, else the code of the character. A
 * line that was laid out to fit does so still.
 */
function asciiText(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const replaced = replace(line, alike);
      return replaced === line || replaced.replace(colors, '').length <= width ? replaced : replace(line, narrow);
    })
    .join('\n');
}

function replace(line: string, by: Readonly<Record<string, string>>): string {
  return line.replace(beyond, (unit) => by[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a terminal of this environment is written, in so many columns. */
export function shownIn(env: Environment): (text: string, width: number) => string {
  return isAsciiAlone(env) ? asciiText : (text) => text;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether what says which characters are shown here says that these are fewer than UTF-8 has. */
export function isAsciiAlone(env: Environment): boolean {
  const named = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return named !== undefined && !/utf-?8/i.test(named);
}
