import { createHash } from 'node:crypto';
import type { FieldPath, Manifest, ManifestProblem, Place } from '../../core/manifests/manifests.ts';
import { readYamlDocuments, type LocatedYaml } from '../files/located-yaml.ts';
import { asObject } from '../json-object.ts';
import { readObject } from './manifest-object.ts';

export interface ReadText {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
  readonly skipped: readonly Place[];
}

export interface TextOrigin {
  readonly file: string;
  /** Whether the operator named this very text: then everything in it is meant to be a manifest. */
  readonly isNamed: boolean;
  readonly isInGit: boolean;
}

/** Every object of a text of one or many YAML documents, Lists taken apart; what is wrong with one hides no other. */
export function readManifestText(text: string, origin: TextOrigin): ReadText {
  const read = { manifests: [] as Manifest[], problems: [] as ManifestProblem[], skipped: [] as Place[] };
  if (isOtherJson(text)) return skipAll(origin, read);
  for (const document of readYamlDocuments(text)) {
    const template = templateProblem(text, origin.file, document.span);
    const fail = (problem: ManifestProblem): void => {
      // Whatever breaks because of a template, the template is what has to go.
      if (template === undefined) read.problems.push(problem);
      else if (!read.problems.includes(template)) read.problems.push(template);
    };
    readDocument(document, { origin, read, fail });
  }
  return read;
}

interface Reading {
  readonly origin: TextOrigin;
  readonly read: { manifests: Manifest[]; problems: ManifestProblem[]; skipped: Place[] };
  readonly fail: (problem: ManifestProblem) => void;
}

/** JSON is also YAML, but package-lock.json and its like are large, and need no lines. */
function isOtherJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    const value = asObject(JSON.parse(text));
    return value !== undefined && value['apiVersion'] === undefined && value['kind'] === undefined;
  } catch {
    return false;
  }
}

function skipAll(origin: TextOrigin, read: Reading['read']): ReadText {
  const place = { file: origin.file, line: 1 };
  if (origin.isNamed) read.problems.push({ ...place, message: noObject });
  else read.skipped.push(place);
  return read;
}

const noObject = 'is no Kubernetes object: it has no apiVersion and no kind';

function readDocument(document: LocatedYaml, reading: Reading): void {
  const { origin, read, fail } = reading;
  const { file } = origin;
  if (!document.ok) {
    const [first] = document.problems;
    if (first !== undefined) fail({ file, line: first.line, message: first.message });
    return;
  }
  const fields = asObject(document.value);
  const line = document.lineOf([]);
  const isObject = fields !== undefined && ['apiVersion', 'kind', 'metadata'].some((key) => key in fields);
  if (!isObject) {
    if (origin.isNamed || fields === undefined) fail({ file, line, message: noObject });
    else read.skipped.push({ file, line });
    return;
  }
  if (fields['apiVersion'] === 'v1' && typeof fields['kind'] === 'string' && fields['kind'].endsWith('List')) {
    readList(fields, document, reading);
  } else readOne(fields, { lineOf: document.lineOf, base: [] }, reading);
}

function readList(
  fields: Record<string, unknown>,
  { lineOf }: Extract<LocatedYaml, { ok: true }>,
  reading: Reading,
): void {
  const { fail, origin } = reading;
  const items = fields['items'] ?? [];
  if (!Array.isArray(items)) {
    fail({ file: origin.file, line: lineOf(['items']), message: 'items of a List is no list' });
    return;
  }
  for (const [index, item] of items.entries()) {
    const object = asObject(item);
    const base = ['items', index];
    if (object === undefined) fail({ file: origin.file, line: lineOf(base), message: noObject });
    else readOne(object, { lineOf, base }, reading);
  }
}

interface Located {
  readonly lineOf: (path: FieldPath) => number;
  readonly base: FieldPath;
}

function readOne(fields: Record<string, unknown>, { lineOf, base }: Located, { origin, read, fail }: Reading): void {
  const { file } = origin;
  const place = (path: FieldPath): number => lineOf([...base, ...path]);
  const unrendered = kustomizationProblem(fields);
  if (unrendered !== undefined) {
    read.problems.push({ file, line: place([]), ...unrendered });
    return;
  }
  // Before reading: it removes what is null.
  const fingerprint = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
  const object = readObject(fields, origin.isInGit);
  if (!object.ok) {
    const { path, message, secret } = object;
    fail({ file, line: place(path), message, ...(secret && { secret }) });
    return;
  }
  const { kind, name, namespace, content } = object;
  const whole = content.as === 'secret' ? {} : { fields };
  read.manifests.push({ file, line: place([]), kind, name, namespace, content, ...whole, fingerprint, lineOf: place });
}

/** Lists of files and marks change nothing that is looked at here; everything else does. */
const harmless = ['apiVersion', 'kind', 'metadata', 'resources', 'labels', 'commonLabels', 'commonAnnotations'];
const alsoHarmless = ['images', 'replicas', 'sortOptions', 'buildMetadata', 'openapi', 'namespace'];

function kustomizationProblem(fields: Record<string, unknown>): Pick<ManifestProblem, 'message' | 'fix'> | undefined {
  const isKustomization =
    (fields['kind'] === 'Kustomization' || fields['kind'] === 'Component') &&
    String(fields['apiVersion']).startsWith('kustomize.config.k8s.io/');
  const changes = Object.keys(fields).filter((key) => ![...harmless, ...alsoHarmless].includes(key));
  if (!isKustomization || changes.length === 0) return undefined;
  return {
    message: `what a kustomization does is not done here (${changes.join(', ')}): give its output instead`,
    fix: 'kustomize build DIRECTORY | c2l validate -',
  };
}

/** Where a document holds a template that nobody rendered. Legitimate ones, such as an alert's, break nothing. */
function templateProblem(
  text: string,
  file: string,
  [from, to]: readonly [number, number] = [0, text.length],
): ManifestProblem | undefined {
  const within = text.slice(from, to).search(/\{\{|\$\{/);
  if (within < 0) return undefined;
  const at = from + within;
  const line = text.slice(0, at).split('\n').length;
  return {
    file,
    line,
    message: 'holds a template that was not rendered',
    fix: text.startsWith('{{', at) ? 'helm template CHART | c2l validate -' : 'envsubst < FILE | c2l validate -',
  };
}
