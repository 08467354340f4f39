import { parse } from 'dotenv';
import { readEnvFileLines } from './env-file-lines.ts';

/** A `.env` file that is read back exactly as it was written: each value in the first kind of quotes that keeps it. */
export function envFileText(values: ReadonlyMap<string, string>): string {
  return [...values]
    .map(([name, value]) => {
      const line = lineOf(name, value);
      if (line === undefined) throw new Error(`${name} was not looked at with canStandInEnvFile`);
      return `${line}\n`;
    })
    .join('');
}

/** Whether some quotes keep it as it is: a value may hold every kind of them. */
export function canStandInEnvFile(name: string, value: string): boolean {
  return lineOf(name, value) !== undefined;
}

function lineOf(name: string, value: string): string | undefined {
  // Double quotes alone know escapes; a carriage return is lost in all others.
  const escaped = value.replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return [`'${value}'`, `\`${value}\``, `"${value}"`, `"${escaped}"`]
    .map((quoted) => `${name}=${quoted}`)
    .find((each) => isKept(each, name, value));
}

function isKept(line: string, name: string, value: string): boolean {
  return readEnvFileLines(line).problems.length === 0 && parse(line)[name] === value;
}
