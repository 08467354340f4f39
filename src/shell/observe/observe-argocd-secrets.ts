import type { ClusterReader } from '../../cluster-ports.ts';
import { argoCdSecretName, argoCdTypeLabel, runsArgoCd } from '../../core/argocd/argocd-parts.ts';
import type { Observed } from '../../core/cluster/observed.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import type { ArgoCdSecrets, Gap, Snapshot } from '../../core/cluster/snapshot.ts';

/**
 * The Secrets that Argo CD itself lives on, whatever namespaces are looked at; undefined where it does nothing in its
 * namespace. The snapshot must be as it was first read: its gaps say what was not listed.
 */
export async function observeArgoCdSecrets(
  cluster: ClusterReader,
  { argocd, namespaces, secrets }: Snapshot,
): Promise<ArgoCdSecrets | undefined> {
  const { namespace } = argocd;
  const isRunning = runsArgoCd(argocd);
  if (!isRunning && argocd.applications.items.length === 0) return undefined;

  const isListed = !secrets.gaps.some((gap) => gap.namespace === '' || gap.namespace === namespace);
  if (isListed && namespaces.includes(namespace)) {
    const items = secrets.items.filter(({ metadata }) => metadata.namespace === namespace && isArgoCds(metadata));
    return { items, gaps: [], lacksOwn: isRunning && !items.some(isOwn) };
  }
  const [labelled, own] = await Promise.all([
    cluster.listArgoCdSecrets(namespace),
    // One that runs elsewhere may have it there.
    isRunning ? cluster.readSecret(namespace, argoCdSecretName) : undefined,
  ]);
  return joined(namespace, labelled, own);
}

function isArgoCds({ name, labels = {} }: Secret['metadata']): boolean {
  return name === argoCdSecretName || argoCdTypeLabel in labels;
}

function isOwn({ metadata }: Secret): boolean {
  return metadata.name === argoCdSecretName;
}

function joined(
  namespace: string,
  labelled: Observed<readonly Secret[]>,
  own: Observed<Secret> | undefined,
): ArgoCdSecrets {
  const place = { resource: 'secrets', namespace };
  const gaps: Gap[] = [];
  if (labelled.state === 'unreadable') {
    const { cause, reason } = labelled;
    gaps.push({ ...place, cause, reason, hides: 'whether Argo CD can log in to its repositories and clusters' });
  }
  if (own?.state === 'unreadable') {
    const { cause, reason } = own;
    const hides = 'whether Argo CD has the key of its sessions';
    gaps.push({ ...place, name: argoCdSecretName, cause, reason, hides });
  }
  return {
    items: [...(labelled.state === 'present' ? labelled.value : []), ...(own?.state === 'present' ? [own.value] : [])],
    gaps,
    lacksOwn: own?.state === 'absent',
  };
}
