import { refText } from '../cluster/kubernetes.ts';
import type { Gap } from '../cluster/snapshot.ts';
import { diagnoseCertificates } from '../diagnose/diagnose-certificates.ts';
import { unusablePullSecrets } from '../diagnose/diagnose-pull-secrets.ts';
import { diagnoseSecrets } from '../diagnose/diagnose-secrets.ts';
import { noPodShows } from '../diagnose/diagnose-special-secrets.ts';
import { diagnoseUnreadable } from '../diagnose/diagnose-unreadable.ts';
import { diagnoseValues } from '../diagnose/diagnose-values.ts';
import { buildScene } from '../diagnose/diagnosis-scene.ts';
import { compareFindings, type Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import type { LocatedFinding } from '../reports/file-reports.ts';
import { stackWithin } from '../stack/stack-scope.ts';
import type { Stack } from '../stack/stack.ts';
import { editor, locator, type Locator } from './manifest-locations.ts';
import { manifestSnapshot, type LiveSecrets } from './manifest-snapshot.ts';
import type { Manifest, ManifestProblem } from './manifests.ts';
import { storeFindings, type WantedStore } from './validate-stores.ts';

export interface Validation {
  /** Of the looked-at namespaces. */
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
  readonly namespaces: readonly string[];
  readonly stack: Stack | undefined;
  /** Undefined where no cluster is asked. */
  readonly live: LiveSecrets | undefined;
  readonly takenAt: string;
  /** As they were named, for the commands of the findings. */
  readonly paths: readonly string[];
  /** That they name and do not bring. */
  readonly stores: readonly WantedStore[];
}

/** Everything that would be wrong with the Secrets of these manifests once they are applied, with where it stands. */
export function validateManifests(validation: Validation): LocatedFinding[] {
  const { namespaces, problems } = validation;
  const { manifests, problems: repeated } = distinctManifests(validation.manifests);
  const stack = validation.stack === undefined ? undefined : stackWithin(validation.stack, namespaces);
  const snapshot = manifestSnapshot({ ...validation, manifests, stack });
  const { secrets } = snapshot;
  const scene = buildScene(
    { ...snapshot, secrets: { ...secrets, gaps: [...secrets.gaps, ...problems.flatMap(unreadSecret)] } },
    stack,
  );
  const locate = locator(manifests);
  const told = [
    ...diagnoseSecrets(scene),
    ...diagnoseValues(scene).filter((finding) => isWritten(finding, manifests)),
    ...unusablePullSecrets(scene),
    ...diagnoseCertificates(scene),
  ].map((finding) => located(asOfManifests(finding, validation), locate, validation));
  return [
    ...told,
    ...manifests.flatMap((manifest) => plainSecret(manifest)),
    ...storeFindings(validation.stores, validation.live, validation.paths),
    // What the files hide is told where it stands.
    ...diagnoseUnreadable({ ...scene, snapshot }).map((finding) => ({ ...finding, locations: [] })),
    ...[...problems, ...repeated].map(unreadablePlace),
  ].sort(compareFindings);
}

function unreadSecret({ secret, message }: ManifestProblem): Gap[] {
  return secret === undefined ? [] : [{ resource: 'secrets', ...secret, reason: message, cause: 'not-kubernetes' }];
}

/** Read twice is no harm; one object in two forms is: which of them is applied, the files do not say. */
export function distinctManifests(all: readonly Manifest[]): {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
} {
  const byId = new Map<string, Manifest>();
  const problems: ManifestProblem[] = [];
  for (const manifest of all) {
    if (manifest.content.as === 'other') continue;
    const { kind, namespace, name, file, line, fingerprint } = manifest;
    const id = `${kind}/${namespace}/${name}`;
    const first = byId.get(id);
    if (first === undefined) byId.set(id, manifest);
    else if (first.fingerprint !== fingerprint) {
      const message = `${kind.toLowerCase()}/${name} stands here a second time, otherwise than in ${first.file}:${first.line}: which one is applied is not known`;
      problems.push({ file, line, message, fix: 'kustomize build DIRECTORY | c2l validate -' });
    }
  }
  return { manifests: [...byId.values()], problems };
}

/** A diagnosis speaks of a cluster; what is not there yet is told otherwise. */
function asOfManifests(finding: Finding, { live }: Validation): Finding {
  const { code, secret = '', key, references = [] } = finding;
  if (code === 'secret-missing' || code === 'image-pull-secret-missing' || code === 'tls-secret-missing') {
    const users = [...new Set(references.map(refText))].sort();
    const needed = users.length === 0 ? '' : `, which ${listText(users)} ${users.length === 1 ? 'needs' : 'need'}`;
    const nobody = live === undefined ? 'no manifest and no stack file provides' : 'neither manifests nor cluster have';
    return { ...finding, message: `${nobody} secret/${secret}${needed}` };
  }
  if (code === 'image-pull-secret-invalid') return { ...finding, message: finding.message.replace(noPodShows, '') };
  if (code !== 'optional-key-absent') return finding;
  const what = key === undefined ? `secret/${secret}` : `key ${key} of secret/${secret}`;
  return { ...finding, message: `nothing provides ${what}, and nothing requires it` };
}

/** Codes of a Secret that nothing provides at all: it may come from elsewhere, which the cluster tells. */
const wholes: ReadonlySet<string> = new Set(['secret-missing', 'image-pull-secret-missing']);

/** What a manifest of the Secret says, and what is changed there. */
function isValue(finding: Finding, manifests: readonly Manifest[]): boolean {
  const { code } = finding;
  if (code.startsWith('secret-value-')) return true;
  return isWritten(finding, manifests) && (code.startsWith('tls-') || code === 'image-pull-secret-invalid');
}

/** Whether a manifest brings the value that is told of; `audit` tells of those that only the cluster holds. */
function isWritten({ secret, key, object }: Finding, manifests: readonly Manifest[]): boolean {
  return manifests.some(
    ({ content, namespace, name }) =>
      content.as === 'secret' &&
      namespace === object.namespace &&
      name === secret &&
      (key === undefined || content.secret.data.has(key)),
  );
}

function located(finding: Finding, locate: Locator, { stack, paths, live, manifests }: Validation): LocatedFinding {
  const locations = locate(finding);
  const [first] = locations;
  // What the cluster lacks is repaired there, as the diagnosis says.
  if (live !== undefined && !isValue(finding, manifests)) return { ...finding, locations };
  const from = paths.filter((path) => path !== '-');
  const isUnknown = stack === undefined && from.length > 0 && wholes.has(finding.code);
  return {
    ...finding,
    locations,
    fix: isUnknown ? `c2l validate --against-cluster ${from.join(' ')}` : editor(finding.code, first),
  };
}

function plainSecret({ content, file, line, name, namespace }: Manifest): LocatedFinding[] {
  if (content.as !== 'secret' || !content.isInGit || content.plainKeys.length === 0) return [];
  const many = content.plainKeys.length === 1 ? 'the value' : 'the values';
  const finding = newFinding('secret-plain-in-manifest', {
    object: { kind: 'Secret', namespace, name },
    secret: name,
    message: `secret/${name} stands in a file that Git takes with ${many} of ${listText(content.plainKeys)}`,
    fix: 'c2l explain secret-plain-in-manifest',
  });
  return [{ ...finding, locations: [{ file, line }] }];
}

export function unreadablePlace({ file, line, message, fix }: ManifestProblem): LocatedFinding {
  const finding = newFinding('unreadable', {
    object: { kind: 'File', namespace: '', name: `${file}:${line}` },
    message,
    fix: fix ?? editor('unreadable', { file, line }),
  });
  return { ...finding, locations: [{ file, line }] };
}
