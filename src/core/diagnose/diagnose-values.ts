import { refText } from '../cluster/kubernetes.ts';
import type { Finding, FindingCode, FindingReference, ReferenceVia } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { seemsEncoded } from '../secrets/encoded-value.ts';
import { places, requirementsOf } from '../secrets/requirements.ts';
import { takesEveryKey, type SecretNeed } from '../secrets/secret-needs.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import { defaultPlaceholders } from '../secrets/value-format.ts';
import type { Scene } from './diagnosis-scene.ts';

/**
 * Values that are there and look wrong, of keys that the stack says nothing of: that is no proof, so that these are
 * warnings. What violates a declared format is an error and told elsewhere.
 */
export function diagnoseValues(scene: Scene): Finding[] {
  return scene.needs.flatMap((need) => [...named(scene, need), ...takenAlong(scene, need)]);
}

type Doubt = readonly [code: FindingCode, what: string];

/** Keys that somebody names, in whatever way they reach a pod. */
function named(scene: Scene, need: SecretNeed): Finding[] {
  const { secret } = need;
  if (secret === undefined) return [];
  return requirementsOf(need, scene.stack).flatMap((requirement) => {
    const { key, state, declared } = requirement;
    const value = secret.data.get(key);
    if (state !== 'ok' || value === undefined) return [];
    const told = doubt(key, value, declared?.format !== undefined);
    // Who takes it is asked last: thousands of values are looked at, and few are doubted.
    return told === undefined || !isDoubted(told, useOf(need, requirement.references))
      ? []
      : toFinding(scene, need, key, told);
  });
}

/** Keys that nobody names and that reach whoever takes the Secret as a whole: whether they are read is not known. */
function takenAlong(scene: Scene, need: SecretNeed): Finding[] {
  const { secret } = need;
  if (secret === undefined || !need.isTakenWhole) return [];
  const use = useOf(need, []);
  if (use === undefined) return [];
  const own = new Set(need.keys.map(({ key }) => key));
  const placeholders = scene.stack?.placeholders ?? defaultPlaceholders;
  return [...secret.data].flatMap(([key, value]) => {
    if (own.has(key)) return [];
    const told: Doubt | undefined = value.isPlaceholder(placeholders)
      ? ['secret-value-placeholder', 'is a placeholder']
      : doubt(key, value, false);
    return told === undefined || !isDoubted(told, use) ? [] : toFinding(scene, need, key, told);
  });
}

function toFinding(scene: Scene, need: SecretNeed, key: string, [code, what]: Doubt): Finding {
  const { namespace, name } = need;
  const object = { kind: 'Secret', namespace, name };
  const naming = need.keys.find((each) => each.key === key)?.references ?? [];
  return newFinding(code, {
    severity: 'warning',
    object,
    secret: name,
    key,
    references: places([...naming, ...need.references.filter(takesEveryKey)]),
    message: `key ${key} of ${refText(object)} ${what}`,
    fix: fixFor(scene, need, key),
  });
}

/** What is immutable nobody can edit; c2l writes the keys that something names. */
function fixFor(scene: Scene, { secret, namespace, name, keys }: SecretNeed, key: string): string {
  if (secret?.immutable !== true) return `kubectl -n ${namespace} edit secret ${name}`;
  return keys.some((each) => each.key === key)
    ? `${scene.command('fix-secrets', namespace)} --recreate ${name} --overwrite ${name}/${key}`
    : `kubectl -n ${namespace} get secret ${name} -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f -`;
}

type Use = 'variable' | 'file';

const usesByVia: Readonly<Partial<Record<ReferenceVia, Use>>> = {
  env: 'variable',
  envFrom: 'variable',
  volume: 'file',
  'projected-volume': 'file',
};

/** How a key reaches pods: a variable says more against a value than a file. Undefined where it reaches none. */
function useOf(need: SecretNeed, naming: readonly FindingReference[]): Use | undefined {
  const uses = [...naming, ...need.references.filter(takesEveryKey)].map(({ via }) => usesByVia[via]);
  return uses.includes('variable') ? 'variable' : uses.find((use) => use !== undefined);
}

/** A file may well end in a line break; a variable holds it. */
function isDoubted([code]: Doubt, use: Use | undefined): boolean {
  return use === 'variable' || (use === 'file' && code !== 'secret-value-whitespace');
}

function doubt(key: string, value: SecretValue, hasFormat: boolean): Doubt | undefined {
  if (value.isEmpty) return ['secret-value-empty', 'is empty'];
  if (hasFormat) return undefined;
  const whitespace = value.violation({});
  if (whitespace !== undefined && value.isText) return ['secret-value-whitespace', whitespace];
  if (!seemsEncoded(key, value)) return undefined;
  return ['secret-value-encoded-twice', 'is base64 of a text: it seems to have been encoded twice'];
}
