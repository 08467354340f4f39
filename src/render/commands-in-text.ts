/** Those of c2l; after its name any other word is prose. */
export const commandNames =
  'audit|backup|bootstrap|completion|config|doctor|dr-drill|explain|fix-secrets|generate|history|init|migrate|restart|restore-sync|rollback|runbook|sandbox|stabilize|tour|validate|verify|watch';

/** Those that ask or change a cluster. */
const kubectlVerbs =
  'annotate|api-resources|apply|auth|cluster-info|config|cp|create|delete|describe|diff|edit|exec|get|kustomize|label|logs|patch|replace|rollout|scale|set';

/** Other programs that a text leads to; in a sentence they are words too. */
const programs =
  'age-keygen|az|chmod|envsubst|export|gcloud|git|helm|kubeseal|kustomize|ls|mkdir|mv|KUBECONFIG=\\S+|\\$\\{EDITOR:-vi\\}';

const begin = new RegExp(
  String.raw`(?<![^\s(|;&])(?:(?:npx )?c2l (?=(?:${commandNames}|--?[a-z-]+)(?![\w-]))|kubectl (?=(?:-\S|(?:${kubectlVerbs})\b)))|(?:^|(?<=[:;] ))(?:${programs}) `,
  'g',
);

/** As a shell reads it. */
export const shellWord = String.raw`(?:\\.|[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*")+`;

const word = new RegExp(shellWord, 'y');

/** What goes on after a command in a sentence; no name that c2l prints is one of them. */
const ofSentence = new Set(
  (
    'adds again all and are as at because brings but by comes could deletes does drafts ends finds first for from gives goes ' +
    'had hands has in instead is it its leaves lists looks made makes may names needs not of on once or prints proves puts ' +
    'reads runs says scales sees shows so takes tells that the them then there they this to was where which who with ' +
    'without would writes wrote'
  ).split(' '),
);

/** The same text with each of its commands as `by` gives it, who knows what comes after. */
export function replaceCommands(text: string, by: (command: string, rest: string) => string): string {
  let told = '';
  let done = 0;
  begin.lastIndex = 0;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const end = endOf(text, begin.lastIndex);
    told += text.slice(done, found.index) + by(text.slice(found.index, end), text.slice(end));
    done = end;
    begin.lastIndex = end;
  }
  return told + text.slice(done);
}

/** Whether it is one command from its first to its last word, and no sentence. */
export function isCommand(text: string): boolean {
  let command = '';
  replaceCommands(text, (each) => (command ||= each));
  return command !== '' && command === text;
}

/** As many words as belong to the command: up to a mark of punctuation, or a word that only a sentence has. */
function endOf(text: string, from: number): number {
  let at = from;
  let end = from - 1;
  for (;;) {
    word.lastIndex = at;
    const [read] = word.exec(text) ?? [];
    if (read === undefined || ofSentence.has(read)) return end;
    const bare = read.replace(/[,;:)]+$|(?<=..)\.$/, '');
    if (ofSentence.has(bare)) return end;
    end = at + bare.length;
    if (bare !== read || text[end] !== ' ') return end;
    at = end + 1;
  }
}
