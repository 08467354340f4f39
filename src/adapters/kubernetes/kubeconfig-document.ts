import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import { isAbsolute, join, sep } from 'node:path';
import { OperatorError } from '../../errors.ts';
import { isRecord } from '../../core/is-record.ts';

/** One entry of `clusters`, `users` or `contexts`: its name and what stands under `cluster`, `user` or `context`. */
export interface NamedEntry {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface KubeconfigDocument {
  readonly currentContext: string | undefined;
  readonly contexts: readonly NamedEntry[];
  readonly clusters: readonly NamedEntry[];
  readonly users: readonly NamedEntry[];
}

export interface KubeconfigText {
  /** For messages: the path. */
  readonly label: string;
  readonly text: string;
  /** What relative paths in it start from. */
  readonly folder?: string;
}

/**
 * Merges as kubectl does: of entries of the same name, and of current-contexts, the first wins. An entry that is
 * malformed does no harm as long as nothing names it.
 */
export function mergeKubeconfigs(texts: readonly KubeconfigText[]): KubeconfigDocument {
  const documents = texts.map(parseKubeconfig);
  const merge = (list: 'contexts' | 'clusters' | 'users'): NamedEntry[] => [
    ...new Map(
      documents
        .flatMap((document) => document[list])
        .reverse()
        .map((entry) => [entry.name, entry]),
    ).values(),
  ];
  return {
    currentContext: documents.map((document) => document.currentContext).find((name) => name !== undefined),
    contexts: merge('contexts'),
    clusters: merge('clusters'),
    users: merge('users'),
  };
}

function parseKubeconfig(source: KubeconfigText): KubeconfigDocument {
  const root = parseYaml(source);
  const { folder } = source;
  const currentContext = root['current-context'];
  return {
    currentContext: typeof currentContext === 'string' && currentContext !== '' ? currentContext : undefined,
    contexts: entries(root['contexts'], 'context'),
    clusters: entries(root['clusters'], 'cluster').map((entry) =>
      resolvePaths(entry, folder, ['certificate-authority']),
    ),
    users: entries(root['users'], 'user').map((entry) =>
      resolveCommand(resolvePaths(entry, folder, ['client-certificate', 'client-key', 'tokenFile']), folder),
    ),
  };
}

/**
 * The parser's own messages quote the file, which holds tokens: only the line number is passed on. js-yaml, because
 * every run parses a kubeconfig, and it starts twice as fast as the library that stack files need for their locations.
 */
function parseYaml(source: KubeconfigText): Record<string, unknown> {
  let root: unknown;
  try {
    // The core schema leaves dates as text, as names and namespaces have to be.
    root = load(source.text, { schema: CORE_SCHEMA });
  } catch (error) {
    // Its place is missing where the text as a whole is wrong, against what the types say.
    const mark = error instanceof YAMLException ? (error.mark as YAMLException['mark'] | undefined) : undefined;
    throw invalid(source, `is not YAML${mark === undefined ? '' : ` (line ${mark.line + 1})`}`);
  }
  if (!isRecord(root)) throw invalid(source, 'is not a kubeconfig: it holds no clusters, users and contexts');
  return root;
}

function invalid(source: KubeconfigText, wrong: string): OperatorError {
  return new OperatorError('kubeconfig-invalid', `${source.label} ${wrong}`, {
    hint: `KUBECONFIG=${source.label} kubectl config view`,
  });
}

function entries(list: unknown, field: string): NamedEntry[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).flatMap((entry) => {
    const { name, [field]: fields } = entry;
    return typeof name === 'string' ? [{ name, fields: isRecord(fields) ? fields : {} }] : [];
  });
}

function resolvePaths(entry: NamedEntry, folder: string | undefined, keys: readonly string[]): NamedEntry {
  const paths = keys.flatMap((key) => {
    const path = entry.fields[key];
    return typeof path === 'string' && path !== '' ? [[key, fromFolder(folder, path)] as const] : [];
  });
  return { name: entry.name, fields: { ...entry.fields, ...Object.fromEntries(paths) } };
}

/** A command without a separator is looked up in PATH. */
function resolveCommand(entry: NamedEntry, folder: string | undefined): NamedEntry {
  const { exec } = entry.fields;
  if (!isRecord(exec) || typeof exec['command'] !== 'string' || !exec['command'].includes(sep)) return entry;
  return {
    name: entry.name,
    fields: { ...entry.fields, exec: { ...exec, command: fromFolder(folder, exec['command']) } },
  };
}

function fromFolder(folder: string | undefined, path: string): string {
  return folder === undefined || isAbsolute(path) ? path : join(folder, path);
}
