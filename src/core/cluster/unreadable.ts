import type { ObjectRef } from './kubernetes.ts';
import type { Gap, Snapshot } from './snapshot.ts';

const listings = {
  Deployment: 'deployments',
  StatefulSet: 'statefulSets',
  DaemonSet: 'daemonSets',
} as const;

/** Why nothing can be said of an object that was not seen; undefined where its list was read and it is not there. */
export function gapFor(snapshot: Snapshot, ref: ObjectRef): Gap | undefined {
  if (!isListed(ref.kind)) return undefined;
  return snapshot[listings[ref.kind]].gaps.find(({ namespace }) => namespace === '' || namespace === ref.namespace);
}

function isListed(kind: string): kind is keyof typeof listings {
  return Object.hasOwn(listings, kind);
}

/** What hides who needs a Secret: a key that is not known to be required cannot be told to be missing. */
export function needGaps({ pods, deployments, statefulSets, daemonSets, ...rest }: Snapshot): readonly Gap[] {
  const { jobs, cronJobs, serviceAccounts, ingresses } = rest;
  return [pods, deployments, statefulSets, daemonSets, jobs, cronJobs, serviceAccounts, ingresses].flatMap(
    ({ gaps }) => gaps,
  );
}

/** Every gap of a snapshot, each once. */
export function allGaps(snapshot: Snapshot): readonly Gap[] {
  const { argocd, writers } = snapshot;
  const gaps = [
    snapshot.secrets,
    snapshot.pods,
    snapshot.deployments,
    snapshot.statefulSets,
    snapshot.daemonSets,
    snapshot.replicaSets,
    snapshot.jobs,
    snapshot.cronJobs,
    snapshot.services,
    snapshot.serviceAccounts,
    snapshot.ingresses,
    snapshot.events,
    writers.externalSecrets,
    writers.secretStores,
    writers.clusterSecretStores,
    writers.sealedSecrets,
    argocd.applications,
    argocd.deployments,
    argocd.statefulSets,
    { gaps: argoCdSecretGaps(snapshot) },
    ...(snapshot.closer === undefined ? [] : [snapshot.closer]),
  ].flatMap((listing) => listing.gaps);
  return [...new Map(gaps.map((gap) => [`${gap.resource}/${gap.namespace}/${gap.name ?? ''}`, gap])).values()];
}

/** What hides all Secrets of the namespace hides these too. */
function argoCdSecretGaps({ argocd, secrets }: Snapshot): readonly Gap[] {
  const isSaid = secrets.gaps.some(
    ({ namespace, name }) => name === undefined && (namespace === '' || namespace === argocd.namespace),
  );
  return isSaid ? [] : (argocd.secrets?.gaps ?? []);
}
