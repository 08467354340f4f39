import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { Secret } from '../cluster/secret.ts';

/** cert-manager makes the certificates of an Ingress that names an issuer. */
export function namesIssuer({ annotations = {} }: ObjectMeta): boolean {
  return (
    'cert-manager.io/issuer' in annotations ||
    'cert-manager.io/cluster-issuer' in annotations ||
    annotations['kubernetes.io/tls-acme'] === 'true'
  );
}

/** Whether its own marks say that cert-manager made it. */
export function isIssued({ metadata, owner }: Pick<Secret, 'metadata' | 'owner'>): boolean {
  const isMarked = metadata.annotations?.['cert-manager.io/certificate-name'] !== undefined;
  return isMarked || owner?.name.startsWith('Certificate/') === true;
}
