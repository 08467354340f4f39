import type { Style } from './style.ts';

/** Those that ask or change a cluster; in a sentence any other word after `kubectl` is prose. */
const verbs =
  'annotate|api-resources|apply|auth|cluster-info|config|cp|create|delete|describe|diff|edit|exec|get|label|logs|patch|replace|rollout|scale';

const typed = new RegExp(String.raw`(?<![^\s(|;&])kubectl (?=(?:-\S|(?:${verbs}) ))`, 'g');

/**
 * Every kubectl of a command or a sentence as it means the cluster of this run. A kubeconfig or a context that was given
 * to c2l is not known to a shell, and a write of kubectl would go to whichever cluster is current there.
 */
export function kubectlHere(words: string, { flags }: Pick<Style, 'flags'>): string {
  if (/(?:^| )--sandbox(?: |$)/.test(flags)) return words;
  const given = flags.match(/(?<!\S)--(?:kubeconfig|context) (?:[^\s']|'[^']*'|\\')+/g) ?? [];
  return words.replace(typed, (kubectl, at: number) => {
    const [command = ''] = /^[^|;,]*/.exec(words.slice(at)) ?? [];
    const isOfAll = command.startsWith('kubectl config ');
    const missing = given.filter(
      (flag) => !command.includes(` ${flag.split(' ', 1)[0]} `) && !(isOfAll && flag.startsWith('--context ')),
    );
    return [kubectl.trimEnd(), ...missing].join(' ') + ' ';
  });
}
