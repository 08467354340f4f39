import * as z from 'zod';
import { isRecord } from '../is-record.ts';
import { nearest } from '../nearest.ts';
import type { StackProblem } from './stack-problem.ts';
import { stackProblems } from './stack-problems.ts';
import { stackSchema, stackVersion } from './stack-schema.ts';
import type { Stack } from './stack.ts';

export type ParsedStack =
  | { readonly ok: true; readonly stack: Stack }
  | { readonly ok: false; readonly problems: readonly [StackProblem, ...StackProblem[]] };

/** Checks what a stack file holds, and names everything wrong with it at once. */
export function parseStack(input: unknown): ParsedStack {
  const version = versionProblem(input);
  if (version !== undefined) return { ok: false, problems: [version] };
  const parsed = stackSchema.safeParse(input);
  const [first, ...others] = [
    ...namespacesProblem(input),
    ...(parsed.success ? stackProblems(parsed.data) : parsed.error.issues.flatMap((issue) => problemsOf(issue, input))),
  ];
  if (first !== undefined) return { ok: false, problems: [first, ...others] };
  return { ok: true, stack: parsed.data as Stack };
}

/** Alone, because everything else that is wrong with a file of another version may be right in that version. */
function versionProblem(input: unknown): StackProblem | undefined {
  if (!isRecord(input) || input['version'] === stackVersion) return undefined;
  const accepted = `this c2l reads version: ${stackVersion}`;
  return input['version'] === undefined
    ? { path: ['version'], message: `is missing; ${accepted}` }
    : { path: ['version'], message: `${found(input['version'], [])} is not known; ${accepted}` };
}

/** What lies in a cluster lies in a namespace, and which is nothing to guess; endpoints lie in none. */
function namespacesProblem(input: unknown): StackProblem[] {
  const isNeeded = isRecord(input) && input['namespaces'] === undefined && !onlyWatches(input);
  return isNeeded ? [{ path: ['namespaces'], message: 'is missing; expected a list' }] : [];
}

function onlyWatches(input: Record<string, unknown>): boolean {
  return input['watch'] !== undefined && ['secrets', 'components', 'argocd'].every((key) => input[key] === undefined);
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown): StackProblem[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path, input);
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, message: `${issue.issues[0]?.message ?? 'unusable key'}, found "${String(path.at(-1))}"` }];
  }
  const value = at(input, path);
  if (value === undefined) return [{ path, message: `is missing; ${expected(issue)}` }];
  return [{ path, message: `${expected(issue)}, found ${found(value, path)}` }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const close = nearest(key, known);
  return close === undefined ? `unknown key; accepted are ${known.join(', ')}` : `unknown key; did you mean ${close}?`;
}

const typeWords: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${typeWords[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${oneOf(issue.values.map(String))}`;
  if (issue.code === 'too_small' && issue.origin === 'number') {
    return `expected a whole number of at least ${Number(issue.minimum) + (issue.inclusive === true ? 0 : 1)}`;
  }
  if (issue.code === 'too_big') return mostText(issue);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return `expected ${oneOf(issue.options.map(String))}`;
  }
  return issue.message;
}

function mostText({ origin, maximum }: z.core.$ZodIssueTooBig): string {
  return origin === 'string'
    ? `expected at most ${Number(maximum)} characters`
    : `expected a whole number of at most ${Number(maximum)}`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

/** What stands in the file, cut short; what stands where a password belongs is not repeated. */
function found(value: unknown, path: StackProblem['path']): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  if (path.some((step) => step === 'password' || step === 'value')) return `a ${typeof value}`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function at(input: unknown, path: StackProblem['path']): unknown {
  return path.reduce<unknown>((value, step) => (isIndexable(value) ? value[step] : undefined), input);
}

function isIndexable(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The keys that are accepted at a path, read from the JSON Schema, which is simpler to walk than the definition. */
function knownKeys(path: StackProblem['path'], input: unknown): string[] {
  let schema: JsonSchema | undefined = stackJsonSchema();
  let value = input;
  for (const step of path) {
    schema = schema === undefined ? undefined : child(schema, step);
    value = isIndexable(value) ? value[step] : undefined;
    schema = schema === undefined ? undefined : chosen(schema, value);
  }
  return Object.keys(schema?.properties ?? {});
}

function child(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  const next = schema.properties?.[step] ?? schema.items ?? schema.additionalProperties;
  return typeof next === 'object' && !Array.isArray(next) ? next : undefined;
}

function chosen(schema: JsonSchema, value: unknown): JsonSchema {
  const branch = schema.oneOf?.find(
    (candidate) =>
      typeof candidate === 'object' &&
      isRecord(value) &&
      (candidate.properties?.['kind'] as JsonSchema | undefined)?.const === value['kind'],
  );
  return typeof branch === 'object' ? branch : schema;
}

/** The shipped schema by which editors complete a stack file. */
export function stackJsonSchema(): JsonSchema {
  return z.toJSONSchema(stackSchema, { io: 'input' });
}
