import type { Scene } from './diagnosis-scene.ts';
import type { Finding, FindingReference } from './findings.ts';
import { refText, type ObjectRef } from './kubernetes.ts';
import { listText } from './list-text.ts';
import { newFinding } from './new-finding.ts';
import { createTlsSecret, missingPullSecret, missingTlsSecret } from './diagnose-special-secrets.ts';
import { places, requirementsOf, type Requirement } from './requirements.ts';
import type { SecretNeed } from './secret-needs.ts';

/** What is wrong with the Secrets that something needs, and with those that show their values. */
export function diagnoseSecrets(scene: Scene): Finding[] {
  return [...scene.needs.flatMap((need) => needFindings(scene, need)), ...exposedValues(scene)];
}

function needFindings(scene: Scene, need: SecretNeed): Finding[] {
  // What could not be read is told once for its list, and is not missing.
  if (need.gap) return [];
  const required = requirementsOf(need, scene.stack);
  if (need.secret === undefined) return [missingSecret(scene, need, required)];
  return required.flatMap((requirement) => keyFinding(scene, need, requirement) ?? []);
}

function missingSecret(scene: Scene, need: SecretNeed, keys: readonly Requirement[]): Finding {
  const isOnly = (...via: string[]): boolean =>
    need.references.length > 0 && need.references.every((reference) => via.includes(reference.via));
  if (isOnly('imagePullSecrets', 'serviceAccount')) return missingPullSecret(scene, need);
  if (isOnly('tls')) return missingTlsSecret(need);

  const requiredKeys = keys.filter(({ required }) => required).map(({ key }) => key);
  const needed = places(need.references.filter(({ optional }) => !optional));
  const object = secretRef(need);
  if (requiredKeys.length === 0 && needed.length === 0) {
    return newFinding('optional-key-absent', {
      object,
      secret: need.name,
      references: places(need.references),
      message: `${refText(object)} does not exist; nothing requires it`,
      fix: scene.fixSecrets(need.namespace),
    });
  }
  const users = [...needed, ...keys.filter(({ required }) => required).flatMap(({ references }) => references)];
  return newFinding('secret-missing', {
    object,
    secret: need.name,
    keys: requiredKeys,
    references: places(need.references),
    message: `${refText(object)} does not exist${neededBy(users)}`,
    blocks: scene.blocks(workloadsOf(users)),
    fix:
      requiredKeys.length > 0
        ? scene.fixSecrets(need.namespace)
        : `kubectl -n ${need.namespace} create secret generic ${need.name} --from-file=DIRECTORY`,
  });
}

function keyFinding(scene: Scene, need: SecretNeed, requirement: Requirement): Finding | undefined {
  const { key, required, references, state, detail = '' } = requirement;
  const object = secretRef(need);
  const common = { object, secret: need.name, key, references, fix: fixForKey(scene, need, references) };
  const blocks = required ? scene.blocks(workloadsOf(references)) : [];
  const severity = required ? {} : { severity: 'warning' as const };
  switch (state) {
    case 'ok':
    case 'unreadable':
    case 'secret-missing':
      return undefined;
    case 'missing':
      return required
        ? newFinding('secret-key-missing', { ...common, message: lacks(need, key, references), blocks })
        : newFinding('optional-key-absent', {
            ...common,
            message: `${refText(object)} has no key ${key}; nothing requires it`,
          });
    case 'placeholder':
    case 'invalid':
      return newFinding(`secret-value-${state}`, {
        ...common,
        ...severity,
        message: `key ${key} of ${refText(object)} ${detail}${ownership(need)}`,
        blocks,
      });
  }
}

/** Certificates have an issuer and are in no source of values. */
function fixForKey(scene: Scene, need: SecretNeed, references: readonly FindingReference[]): string {
  const isCertificate = references.length > 0 && references.every(({ via }) => via === 'tls');
  return isCertificate
    ? `${createTlsSecret(need)} --dry-run=client -o yaml | kubectl apply -f -`
    : scene.fixSecrets(need.namespace);
}

function lacks(need: SecretNeed, key: string, references: readonly FindingReference[]): string {
  return `${refText(secretRef(need))} lacks key ${key}${neededBy(references)}${ownership(need)}`;
}

function ownership({ secret }: SecretNeed): string {
  return secret?.owner ? `; the Secret is written by ${secret.owner.by} (${secret.owner.name})` : '';
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
