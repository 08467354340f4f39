import type { Scene } from './diagnosis-scene.ts';
import type { Finding, FindingCode } from './findings.ts';
import { refText } from './kubernetes.ts';
import { newFinding } from './new-finding.ts';
import { places, requirementsOf } from './requirements.ts';
import type { SecretNeed } from './secret-needs.ts';
import type { SecretValue } from './secret-value.ts';

/**
 * Values that are there and look wrong, of keys that the stack says nothing of: that is no proof, so that these are
 * warnings. What violates a declared format is an error and told elsewhere.
 */
export function diagnoseValues(scene: Scene): Finding[] {
  return scene.needs.flatMap((need) => valueFindings(scene, need));
}

function valueFindings(scene: Scene, need: SecretNeed): Finding[] {
  const { secret, namespace, name } = need;
  if (secret === undefined) return [];
  return requirementsOf(need, scene.stack).flatMap((requirement) => {
    const { key, state, declared } = requirement;
    const value = secret.data.get(key);
    if (state !== 'ok' || value === undefined) return [];
    const told = doubt(key, value, declared?.format !== undefined);
    // A file may well end in a line break; a variable holds it.
    if (told === undefined || !requirement.references.some(({ via }) => via === 'env')) return [];
    const [code, what] = told;
    const object = { kind: 'Secret', namespace, name };
    return newFinding(code, {
      object,
      secret: name,
      key,
      references: places(need.keys.find((each) => each.key === key)?.references ?? []),
      message: `key ${key} of ${refText(object)} ${what}`,
      fix: `kubectl -n ${namespace} edit secret ${name}`,
    });
  });
}

function doubt(key: string, value: SecretValue, hasFormat: boolean): [code: FindingCode, what: string] | undefined {
  if (value.isEmpty) return ['secret-value-empty', 'is empty'];
  if (hasFormat) return undefined;
  const whitespace = value.violation({});
  if (whitespace !== undefined && value.isText) return ['secret-value-whitespace', whitespace];
  // A key that is called so is meant to hold it.
  if (/base64|b64|encoded|basic/i.test(key) || !value.isEncodedText) return undefined;
  return ['secret-value-encoded-twice', 'is base64 of a text: it seems to have been encoded twice'];
}
