import { plainStack } from '../core/init/plain-stack.ts';
import type { StackDraft } from '../core/init/stack-draft.ts';
import type { InitReport } from '../core/reports/file-reports.ts';
import { exitCodeOf, verdictOf } from '../core/reports/report.ts';
import { quoted } from '../core/sources/source-option.ts';
import { parseStack } from '../core/stack/parse-stack.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderInit } from '../render/init.ts';
import { stackYaml } from '../render/stack-yaml.ts';
import { askAboutStack } from '../shell/init/ask-about-stack.ts';
import { draftFromCluster, draftFromManifests, type SeenStack } from '../shell/init/observe-for-init.ts';
import { openSession } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

export interface InitFlags extends GlobalFlags {
  readonly fromManifests?: readonly string[];
  /** A file, or `-` for standard output. */
  readonly out: string;
  readonly yes?: boolean;
}

interface Origin extends Pick<InitReport, 'context' | 'server' | 'paths'> {
  /** For the first line of the file. */
  readonly words: string;
}

/** Writes a stack file from what is there; asks about what it cannot tell, and before it replaces a file. */
export async function init(flags: InitFlags, deps: Deps): Promise<ExitCode> {
  const { seen, origin } = await untilInterrupted(see(flags, deps), deps.signal);
  refuseEmpty(seen, origin);
  const context = origin.context === '' ? undefined : origin.context;
  const draft = await askAboutStack(seen.draft, { questions: seen.questions, context }, deps);
  refuseInvalid(draft);

  const isPrinted = flags.out === '-';
  const schema = await deps.stackFiles.schemaFor(isPrinted ? 'c2l.yaml' : flags.out);
  const text = stackYaml(draft, { origin: origin.words, schema });
  if (!isPrinted) await write(flags, text, deps);
  const report = reportOf({ seen, origin, draft }, isPrinted ? undefined : flags.out);
  const style = styleFor(flags, deps);
  if (isPrinted && flags.output === 'text') {
    deps.terminal.out(text);
    deps.terminal.err((await renderInit(report, 'text', style)).trimEnd());
  } else deps.terminal.out(await renderInit(report, flags.output, style));
  return exitCodeOf(report.verdict);
}

async function see(flags: InitFlags, deps: Deps): Promise<{ seen: SeenStack; origin: Origin }> {
  if (flags.fromManifests !== undefined) {
    const seen = await draftFromManifests(flags.fromManifests, flags.namespace, deps);
    const paths = flags.fromManifests;
    return {
      seen,
      origin: { context: '', server: '', paths, words: `the manifests in ${flags.fromManifests.join(', ')}` },
    };
  }
  if (flags.allNamespaces === true) {
    throw new OperatorError('usage', 'a stack names its namespaces: -A is not one', { hint: 'c2l init -n NAMESPACE' });
  }
  const session = await openSession(sessionOptions(flags), deps);
  try {
    const { context, server } = session.cluster;
    return { seen: await draftFromCluster(session), origin: { context, server, words: `context ${context}` } };
  } finally {
    await session.close();
  }
}

function refuseEmpty({ draft, namespaces }: SeenStack, { paths = [] }: Origin): void {
  if (draft.secrets.length > 0 || draft.components.length > 0) return;
  const where = namespaces.length === 0 ? '' : ` in namespace ${namespaces.join(', ')}`;
  throw new OperatorError('usage', `nothing${where} runs or needs a Secret: there is nothing to write`, {
    hint:
      paths.length === 0
        ? 'to see which namespaces need Secrets: c2l audit -A'
        : `to see what is read from these manifests: c2l validate ${paths.map(quoted).join(' ')}`,
  });
}

/** What a cluster holds can be more than a stack file takes, such as a key with a name longer than Key Vault's. */
function refuseInvalid(draft: StackDraft): void {
  const parsed = parseStack(plainStack(draft));
  if (parsed.ok) return;
  const problems = parsed.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new OperatorError('stack-invalid', `no stack file can say this: ${problems.join('; ')}`, {
    hint: 'c2l init -n NAMESPACE, with fewer namespaces at once',
  });
}

async function write({ out, yes }: InitFlags, text: string, { stackFiles, terminal, prompter }: Deps): Promise<void> {
  if ((await stackFiles.write(out, text, { replace: yes === true })) === 'written') return;
  if (!terminal.canPrompt) {
    throw new OperatorError('confirmation-needed', `${out} is there already and nobody can be asked here`, {
      hint: 'add --yes to replace it, or --out - to print',
    });
  }
  if (!(await prompter.confirm(`${out} is there already. Replace it?`))) {
    throw new OperatorError('declined', `declined; ${out} is as it was`, { exitCode: ExitCode.declined });
  }
  await stackFiles.write(out, text, { replace: true });
}

function reportOf(
  { seen, origin, draft }: { readonly seen: SeenStack; readonly origin: Origin; readonly draft: StackDraft },
  path: string | undefined,
): InitReport {
  const { findings, namespaces, takenAt } = seen;
  return {
    schemaVersion: 1,
    command: 'init',
    context: origin.context,
    server: origin.server,
    ...(origin.paths === undefined ? {} : { paths: origin.paths }),
    namespaces,
    stack: draft.name,
    takenAt,
    verdict: verdictOf(findings),
    findings,
    ...(path === undefined ? {} : { path }),
    file: plainStack(draft),
    notes: [
      ...draft.secrets.flatMap(({ name, notes, keys }) => [
        ...notes.map((note) => ({ of: name, note })),
        ...keys.flatMap(({ key, note }) => (note === undefined ? [] : [{ of: `${name}/${key}`, note: `${note}.` }])),
      ]),
      ...draft.components.flatMap(({ name, notes }) => notes.map((note) => ({ of: name, note }))),
      ...draft.leftOut.map(({ workload, note }) => ({ of: workload, note })),
    ],
  };
}
