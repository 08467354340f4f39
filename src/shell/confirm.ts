import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Prompter } from '../ports.ts';
import type { Session } from './session.ts';

export interface ConfirmOptions {
  readonly yes: boolean;
  /** The name typed in advance, for scripts that work on production. */
  readonly confirm?: string | undefined;
}

/**
 * The only way to get consent for a write. A context or namespace that the stack marks as production is confirmed by
 * its name; `--yes` alone does not do it. Throws `declined` on No, `confirmation-needed` where nobody can be asked.
 */
export async function confirmWrite(session: Session, question: string, options: ConfirmOptions): Promise<void> {
  const production = productionName(session);
  if (production !== undefined) return confirmByName(session, question, { ...options, name: production });
  if (options.yes) return;

  const { terminal, prompter } = session.deps;
  if (!terminal.canPrompt) {
    throw new OperatorError(
      'confirmation-needed',
      `${lowerFirst(question)} needs consent and nobody can be asked here`,
      {
        hint: 'add --yes',
      },
    );
  }
  // Which cluster is asked for again: what was told at the start has long scrolled away.
  await agree(prompter, `${question} (context ${session.cluster.context})`);
}

/** Asks a person who is there. Throws `declined` on No. */
export async function agree(prompter: Prompter, question: string): Promise<void> {
  if (!(await prompter.confirm(question))) throw declined();
}

async function confirmByName(
  session: Session,
  question: string,
  options: ConfirmOptions & { readonly name: string },
): Promise<void> {
  const { terminal, prompter } = session.deps;
  if (options.confirm !== undefined) {
    if (options.confirm === options.name) return;
    throw new OperatorError('confirmation-needed', `--confirm ${options.confirm} does not name ${options.name}`, {
      hint: `--confirm ${options.name}`,
    });
  }
  if (!terminal.canPrompt) {
    throw new OperatorError('confirmation-needed', `${options.name} is production: --yes alone is not consent`, {
      hint: `add --confirm ${options.name}`,
    });
  }
  await agreeByName(prompter, `${question} ${options.name} is production: type its name to go on`, options.name);
}

/** Asks a person who is there to type a name. Throws `declined` on anything else, and says what it was. */
export async function agreeByName(prompter: Prompter, question: string, name: string): Promise<void> {
  const typed = (await prompter.text(question)).trim();
  if (typed !== name)
    throw declined(`${typed === '' ? 'nothing' : `"${typed}"`} was typed where ${name} was asked for`);
}

function productionName({ stack, cluster, scope, policy }: Session): string | undefined {
  if (policy.production) return cluster.context;
  if (stack === undefined) return undefined;
  if (stack.production.contexts.includes(cluster.context)) return cluster.context;
  return scope.namespaces.find((name) => stack.production.namespaces.includes(name));
}

/** What a No of a person ends in. */
export function declined(because?: string): OperatorError {
  const message = `declined${because === undefined ? '' : `: ${because}`}; nothing was changed`;
  return new OperatorError('declined', message, { exitCode: ExitCode.declined });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\?$/, '');
}
