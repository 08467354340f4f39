import type { Container, Pod } from '../cluster/kubernetes-pod.ts';
import { refId, refText } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import type { SecretReference } from '../secrets/references.ts';
import { places } from '../secrets/requirements.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import type { Workload } from '../workloads/workloads.ts';
import { createPullSecret, isPullFailing, pullImpact, throughAccounts } from './diagnose-special-secrets.ts';
import type { Scene } from './diagnosis-scene.ts';
import { coversImage, imageRegistry } from './registry-match.ts';

/** Image pull Secrets that are there and of no use. */
export function diagnosePullSecrets(scene: Scene): Finding[] {
  return [
    ...unusablePullSecrets(scene),
    ...uncoveredImages(
      scene,
      pulled(scene).map(({ need }) => need),
    ),
  ];
}

/** Those that kubelet takes nothing from, whatever registry they are for. */
export function unusablePullSecrets(scene: Scene): Finding[] {
  return pulled(scene).flatMap(({ need, pulls }) => unusable(scene, need, pulls) ?? []);
}

interface Pulled {
  readonly need: SecretNeed;
  readonly pulls: readonly SecretReference[];
}

function pulled(scene: Scene): Pulled[] {
  return scene.needs.flatMap((need) => {
    if (!need.vias.has('imagePullSecrets') && !need.vias.has('serviceAccount')) return [];
    const pulls = need.references.filter(({ via }) => via === 'imagePullSecrets' || via === 'serviceAccount');
    return pulls.length === 0 ? [] : [{ need, pulls }];
  });
}

/** kubelet passes over a Secret of another type, and pulls nothing at all for a pod that names one it cannot read. */
function unusable(scene: Scene, need: SecretNeed, pulls: readonly SecretReference[]): Finding | undefined {
  const { secret } = need;
  if (secret === undefined || secret.promised !== undefined) return undefined;
  const { pullCredentials: credentials, type } = secret;
  if (credentials?.state === 'readable') return undefined;
  const why =
    credentials === undefined
      ? `is of type ${type}, which kubelet passes over: it takes kubernetes.io/dockerconfigjson`
      : `cannot be read by kubelet: ${credentials.why}`;
  const { severity, blocks, consequence } = pullImpact(scene, pulls);
  const object = { kind: 'Secret', namespace: need.namespace, name: need.name };
  return newFinding('image-pull-secret-invalid', {
    object,
    severity,
    secret: need.name,
    references: places(pulls),
    message: `${refText(object)} for pulling images ${why}${throughAccounts(scene, pulls)}${consequence}`,
    blocks,
    // A type never changes, so that it is made anew; the one that is there goes when the file was read, and not before.
    fix: `${createPullSecret(need)} --dry-run=client -o yaml | kubectl replace --force -f -`,
  });
}

/** Registries that hand out images to everybody: that no credentials are there for them says nothing. */
const publicRegistries =
  /^(?:docker\.io|quay\.io|ghcr\.io|registry\.k8s\.io|mcr\.microsoft\.com|public\.ecr\.aws|(?:.+\.)?gcr\.io|registry\.gitlab\.com|docker\.elastic\.co|nvcr\.io)$/;

/** Words of registries that want to know who asks. */
const refused =
  /unauthori[sz]ed|authentication required|authorization (?:required|failed)|access denied|access forbidden|\b40[13]\b|no basic auth/i;

function uncoveredImages(scene: Scene, needs: readonly SecretNeed[]): Finding[] {
  const entriesOf = new Map(
    needs.map(({ namespace, name, secret }) => {
      const credentials = secret?.pullCredentials;
      return [`${namespace}/${name}`, credentials?.state === 'readable' ? credentials.entries : undefined];
    }),
  );
  const byUser = new Map<string, SecretReference[]>();
  for (const reference of needs.flatMap(({ references }) => references)) {
    if (reference.via !== 'imagePullSecrets' && reference.via !== 'serviceAccount') continue;
    byUser.set(refId(reference), [...(byUser.get(refId(reference)) ?? []), reference]);
  }
  return scene.workloads.flatMap((workload) => {
    const pulls = byUser.get(workload.id) ?? [];
    const entries = pulls.map(({ namespace, secret }) => entriesOf.get(`${namespace}/${secret}`));
    // One that is missing or of no use is told as such.
    if (pulls.length === 0 || entries.includes(undefined)) return [];
    return uncovered(scene, workload, { pulls, entries: entries.flatMap((each) => each ?? []) }) ?? [];
  });
}

interface Pulls {
  readonly pulls: readonly SecretReference[];
  readonly entries: readonly string[];
}

function uncovered(scene: Scene, workload: Workload, { pulls, entries }: Pulls): Finding | undefined {
  const { ref, podSpec, pods } = workload;
  const images = [...(podSpec.initContainers ?? []), ...podSpec.containers].flatMap(({ image }) => image ?? []);
  const bare = images.filter((image) => !coversImage(entries, image));
  const denied = bare.filter((image) => pods.some((pod) => isRefused(pod, image)));
  const doubtful = pods.length === 0 ? bare.filter((image) => !publicRegistries.test(imageRegistry(image))) : [];
  const told = denied.length > 0 ? denied : doubtful;
  if (told.length === 0) return undefined;
  const registries = [...new Set(told.map(imageRegistry))].sort();
  const names = [...new Set(pulls.map(({ secret }) => secret))].sort();
  const have = entries.length === 0 ? 'none at all' : `some for ${listText([...entries].sort())}`;
  return newFinding('image-registry-not-covered', {
    object: ref,
    severity: denied.length > 0 ? 'error' : 'warning',
    references: places(pulls),
    message: `${refText(ref)} pulls from ${listText(registries)}, for which ${listText(names.map((name) => `secret/${name}`))} ${names.length === 1 ? 'holds' : 'hold'} no credentials: ${names.length === 1 ? 'it has' : 'they have'} ${have}`,
    blocks: denied.length > 0 ? scene.blocks([ref]) : [],
    fix: `kubectl -n ${ref.namespace} get secret ${names[0] ?? ''} -o yaml`,
  });
}

function isRefused(pod: Pod, image: string): boolean {
  if (!isPullFailing(pod)) return false;
  const names = containersOf(pod)
    .filter((container) => container.image === image)
    .map(({ name }) => name);
  return containerStatuses(pod).some(
    ({ name, state }) => names.includes(name) && refused.test(state?.waiting?.message ?? ''),
  );
}

function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}
