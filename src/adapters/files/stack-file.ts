import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { StackProblem } from '../../core/stack/stack-problem.ts';
import type { Stack } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import type { StackFiles } from '../../ports.ts';
import { readShipped } from '../../shipped-files.ts';
import { fileRefused } from './file-refused.ts';
import { fileTrouble } from './file-trouble.ts';

export interface StackFilesOptions {
  readonly cwd: string;
}

const fileName = 'c2l.yaml';
const builtInNames = ['cloudtolocalllm'];

export function createStackFiles({ cwd }: StackFilesOptions): StackFiles {
  return {
    async find(configFile) {
      const found = configFile === undefined ? await findUpwards(cwd) : await named(cwd, configFile);
      if (found === undefined) return undefined;
      const stack = await parse(found.text, shortPath(cwd, found.path));
      return { stack: withPlacesOf(stack, { folder: dirname(found.path), cwd }), path: shortPath(cwd, found.path) };
    },
    async builtIn(name) {
      if (!builtInNames.includes(name)) {
        throw new OperatorError('stack-not-found', `no stack called ${name} ships with c2l`, {
          hint: `--stack takes ${builtInNames.join(', ')}; for a stack of your own: --config FILE`,
        });
      }
      // Read and checked when it was built: a start then needs neither YAML nor the schema library.
      return Promise.resolve(JSON.parse(readShipped(`stacks/${name}.json`)) as Stack);
    },
    async schemaFor(path) {
      const own = dirname(resolve(cwd, path));
      for (let folder = own; ; folder = dirname(folder)) {
        const schema = join(folder, 'node_modules/c2l/dist/stacks/c2l.schema.json');
        if (await isThere(schema)) return relative(own, schema).replaceAll('\\', '/');
        if (dirname(folder) === folder) return undefined;
      }
    },
    async write(path, text, { replace }) {
      try {
        await writeFile(resolve(cwd, path), text, { flag: replace ? 'w' : 'wx' });
        return 'written';
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
        if (code === 'EEXIST') return 'exists';
        throw new OperatorError('output-unwritable', `cannot write ${path}: ${fileTrouble(error)}`, {
          hint: 'give --out a file that may be written, or - for standard output',
          cause: error,
        });
      }
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

interface FoundFile {
  readonly path: string;
  readonly text: string;
}

async function named(cwd: string, configFile: string): Promise<FoundFile> {
  const path = resolve(cwd, configFile);
  const text = await read(path, configFile);
  if (text === undefined) {
    throw new OperatorError('stack-not-found', `there is no stack file ${configFile}`, {
      hint: `give --config a file that exists, or leave it out to use ${fileName} here or above`,
    });
  }
  return { path, text };
}

async function findUpwards(cwd: string): Promise<FoundFile | undefined> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, fileName);
    const text = await read(path, shortPath(cwd, path));
    if (text !== undefined) return { path, text };
    if (dirname(folder) === folder) return undefined;
  }
}

/** A file that is there and cannot be read is not skipped: the search would go on to the wrong stack. */
async function read(path: string, shown: string): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new OperatorError('stack-invalid', `stack file ${shown} cannot be read: ${fileTrouble(error)}`, {
      hint: `check it with: ls -ld ${shown}`,
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new OperatorError('stack-invalid', `stack file ${shown} is not UTF-8 text`, { hint: 'save it as UTF-8' });
  }
}

/** Files that a stack file names lie beside it, wherever c2l is started. */
function withPlacesOf(stack: Stack, { folder, cwd }: { readonly folder: string; readonly cwd: string }): Stack {
  const placed = (source: string): string => {
    const [, kind, file = '-'] = /^(env|age):(.*)$/s.exec(source) ?? [];
    return kind === undefined || file === '-' ? source : `${kind}:${shortPath(cwd, resolve(folder, file))}`;
  };
  const secrets = stack.secrets.map((secret) => ({
    ...secret,
    keys: Object.fromEntries(
      Object.entries(secret.keys).map(([key, declared]) => {
        const { sources } = declared.from;
        if (sources === undefined) return [key, declared];
        return [key, { ...declared, from: { ...declared.from, sources: sources.map(placed) } }];
      }),
    ),
  }));
  return { ...stack, secrets };
}

function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}

async function parse(text: string, file: string): Promise<Stack> {
  const [{ readYaml }, { parseStack }] = await Promise.all([
    import('./located-yaml.ts'),
    import('../../core/stack/parse-stack.ts'),
  ]);
  const yaml = readYaml(text);
  if (!yaml.ok) throw fileRefused('stack-invalid', file, yaml.problems);
  const parsed = parseStack(yaml.value);
  if (!parsed.ok) {
    throw fileRefused(
      'stack-invalid',
      file,
      parsed.problems.map((problem) => ({ line: yaml.lineOf(problem.path), message: sentence(problem) })),
    );
  }
  return parsed.stack;
}

function sentence({ path, message }: StackProblem): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}

/** As people write it: `secrets[0].keys.jwt-secret.format`. */
function pathText(path: StackProblem['path']): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
