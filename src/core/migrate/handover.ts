import { OperatorError } from '../../errors.ts';
import type { Secret, SecretOwner } from '../cluster/secret.ts';
import { targetWords, type MigrateTarget } from './migrate-target.ts';

const ownerWords: Readonly<Record<SecretOwner['by'], string>> = {
  'external-secrets': 'External Secrets',
  'sealed-secrets': 'Sealed Secrets',
  argocd: 'Argo CD application',
  helm: 'Helm release',
  controller: 'controller',
};

/** Why a Secret cannot be handed over; undefined where it can. */
export function handoverRefusal(
  { metadata, immutable, owner, type, data }: Secret,
  to: MigrateTarget,
): OperatorError | undefined {
  const { namespace, name } = metadata;
  const place = `Secret ${namespace}/${name}`;
  const refused = (what: string, hint: string): OperatorError =>
    new OperatorError('secret-owned', `${place} ${what}`, { hint });
  if (type === 'kubernetes.io/service-account-token') {
    return refused('is a token that Kubernetes itself keeps', 'it needs no other writer');
  }
  if (immutable) {
    return refused(
      `is immutable: ${targetWords[to]} could never write it`,
      `c2l fix-secrets -n ${namespace} --recreate ${name}, or replace it by one that is not`,
    );
  }
  if (data.size === 0) return refused('holds no key yet', `c2l fix-secrets -n ${namespace}`);
  // Argo CD holds what Git has: with the same values in it nothing is out of sync.
  if (owner === undefined || owner.by === 'argocd') return undefined;
  const hint =
    owner.by === 'external-secrets' || owner.by === 'sealed-secrets'
      ? `take it back first: c2l migrate ${name} -n ${namespace} --to ${owner.by} --undo`
      : `take it out there first, so that it stays: kubectl -n ${namespace} get secret ${name} -o yaml`;
  return refused(`is written by ${ownerWords[owner.by]} ${owner.name}`, hint);
}

/** The keys that are not the same in both; none where one can stand for the other. */
export function differingKeys(before: Secret['data'], after: Secret['data']): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.filter((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    return old === undefined || now === undefined || !old.equals(now);
  });
}

const optionsAnnotation = 'argocd.argoproj.io/sync-options';

/**
 * The annotation that keeps Argo CD from deleting a Secret that leaves Git; undefined where it stands there, or where
 * Argo CD has nothing to do with it.
 */
export function keptFromPrune({
  metadata: { annotations = {} },
  owner,
  otherOwners,
}: Secret): Readonly<Record<string, string>> | undefined {
  if (![owner, ...otherOwners].some((each) => each?.by === 'argocd')) return undefined;
  const options = (annotations[optionsAnnotation] ?? '').split(',').filter((option) => option !== '');
  if (options.includes('Prune=false')) return undefined;
  const others = options.filter((option) => !option.startsWith('Prune='));
  return { [optionsAnnotation]: [...others, 'Prune=false'].join(',') };
}
