import type { Runbook } from '../../core/runbook/runbook.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps } from '../../ports.ts';

export interface ValuesOptions {
  /** `NAME=VALUE`, as typed. */
  readonly set: readonly string[];
  readonly known: Readonly<Record<string, string>>;
  /** Answers of an earlier run: one that was wrong can be given anew. */
  readonly earlier?: Readonly<Record<string, string>> | undefined;
  readonly yes: boolean;
  /** The examples of a runbook are those of the sandbox. */
  readonly isSandbox: boolean;
}

/** What each variable of the commands stands for: typed with `--set`, known of the place, or asked for. */
export async function runbookValues(
  { name, values }: Runbook,
  { set, known, earlier = {}, yes, isSandbox }: ValuesOptions,
  { prompter }: Pick<Deps, 'prompter'>,
): Promise<Readonly<Record<string, string>>> {
  const names = values.map((value) => value.name);
  const typed = new Map(set.map((text) => readSetting(text, name, names)));
  const isAsked = !yes && !isSandbox;
  const settled: Record<string, string> = {};
  for (const { name: variable, example, about } of values) {
    const usual = earlier[variable] ?? example;
    const decided = typed.get(variable) ?? known[variable];
    if (decided === undefined && isAsked) {
      settled[variable] = (await prompter.text(`${variable}, ${about} [${usual}]:`)).trim() || usual;
      continue;
    }
    const given = decided ?? (isSandbox ? usual : earlier[variable]);
    if (given === undefined) {
      throw new OperatorError('usage', `runbook ${name} needs ${variable}`, { hint: `--set ${variable}=${example}` });
    }
    settled[variable] = given;
  }
  return settled;
}

function readSetting(text: string, runbook: string, names: readonly string[]): readonly [string, string] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (names.includes(name) && value !== '') return [name, value];
  const accepted = names.length === 0 ? 'none' : names.map((each) => `${each}=VALUE`).join(', ');
  throw new OperatorError('usage', `${text} sets nothing of runbook ${runbook}`, { hint: `accepted: ${accepted}` });
}
