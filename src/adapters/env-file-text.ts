import { parse } from 'dotenv';
import { OperatorError } from '../errors.ts';
import { readEnvFileLines } from './env-file-lines.ts';

/** A `.env` file that is read back exactly as it was written: each value in the first kind of quotes that keeps it. */
export function envFileText(values: ReadonlyMap<string, string>): string {
  return [...values].map(([name, value]) => `${lineOf(name, value)}\n`).join('');
}

function lineOf(name: string, value: string): string {
  const line = ["'", '`', '"']
    .map((quote) => `${name}=${quote}${value}${quote}`)
    .find((each) => isKept(each, name, value));
  if (line !== undefined) return line;
  throw new OperatorError(
    'source-invalid',
    `the value of ${name} cannot stand in a .env file: no quotes keep it as it is`,
    {
      hint: 'store it in a vault: c2l backup --to azure-key-vault:NAME',
    },
  );
}

function isKept(line: string, name: string, value: string): boolean {
  return readEnvFileLines(line).problems.length === 0 && parse(line)[name] === value;
}
