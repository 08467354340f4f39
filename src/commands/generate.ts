import { compareFiles, type ComparedFile, type FileText } from '../core/generate/compare-files.ts';
import { uncommented } from '../core/generate/generated-file.ts';
import type { GenerateKind } from '../core/generate/generate-kind.ts';
import type { GenerateSubject } from '../core/generate/generate-subject.ts';
import { generateKinds } from '../core/generate/kinds.ts';
import { count } from '../core/list-text.ts';
import { allCommand, kindCommand, makeAll, makeKind, type MadeFile } from '../core/generate/make-kinds.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { commandsHere } from '../render/commands-here.ts';
import { checkJson, fileText, filesJson, filesText } from '../render/generated-files.ts';
import { agreeToOverwrite } from '../shell/agree-to-overwrite.ts';
import { namedStack } from '../shell/session.ts';
import { readShipped } from '../shipped-files.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

export interface GenerateFlags extends GlobalFlags {
  /** A folder, or `-` for standard output. */
  readonly out: string;
  readonly check?: boolean;
  readonly yes?: boolean;
}

/** What was made, and what of the folder counts as made by the same command. */
export interface Made {
  readonly name: string;
  readonly command: string;
  readonly files: readonly MadeFile[];
  isOwn(madeBy: string): boolean;
}

/** Prints, writes or checks the files of one kind. Asks no cluster: what it prints is the same wherever it runs. */
export async function runGenerate(
  kind: GenerateKind,
  choice: string,
  flags: GenerateFlags,
  deps: Deps,
): Promise<ExitCode> {
  const files = await makeKind(kind, choice, await subjectOf(kind.name, flags, deps));
  const command = kindCommand(kind, choice);
  return deliver({ name: kind.name, command, files, isOwn: (madeBy) => madeBy === command }, flags, deps);
}

/** The same for every kind that the stack holds something for. */
export async function runGenerateAll(flags: GenerateFlags, deps: Deps): Promise<ExitCode> {
  const subject = await subjectOf('--all', flags, deps);
  if (subject.stack === undefined) {
    throw new OperatorError('usage', 'there is no stack file here, and --all makes what belongs to one', {
      hint: `${allCommand} --stack cloudtolocalllm, or with --config FILE`,
    });
  }
  const { files, skipped } = await makeAll(generateKinds, subject);
  for (const reason of skipped) deps.terminal.err(`skipped: ${reason}`);
  return deliver({ name: 'all', command: allCommand, files, isOwn: () => true }, flags, deps);
}

/** Prints, writes or checks what was made. */
export async function deliver(made: Made, flags: GenerateFlags, deps: Deps): Promise<ExitCode> {
  const texts = made.files.map(fileText);
  if (flags.out === '-') {
    refuseCheckOfStream(made.command, flags);
    print(made, texts, flags, deps);
    return ExitCode.ok;
  }
  const folders = foldersOf(made);
  const found = await deps.outputFolder.read(flags.out, {
    paths: texts.map(({ path }) => path),
    folders,
  });
  const compared = compareFiles(texts, found, (madeBy) => made.isOwn(madeBy));
  if (flags.check === true) return reportCheck(made, compared, flags, deps);
  await write(texts, compared, flags, deps);
  if (flags.output === 'json') deps.terminal.out(filesJson(made.name, texts));
  return ExitCode.ok;
}

export function refuseCheckOfStream(command: string, flags: GenerateFlags): void {
  if (flags.check !== true) return;
  throw new OperatorError('usage', '--check compares with a folder, and --out names none', {
    hint: `${command} --check --out DIR`,
  });
}

/** On a stream stands what `kubectl apply -f -` takes, where there is any; a guide is for the folder. */
function print({ name, command, files }: Made, texts: readonly FileText[], flags: GenerateFlags, deps: Deps): void {
  if (flags.output === 'json') {
    deps.terminal.out(filesJson(name, texts));
    return;
  }
  const picks = [isApplied, isObjects].map((pick) => texts.filter((_, index) => pick(files[index])));
  const shown = picks.find(({ length }) => length > 0) ?? texts.filter(({ path }) => !path.endsWith('.md'));
  deps.terminal.out(filesText(shown));
  const left = texts.filter((text) => !shown.includes(text)).map(({ path }) => path);
  if (left.length > 0) deps.terminal.err(`not shown: ${left.join(', ')}; ${command} --out DIR writes all`);
}

function isApplied(made: MadeFile | undefined): boolean {
  return made !== undefined && 'use' in made.file && made.file.use === 'apply';
}

/** What lies beside may be objects too: files for somebody else do not stand among them. */
function isObjects(made: MadeFile | undefined): boolean {
  return (
    made !== undefined &&
    'documents' in made.file &&
    made.file.documents.every((each) => 'apiVersion' in (uncommented(each) as object))
  );
}

/** `--check`: what differs is told and nothing is changed. */
export function reportCheck(made: Made, compared: readonly ComparedFile[], flags: GenerateFlags, deps: Deps): ExitCode {
  const { name } = made;
  const command = commandsHere(made.command, styleFor(flags, deps));
  const differing = compared.filter(({ state }) => state !== 'unchanged');
  if (flags.output === 'json') deps.terminal.out(checkJson(name, compared));
  else {
    const lines = differing.map(({ path, state }) => `${pathIn(flags.out, path)}: ${checkWords[state]}`);
    const end =
      differing.length === 0
        ? `check passed: ${compared.length === 1 ? '1 file is as the stack gives it' : `${compared.length} files are as the stack gives them`}`
        : `check failed: ${differing.length} of ${count(compared.length, 'file')} ${differing.length === 1 ? 'differs' : 'differ'}; ${command} --out ${flags.out}`;
    deps.terminal.out(`${[...lines, end].join('\n')}\n`);
  }
  return differing.length === 0 ? ExitCode.ok : ExitCode.problems;
}

const checkWords: Readonly<Record<ComparedFile['state'], string>> = {
  unchanged: 'as the stack gives it',
  missing: 'not there',
  differs: 'differs',
  foreign: 'was not made by c2l',
  stale: 'not made any more',
};

const writeWords: Readonly<Record<ComparedFile['state'], string>> = {
  unchanged: 'unchanged',
  missing: 'written',
  differs: 'replaced',
  foreign: 'replaced',
  stale: 'removed',
};

async function write(
  texts: readonly FileText[],
  compared: readonly ComparedFile[],
  flags: GenerateFlags,
  deps: Deps,
): Promise<void> {
  const foreign = compared.filter(({ state }) => state === 'foreign').map(({ path }) => pathIn(flags.out, path));
  await agreeToOverwrite(foreign, flags.yes === true, deps);
  const changed = new Set(compared.filter(({ state }) => state !== 'unchanged').map(({ path }) => path));
  const stale = compared.filter(({ state }) => state === 'stale').map(({ path }) => path);
  if (changed.size > 0) {
    await deps.outputFolder.change(flags.out, { write: texts.filter(({ path }) => changed.has(path)), remove: stale });
  }
  for (const { path, state } of compared) deps.terminal.err(`${pathIn(flags.out, path)}: ${writeWords[state]}`);
}

/** Where the same command may have made files before: `--all` below each kind, also where that gives nothing now. */
function foldersOf({ name, files }: Made): string[] {
  const folders = files.map(({ file }) => folderOf(file.path));
  const kinds = generateKinds.map((kind) => kind.name);
  return [...new Set(name === 'all' ? [...folders.filter((folder) => folder !== '.'), ...kinds] : folders)];
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}

function pathIn(folder: string, path: string): string {
  return `${folder.replace(/\/+$/, '')}/${path}`;
}

/** `-n` and `-A` alone are enough, without a stack. */
export async function subjectOf(kind: string, flags: GlobalFlags, deps: Deps): Promise<GenerateSubject> {
  const stack = await namedStack(sessionOptions(flags), deps);
  const { version } = JSON.parse(readShipped('package.json')) as { readonly version: string };
  const common = { stack, argocdNamespace: stack?.argocd.namespace ?? 'argocd', version };
  if (flags.allNamespaces === true) return { ...common, namespaces: [], all: true };
  const namespaces = flags.namespace ?? stack?.namespaces;
  if (namespaces !== undefined) return { ...common, namespaces, all: false };
  throw new OperatorError('usage', 'there is no stack file here, and no namespace is named', {
    hint: `c2l generate ${kind} --stack cloudtolocalllm, or with -n NAMESPACE`,
  });
}
