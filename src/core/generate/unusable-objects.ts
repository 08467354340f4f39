import { OperatorError } from '../../errors.ts';
import { uncommented, type GeneratedFile } from './generated-file.ts';

/** What Kubernetes takes at most: a DNS subdomain for names, a DNS label where the name becomes a part of a host's. */
const longestName = 253;
const longestLabel = 63;
const labelKinds: ReadonlySet<unknown> = new Set(['Namespace', 'Service']);
/** A CronJob's Jobs carry eleven characters more. */
const longestCronJob = 52;

interface PlainObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
}

/** Refuses files that the API server would refuse in part: names beyond its limits, one object made twice, one path twice. */
export function refuseUnusable(files: readonly GeneratedFile[]): void {
  const objects = new Map<string, string>();
  const paths = new Set<string>();
  for (const file of files) {
    if (paths.has(file.path)) {
      throw unusable(`two parts of the stack give the same file ${file.path}`, 'rename one of them in the stack file');
    }
    paths.add(file.path);
    if (!('documents' in file)) continue;
    for (const document of file.documents) {
      const object = uncommented(document) as PlainObject;
      checkName(object);
      // What lies beside may be there for somebody else a second time.
      if (file.use === 'apply') checkOnce(object, file.path, objects);
    }
  }
}

function checkName(object: PlainObject): void {
  const { name, what } = identityOf(object);
  const limit = limitOf(object.kind);
  if (name.length > limit) {
    throw unusable(
      `${what} would have a name of ${name.length} characters, and Kubernetes takes ${limit}`,
      'shorten the name of the stack or of the component in the stack file',
    );
  }
}

function checkOnce(object: PlainObject, path: string, seen: Map<string, string>): void {
  const { what } = identityOf(object);
  const identity = `${String(object.apiVersion).replace(/\/[^/]*$/, '')} ${what}`;
  const other = seen.get(identity);
  if (other !== undefined) {
    throw unusable(
      `two parts of the stack give the same object ${what}, in ${other === path ? path : `${other} and ${path}`}`,
      'rename one of them in the stack file',
    );
  }
  seen.set(identity, path);
}

function identityOf({ kind, metadata }: PlainObject): { readonly name: string; readonly what: string } {
  const plain = uncommented(metadata) as PlainObject['metadata'];
  const name = plainText(plain, 'name');
  const namespace = plainText(plain, 'namespace');
  return { name, what: `${String(kind)} ${namespace === '' ? '' : `${namespace}/`}${name}` };
}

function plainText(metadata: PlainObject['metadata'], field: 'name' | 'namespace'): string {
  const text = uncommented(metadata?.[field]);
  return typeof text === 'string' ? text : '';
}

function limitOf(kind: unknown): number {
  if (kind === 'CronJob') return longestCronJob;
  return labelKinds.has(kind) ? longestLabel : longestName;
}

function unusable(message: string, hint: string): OperatorError {
  return new OperatorError('stack-unusable', message, { hint });
}
