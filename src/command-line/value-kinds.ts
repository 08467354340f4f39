import type { Argument, Option } from 'commander';

import type { ValueKind } from '../shell/sources/look-up-values.ts';

/** Of the options whose placeholder does not say it. */
const byOption: Readonly<Record<string, ValueKind>> = {
  '--context': 'contexts',
  '--namespace': 'namespaces',
  '--journal-namespace': 'namespaces',
  '--confirm': 'contexts-and-namespaces',
  '--stack': 'stacks',
  '--affected-by': 'secret-objects',
};

/** By the placeholder, `<file>`: the same word means the same everywhere. */
const byPlaceholder: Readonly<Record<string, ValueKind>> = {
  file: 'files',
  path: 'files',
  folder: 'folders',
  source: 'sources',
  place: 'targets',
  secret: 'secrets',
  key: 'keys',
  object: 'objects',
  workload: 'workloads',
  code: 'codes',
  runbook: 'runbooks',
  scenario: 'drills',
  context: 'contexts',
  // What a person has to make up.
  'age1…': 'none',
  duration: 'none',
  // These are commands of their own.
  kind: 'none',
  factor: 'none',
  n: 'none',
  count: 'none',
  number: 'none',
  '[host:]port': 'none',
  'kind/name': 'none',
  'name=value': 'none',
  'namespace/service': 'none',
  revision: 'none',
  url: 'none',
};

/** Undefined where nobody has said what its values are. */
export function knownValueKind(taker: Option | Argument): ValueKind | undefined {
  if (!('flags' in taker)) return byPlaceholder[taker.name()];
  const placeholder = /[<[](.+?)(?:\.\.\.)?[>\]]$/.exec(taker.flags)?.[1] ?? '';
  return byOption[taker.long ?? ''] ?? byPlaceholder[placeholder];
}

export function valueKindOf(taker: Option | Argument): ValueKind {
  return knownValueKind(taker) ?? 'none';
}
