import { OperatorError } from '../../errors.ts';
import { uncommented, type GeneratedFile } from './generated-file.ts';

/** What Kubernetes takes at most: a DNS subdomain for names, a DNS label where the name becomes a part of a host's. */
const longestName = 253;
const longestLabel = 63;
const labelKinds: ReadonlySet<unknown> = new Set(['Namespace', 'Service', 'StatefulSet', 'Deployment', 'CronJob']);
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
    if (!('documents' in file) || file.use !== 'apply') continue;
    for (const document of file.documents) checkObject(uncommented(document) as PlainObject, file.path, objects);
  }
}

function checkObject(object: PlainObject, path: string, seen: Map<string, string>): void {
  const name = plainText(uncommented(object.metadata) as PlainObject['metadata'], 'name');
  const namespace = plainText(uncommented(object.metadata) as PlainObject['metadata'], 'namespace');
  const what = `${String(object.kind)} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const limit = limitOf(object.kind);
  if (name.length > limit) {
    throw unusable(
      `${what} would have a name of ${name.length} characters, and Kubernetes takes ${limit}`,
      'shorten the name of the stack or of the component in the stack file',
    );
  }
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
