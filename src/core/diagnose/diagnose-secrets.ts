import { refText, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Finding, FindingReference } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import { endingText, showFinalizers } from '../secrets/ending-secret.ts';
import { places, requirementsOf, type Requirement } from '../secrets/requirements.ts';
import type { KeyNeed, SecretNeed } from '../secrets/secret-needs.ts';
import {
  certificateKeys,
  createPullSecret,
  createTlsSecret,
  missingPullSecret,
  missingTlsSecret,
  renewTls,
} from './diagnose-special-secrets.ts';
import type { Scene } from './diagnosis-scene.ts';

/** What is wrong with the Secrets that something needs, and with those that show their values. */
export function diagnoseSecrets(scene: Scene): Finding[] {
  return [...scene.needs.flatMap((need) => needFindings(scene, need)), ...exposedValues(scene)];
}

function needFindings(scene: Scene, need: SecretNeed): Finding[] {
  // What could not be read is told once for its list, and is not missing.
  if (need.gap) return [];
  const required = requirementsOf(need, scene.stack);
  if (need.secret === undefined) return missingSecret(scene, need, required);
  const found = required.flatMap((requirement) => keyFinding(scene, need, requirement) ?? []);
  const ending = endingSecret(scene, need, required);
  if (ending === undefined) return found;
  const { id, fix } = ending;
  return [ending, ...found.map((finding) => ({ ...finding, causes: [...finding.causes, id], fix }))];
}

/** Of a Secret that was deleted and that a finalizer holds: what is written into it goes with it. */
function endingSecret(scene: Scene, need: SecretNeed, keys: readonly Requirement[]): Finding | undefined {
  const metadata = need.secret?.metadata;
  if (metadata?.deletionTimestamp === undefined) return undefined;
  const { references, users } = needsOfWhole(need, keys);
  if (users.length === 0) return undefined;
  const object = secretRef(need);
  return newFinding('secret-terminating', {
    object,
    secret: need.name,
    references,
    message: `${refText(object)}${neededBy(users)}, ${endingText(metadata)}, and all its keys go with it`,
    blocks: scene.blocks(workloadsOf(users)),
    fix: showFinalizers(object),
  });
}

/** Only what is required decides: that something else would take the Secret too makes its absence no worse. */
function missingSecret(scene: Scene, need: SecretNeed, keys: readonly Requirement[]): Finding[] {
  const needed = need.references.filter(({ optional }) => !optional);
  const certificates = needed.filter(isCertificate);
  const others = needed.filter((reference) => !isCertificate(reference));
  const ingresses = certificates.length === 0 ? [] : [missingTlsSecret(need, certificates)];
  if (others.length > 0) {
    const whole = others.every(isPull) ? missingPullSecret(scene, need, others) : missingWhole(scene, need, keys);
    return [...ingresses, whole];
  }
  if (ingresses.length > 0) return ingresses;
  return [keys.some(({ required }) => required) ? missingWhole(scene, need, keys) : absentOptionalSecret(scene, need)];
}

function isCertificate({ via }: FindingReference): boolean {
  return via === 'tls';
}

function isPull({ via }: FindingReference): boolean {
  return via === 'imagePullSecrets' || via === 'serviceAccount';
}

function absentOptionalSecret(scene: Scene, need: SecretNeed): Finding {
  const object = secretRef(need);
  return newFinding('optional-key-absent', {
    object,
    secret: need.name,
    references: places(need.references),
    message: `${refText(object)} does not exist; ${unrequired(need.references)}`,
    fix: scene.command('audit -v', need.namespace),
  });
}

function unrequired(references: readonly FindingReference[]): string {
  const isUnmounted = references.length > 0 && references.every(({ via }) => via === 'unmounted-volume');
  return `nothing requires it${isUnmounted ? ': no container mounts the volume that names it' : ''}`;
}

function missingWhole(scene: Scene, need: SecretNeed, keys: readonly Requirement[]): Finding {
  const { requiredKeys, references, users } = needsOfWhole(need, keys);
  const object = secretRef(need);
  return newFinding('secret-missing', {
    object,
    secret: need.name,
    keys: requiredKeys.map(({ key }) => key),
    references,
    message: `${refText(object)} does not exist${neededBy(users)}`,
    blocks: scene.blocks(workloadsOf(users)),
    fix: fixForWhole(scene, need, requiredKeys),
  });
}

interface NeedsOfWhole {
  readonly requiredKeys: readonly Requirement[];
  readonly references: readonly FindingReference[];
  readonly users: readonly FindingReference[];
}

/** Who takes it, and who cannot do without it. Its certificate is told of the Ingress. */
function needsOfWhole(need: SecretNeed, keys: readonly Requirement[]): NeedsOfWhole {
  const requiredKeys = keys.filter(({ required }) => required);
  const told = need.references.filter((reference) => !isCertificate(reference));
  const users = [
    ...places(told.filter(({ optional }) => !optional)),
    ...requiredKeys.flatMap(({ references }) => whoNeeds(references)).filter((place) => !isCertificate(place)),
  ];
  return { requiredKeys, references: places(told), users };
}

/** Certificates and pull Secrets have types of their own, which a Secret of another type cannot stand in for. */
function fixForWhole(scene: Scene, need: SecretNeed, requiredKeys: readonly Requirement[]): string {
  const hasOnly = (...keys: string[]): boolean => requiredKeys.every(({ key }) => keys.includes(key));
  if (need.references.some(isCertificate) && hasOnly('tls.crt', 'tls.key')) return createTlsSecret(need);
  if (need.references.some(isPull) && hasOnly('.dockerconfigjson')) return createPullSecret(need);
  if (requiredKeys.length > 0) return scene.command('fix-secrets', need.namespace);
  return `kubectl -n ${need.namespace} create secret generic ${need.name} --from-file=DIRECTORY`;
}

function keyFinding(scene: Scene, need: SecretNeed, requirement: Requirement): Finding | undefined {
  const { key, required, references, state, detail = '' } = requirement;
  const object = secretRef(need);
  const common = { object, secret: need.name, key, references, fix: fixForKey(scene, need, references) };
  const blocks = required ? scene.blocks(workloadsOf(whoNeeds(references))) : [];
  const severity = required ? {} : { severity: 'warning' as const };
  switch (state) {
    case 'ok':
    case 'unreadable':
    case 'secret-missing':
      return undefined;
    case 'missing':
      return required
        ? keyMissing(need, { ...common, blocks })
        : newFinding('optional-key-absent', {
            ...common,
            message: `${refText(object)} has no key ${key}; ${unrequired(references)}`,
            fix: scene.command('audit -v', need.namespace),
          });
    case 'placeholder':
    case 'invalid':
      return newFinding(`secret-value-${state}`, {
        ...common,
        fix: state === 'invalid' ? `${common.fix}${byName(common.fix, need, key)}` : common.fix,
        ...severity,
        message: `key ${key} of ${refText(object)} ${detail}${obstacles(need)}`,
        blocks,
      });
  }
}

/** Who takes a key as optional starts without it; where nobody else takes it, the stack says that they need it. */
function whoNeeds(references: readonly FindingReference[]): readonly FindingReference[] {
  const needing = references.filter(({ optional }) => !optional);
  return needing.length > 0 ? needing : references;
}

/** What may be the value that works is replaced only where it is named. */
function byName(fix: string, { name }: SecretNeed, key: string): string {
  return fix.startsWith('c2l fix-secrets') ? ` --overwrite ${name}/${key}` : '';
}

/** Certificates have an issuer and are in no source of values. */
function fixForKey(scene: Scene, need: SecretNeed, references: readonly FindingReference[]): string {
  if (references.length > 0 && references.every(isCertificate)) {
    return fixForCertificate(need, references);
  }
  const fix = scene.command('fix-secrets', need.namespace);
  return need.secret?.immutable === true ? `${fix} --recreate ${need.name}` : fix;
}

/** A Secret that holds no part of a certificate was not made for one: another is meant, and its keys are others'. */
function fixForCertificate(need: SecretNeed, references: readonly FindingReference[]): string {
  const { namespace } = need;
  return isOfAnotherPurpose(need)
    ? `kubectl -n ${namespace} edit ingress ${references[0]?.name ?? ''}`
    : renewTls(need);
}

function isOfAnotherPurpose({ secret }: SecretNeed): boolean {
  return (
    secret !== undefined && secret.type !== 'kubernetes.io/tls' && !certificateKeys.some((key) => secret.data.has(key))
  );
}

function otherPurpose(need: SecretNeed, references: readonly FindingReference[]): string {
  const isServed = references.length > 0 && references.every(isCertificate);
  if (!isServed || !isOfAnotherPurpose(need)) return '';
  return `; it is of type ${need.secret?.type ?? ''} and holds no certificate: is another Secret meant?`;
}

type KeyParts = Pick<Finding, 'object' | 'blocks' | 'fix'> & {
  readonly key: string;
  readonly references: readonly FindingReference[];
};

function keyMissing(need: SecretNeed, parts: KeyParts): Finding {
  const { object, key, references } = parts;
  const similar = similarKey(need, key);
  const hint = similar === undefined ? '' : `; it has ${similar}: is that the key that is meant?`;
  return newFinding('secret-key-missing', {
    ...parts,
    secret: need.name,
    ...(similar === undefined ? {} : { similarKey: similar }),
    message: `${refText(object)} lacks key ${key}${neededBy(whoNeeds(references))}${hint}${otherPurpose(need, references)}${obstacles(need)}`,
  });
}

/** A key that is there, that nothing must have, and that differs only in case or in what joins its words. */
function similarKey({ secret, keys }: SecretNeed, key: string): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_.]/g, '');
  return [...(secret?.data.keys() ?? [])]
    .sort()
    .find((other) => plain(other) === plain(key) && !keys.some((need) => need.key === other && mustBe(need)));
}

function mustBe({ isNeeded, references, declared }: KeyNeed): boolean {
  return isNeeded || references.length > 0 || declared?.required === true;
}

/** What stands in the way of simply writing the key. */
function obstacles({ secret }: SecretNeed): string {
  return secret?.immutable === true ? '; the Secret is immutable and must be deleted and created again' : '';
}

function neededBy(references: readonly FindingReference[]): string {
  const users = [...new Set(references.map(refText))].sort();
  return users.length === 0 ? '' : `, which ${listText(users)} ${users.length === 1 ? 'needs' : 'need'}`;
}

function secretRef({ namespace, name }: SecretNeed): ObjectRef {
  return { kind: 'Secret', namespace, name };
}

/** An Ingress blocks nothing: its certificate is missing, but what it points at works. */
function workloadsOf(references: readonly FindingReference[]): ObjectRef[] {
  return references
    .filter(({ kind }) => kind !== 'Ingress')
    .map(({ kind, namespace, name }) => ({ kind, namespace, name }));
}

function exposedValues({ snapshot }: Scene): Finding[] {
  return snapshot.secrets.items.flatMap(({ metadata, exposedKeys }) => {
    if (exposedKeys.length === 0) return [];
    const { namespace, name } = metadata;
    const object = { kind: 'Secret', namespace, name };
    return newFinding('secret-values-exposed', {
      object,
      secret: name,
      message: `${refText(object)} shows the ${exposedKeys.length === 1 ? 'value' : 'values'} of ${listText(exposedKeys)} in its annotation kubectl.kubernetes.io/last-applied-configuration`,
      fix: `kubectl -n ${namespace} annotate secret ${name} kubectl.kubernetes.io/last-applied-configuration-`,
    });
  });
}
