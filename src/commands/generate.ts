import type { GeneratedFile } from '../core/generate/generated-file.ts';
import type { GenerateSubject } from '../core/generate/generate-subject.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { fileText, filesJson, filesText } from '../render/generated-files.ts';
import { namedStack } from '../shell/session.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { printError } from './run-report.ts';

export interface GenerateFlags extends GlobalFlags {
  /** A folder, or `-` for standard output. */
  readonly out: string;
}

/** Prints or writes the files of one kind. Asks no cluster: what it prints is the same wherever it runs. */
export async function runGenerate(
  kind: string,
  flags: GenerateFlags,
  deps: Deps,
  generate: (subject: GenerateSubject) => readonly GeneratedFile[],
): Promise<ExitCode> {
  try {
    const files = generate(await subjectOf(kind, flags, deps));
    if (flags.out !== '-') await write(flags.out, files, deps);
    if (flags.output === 'json') deps.terminal.out(filesJson(kind, files));
    else if (flags.out === '-') deps.terminal.out(filesText(files));
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return printError(error, { name: 'generate', flags }, deps);
  }
}

async function write(folder: string, files: readonly GeneratedFile[], { outputFolder, terminal }: Deps): Promise<void> {
  for (const file of files) {
    const { path, state } = await outputFolder.write(folder, file.path, fileText(file));
    terminal.err(`${path}: ${state}`);
  }
}

/** `-n` and `-A` alone are enough, without a stack. */
async function subjectOf(kind: string, flags: GlobalFlags, deps: Deps): Promise<GenerateSubject> {
  const stack = await namedStack(sessionOptions(flags), deps);
  const argocdNamespace = stack?.argocd.namespace ?? 'argocd';
  if (flags.allNamespaces === true) return { stack, namespaces: [], all: true, argocdNamespace };
  const namespaces = flags.namespace ?? stack?.namespaces;
  if (namespaces !== undefined) return { stack, namespaces, all: false, argocdNamespace };
  throw new OperatorError('usage', 'there is no stack file here, and no namespace is named', {
    hint: `c2l generate ${kind} --stack cloudtolocalllm, or with -n NAMESPACE`,
  });
}
