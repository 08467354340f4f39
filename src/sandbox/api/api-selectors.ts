import type { StoredObject } from '../store/stored-object.ts';
import { badRequest } from './api-problem.ts';

export type Matcher = (object: StoredObject) => boolean;

const everything: Matcher = () => true;

/** The `labelSelector` of a query: `a=b,c!=d,e,!f,g in (h,i),j notin (k)`. */
export function labelMatcher(selector: string | null): Matcher {
  if (selector === null || selector.trim() === '') {
    return everything;
  }
  const requirements = splitOutsideParentheses(selector).map(labelRequirement);
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}));
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function labelRequirement(text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (labels) => values.includes(labels[key] ?? '\0')
      : (labels) => !values.includes(labels[key] ?? '\0');
  }
  const equality = /^([^\s!=]+)\s*(==?|!=)\s*([^\s!=]*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = /^(!?)\s*([^\s!=()]+)$/.exec(text);
  if (!existence) {
    throw badRequest(`unable to parse requirement: ${text}`);
  }
  const [, not, key = ''] = existence;
  return not === '!' ? (labels) => !Object.hasOwn(labels, key) : (labels) => Object.hasOwn(labels, key);
}

/** Where the API lets a list be narrowed by a field, for all resources and for single ones. */
const selectableFields = new Map<string, readonly string[]>([
  ['pods', ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP']],
  [
    'events',
    [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'source',
      'type',
    ],
  ],
  ['secrets', ['type']],
  ['namespaces', ['status.phase']],
]);

/** The `fieldSelector` of a query: `metadata.name=x,status.phase!=Running`. */
export function fieldMatcher(resource: string, selector: string | null): Matcher {
  if (selector === null || selector === '') {
    return everything;
  }
  const requirements = selector.split(',').map((text) => fieldRequirement(resource, text));
  return (object) => requirements.every((holds) => holds(object));
}

function fieldRequirement(resource: string, text: string): Matcher {
  const parsed = /^([^!=]+)(==?|!=)(.*)$/.exec(text);
  if (!parsed) {
    throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  }
  const [, field = '', operator, value = ''] = parsed;
  const known = ['metadata.name', 'metadata.namespace', ...(selectableFields.get(resource) ?? [])];
  if (!known.includes(field)) {
    throw badRequest(`field label not supported: ${field}`);
  }
  return (object) => (fieldText(object, field) === value) === (operator !== '!=');
}

function fieldText(object: StoredObject, field: string): string {
  const path = field === 'source' ? ['source', 'component'] : field.split('.');
  let value: unknown = object;
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  return typeof value === 'string' ? value : '';
}
