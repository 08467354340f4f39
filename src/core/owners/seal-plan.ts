import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { SealedSecret } from '../cluster/secret-writer-objects.ts';
import { plannedSecret, type SecretPlan } from '../fix/plan-secrets.ts';
import { isUntouched, type PlannedSecret } from '../fix/planned-secret.ts';
import type { SealedManifest } from '../fix/secret-reports.ts';
import type { SecretTarget } from '../fix/secret-target.ts';

/** A Secret that Sealed Secrets writes, and what is to be sealed into its SealedSecret. */
export interface SealTarget {
  readonly target: SecretTarget;
  readonly sealed: SealedSecret;
}

export interface SealPlan {
  readonly plan: SecretPlan;
  readonly sealed: SealedSecret;
}

/** Written by those who bring it into the cluster. */
const notKept = [/^kubectl\.kubernetes\.io\//, /^argocd\.argoproj\.io\/tracking-id$/];

export function sealedRef({ sealed }: Pick<SealPlan, 'sealed'>): ObjectRef {
  return refOf('SealedSecret', sealed.metadata);
}

/** The plan as reports show it: what is sealed, and nothing of what stays. */
export function plannedSeal({ plan }: SealPlan): PlannedSecret {
  const { object, keys } = plannedSecret(plan);
  return { object, action: 'seal', keys: keys.filter((planned) => !isUntouched(planned)) };
}

/** The SealedSecret with what was sealed now beside what it held. */
export function sealedManifest(
  { sealed: { metadata, spec } }: Pick<SealPlan, 'sealed'>,
  encrypted: ReadonlyMap<string, string>,
): SealedManifest {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: keptMetadata(metadata),
    spec: {
      encryptedData: { ...spec?.encryptedData, ...Object.fromEntries(encrypted) },
      ...(spec?.template && { template: spec.template }),
    },
  };
}

function keptMetadata({ name, namespace = '', labels, annotations = {} }: ObjectMeta): SealedManifest['metadata'] {
  const kept = Object.entries(annotations).filter(([key]) => !notKept.some((pattern) => pattern.test(key)));
  return {
    name,
    namespace,
    ...(labels && { labels }),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
  };
}
