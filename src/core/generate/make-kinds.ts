import { OperatorError } from '../../errors.ts';
import type { GenerateKind } from './generate-kind.ts';
import type { GenerateSubject } from './generate-subject.ts';
import type { GeneratedFile } from './generated-file.ts';
import { refuseUnusable } from './unusable-objects.ts';

/** A file, and the command line that makes it again: what stands in its first line. */
export interface MadeFile {
  readonly file: GeneratedFile;
  readonly madeBy: string;
}

/** The files of one kind. */
export async function makeKind(kind: GenerateKind, choice: string, subject: GenerateSubject): Promise<MadeFile[]> {
  const made = await make(kind, choice, subject);
  refuseUnusable(made.map(({ file }) => file));
  return made;
}

export interface AllFiles {
  readonly files: readonly MadeFile[];
  /** Kinds that the stack holds nothing for, and why. */
  readonly skipped: readonly string[];
}

/** The files of every kind, each in a folder of its own, and the kustomization that applies them. */
export async function makeAll(kinds: readonly GenerateKind[], subject: GenerateSubject): Promise<AllFiles> {
  const files: MadeFile[] = [];
  const skipped: string[] = [];
  const choices = kinds.flatMap((kind) => choicesOf(kind).map((choice) => ({ kind, choice })));
  for (const { kind, choice } of choices) {
    try {
      files.push(...(await make(kind, choice, subject)).map((made) => below(kind.name, made)));
    } catch (error) {
      if (!(error instanceof OperatorError) || error.code !== 'stack-lacks-field') throw error;
      if (!skipped.includes(error.message)) skipped.push(error.message);
    }
  }
  const applied = files.flatMap(({ file }) => ('use' in file && file.use === 'apply' ? [file.path] : []));
  const kustomization: MadeFile = { file: kustomizationOf(applied), madeBy: allCommand };
  refuseUnusable(files.map(({ file }) => file));
  return { files: [kustomization, ...files], skipped };
}

export const allCommand = 'c2l generate --all';

/** As people type it. */
export function kindCommand({ name, option }: GenerateKind, choice: string): string {
  const said =
    option === undefined || choice === option.default ? '' : ` ${option.flags.split(' ')[0] ?? ''} ${choice}`;
  return `c2l generate ${name}${said}`;
}

async function make(kind: GenerateKind, choice: string, subject: GenerateSubject): Promise<MadeFile[]> {
  const body = await kind.load();
  const madeBy = kindCommand(kind, choice);
  return body(subject, choice).map((file) => ({ file, madeBy }));
}

function choicesOf({ option }: GenerateKind): readonly string[] {
  if (option === undefined) return [''];
  return option.default === undefined ? option.choices : [option.default];
}

function below(folder: string, { file, madeBy }: MadeFile): MadeFile {
  return { file: { ...file, path: `${folder}/${file.path}` }, madeBy };
}

function kustomizationOf(resources: readonly string[]): GeneratedFile {
  return {
    path: 'kustomization.yaml',
    comment: 'Everything here that Kubernetes takes as it is: kubectl apply -k on this folder.',
    use: 'beside',
    documents: [
      {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources,
      },
    ],
  };
}
