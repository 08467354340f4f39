import { firstLine } from '../first-line.ts';
import { lastWords } from '../last-words.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import type { StackCheck } from '../stack/stack.ts';

type CommandCheck = Extract<StackCheck, { kind: 'command' }>;

/**
 * Whether a command ended as the stack expects. Of one that did not, standard error is quoted without values, and the
 * first line of its output where that is what tells why.
 */
export function judgeCommand(
  { command, exitCode, output }: Pick<CommandCheck, 'command' | 'exitCode' | 'output'>,
  result: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
  values: Iterable<SecretValue>,
): { readonly isExpected: boolean; readonly detail: string } {
  if (result.exitCode !== exitCode) {
    const said =
      result.exitCode === 127 && result.stderr === ''
        ? `the container has no ${command[0] ?? ''}`
        : (lastWords(result.stderr, values) ?? firstLine(result.stdout, values));
    const ended = `ended with exit code ${result.exitCode} instead of ${exitCode}`;
    return { isExpected: false, detail: said === undefined ? ended : `${ended}: ${said}` };
  }
  const ended = `ended with exit code ${exitCode}`;
  if (output === undefined) return { isExpected: true, detail: ended };
  if (new RegExp(output, 'm').test(result.stdout))
    return { isExpected: true, detail: `${ended}, and its output matches` };
  const line = firstLine(result.stdout, values);
  const began = line === undefined ? 'it has none' : `it begins with: ${line}`;
  return { isExpected: false, detail: `${ended}, and its output does not match ${output}: ${began}` };
}
