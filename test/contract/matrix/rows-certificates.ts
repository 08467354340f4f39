import { createVaultCertificates } from '../../../src/sandbox/vault/vault-certificates.ts';
import { base64, type Manifest } from './manifests.ts';
import type { MatrixRow } from './row.ts';

const dayMs = 86_400_000;

/** Each is valid for 90 days from the day before it is made. */
const madeDaysAgo = (days: number): ReturnType<typeof createVaultCertificates> =>
  createVaultCertificates(new Date(Date.now() - days * dayMs));
const [fresh, other, ending, ended] = await Promise.all([0, 0, 80, 100].map(madeDaysAgo));

/** Each is for `localhost` and `*.vault.azure.net`. */
function asking(...hosts: readonly string[]): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: {
      tls: hosts.map((host) => ({ secretName: 'web-tls', hosts: [host] })),
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
    },
  };
}
const ingress = asking('localhost', 'web.vault.azure.net', '*.vault.azure.net');

type Pair = { readonly certPem: string; readonly keyPem: string } | undefined;

function serving(certificate: Pair, key?: Pair, type?: string): readonly Manifest[] {
  return [ingress, held(certificate, key, type)];
}

function held(certificate: Pair, key: Pair = certificate, type = 'kubernetes.io/tls'): Manifest {
  const data = { 'tls.crt': base64(certificate?.certPem ?? ''), 'tls.key': base64(key?.keyPem ?? '') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web-tls' }, type, data };
}

/** The certificates that Ingresses name. */
export const certificateRows: readonly MatrixRow[] = [
  { situation: 'the certificate of an Ingress is valid', objects: serving(fresh), findings: [] },
  {
    situation: 'the certificate of an Ingress is missing',
    objects: [ingress],
    findings: ['error tls-secret-missing ingress/web'],
  },
  {
    situation: 'the certificate of an Ingress has expired',
    objects: serving(ended),
    findings: ['error tls-certificate-expired secret/web-tls'],
  },
  {
    situation: 'the certificate of an Ingress expires within 14 days',
    objects: serving(ending),
    findings: ['warning tls-certificate-expiring secret/web-tls'],
  },
  {
    situation: 'the certificate of an Ingress has the key of another',
    objects: serving(fresh, other),
    findings: ['error tls-secret-invalid secret/web-tls'],
    says: [/its key is not that of its certificate$/],
  },
  {
    situation: 'the certificate of an Ingress is in a Secret of another type',
    objects: serving(fresh, fresh, 'Opaque'),
    findings: ['warning tls-secret-invalid secret/web-tls'],
    says: [/is of type Opaque/],
  },
  {
    situation: 'an Ingress names a Secret that holds other things',
    objects: [
      ingress,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web-tls' }, stringData: { password: 'correct horse' } },
    ],
    findings: ['error secret-key-missing secret/web-tls tls.crt', 'error secret-key-missing secret/web-tls tls.key'],
    says: [/is of type Opaque and holds no certificate: is another Secret meant\?$/],
  },
  {
    situation: 'the certificate of an Ingress is for other hosts than it asks for',
    objects: [asking('localhost', 'web.example.test', 'a.b.vault.azure.net'), held(fresh)],
    findings: ['error tls-host-not-covered secret/web-tls'],
    says: [/for localhost and \*\.vault\.azure\.net, not for a\.b\.vault\.azure\.net and web\.example\.test$/],
  },
];
