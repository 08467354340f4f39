import { replaceCommands, shellWord } from './commands-in-text.ts';
import type { Style } from './style.ts';

/**
 * Every command of a text as it means the cluster of this run, and one of c2l its namespaces and its stack too. A kubeconfig
 * or a context that was given to c2l is not known to a shell, and a write of kubectl would go to whichever cluster is
 * current there.
 */
export function commandsHere(text: string, { flags }: Pick<Style, 'flags'>): string {
  const given = flagsOf(flags);
  if (given.length === 0) return text;
  return replaceCommands(text, (command, rest) =>
    // What is broken over lines was completed before.
    rest.startsWith(' \\')
      ? command
      : command.replace(part, (each) =>
          each.startsWith('kubectl ') ? kubectlHere(each, given) : c2lHere(each, given),
        ),
  );
}

/** A flag with its value, if it has one. */
type Given = readonly [flag: string, ...value: string[]];

/** One program of a pipeline. */
const part = new RegExp(String.raw`(?:^|(?<=[|&] ))(?:(?:npx )?c2l|kubectl)(?: (?![|&<>])${shellWord})+`, 'g');

function kubectlHere(command: string, given: readonly Given[]): string {
  if (given.some(([flag]) => flag === '--sandbox')) return command;
  const isOfAll = command.startsWith('kubectl config ');
  const told = given.filter(([flag]) => flag === '--kubeconfig' || (flag === '--context' && !isOfAll));
  return ['kubectl', ...lacking(command, told), command.slice('kubectl '.length)].join(' ');
}

/** These look at no cluster, or at one of their own. */
const ofNoPlace =
  /^(?:npx )?c2l (?:completion|config|explain|runbook (?:list|show)|sandbox|tour)(?= |$)| --(?:help|sandbox|url)(?= |$)/;

function c2lHere(command: string, given: readonly Given[]): string {
  return ofNoPlace.test(command) ? command : [command, ...lacking(command, given)].join(' ');
}

/** Flags that say the same, each in its way. */
const alike = [/^(?:-n|--namespace|-A|--all-namespaces)$/, /^(?:--config|--stack)$/];

/** What of the flags the command does not say itself. */
function lacking(command: string, given: readonly Given[]): string[] {
  const named = flagsOf(command).map(([flag]) => flag);
  return given
    .filter(([flag]) => {
      const kind = alike.find((each) => each.test(flag));
      return !named.some((each) => each === flag || kind?.test(each) === true);
    })
    .map((each) => each.join(' '));
}

function flagsOf(words: string): Given[] {
  const flag = new RegExp(String.raw`(?<!\S)(--?[A-Za-z][\w-]*)(?:[ =](?!-)(${shellWord}))?`, 'g');
  return [...words.matchAll(flag)].map(([, name = '', value]) => (value === undefined ? [name] : [name, value]));
}
