import { expect, test } from '@jest/globals';
import { diagnose } from '../../src/core/diagnose.ts';
import type { Secret } from '../../src/core/secret.ts';
import type { CertificateFacts } from '../../src/core/secret-contents.ts';
import { namespace, secret, snapshotOf, type Parts } from '../support/builders.ts';

const ingress: Parts = {
  ingresses: [{ metadata: { name: 'web', namespace }, spec: { tls: [{ secretName: 'web-tls' }] } }],
};

/** The tests' snapshots are taken at 2026-01-02T03:04:05Z. */
function certificate(notAfter: string, more: object = {}): CertificateFacts {
  return { state: 'readable', notBefore: '2025-01-01T00:00:00Z', notAfter, isPair: true, ...more };
}

function serving(facts: CertificateFacts, extra: Partial<Secret> = {}): Parts {
  return secret('web-tls', ['tls.crt', 'tls.key'], { type: 'kubernetes.io/tls', certificate: facts, ...extra });
}

const renew =
  'kubectl -n shop create secret tls web-tls --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -';

test.each<[situation: string, parts: Parts, found: string | undefined]>([
  ['is valid', serving(certificate('2026-03-01T00:00:00Z')), undefined],
  ['has 14 days and an hour left', serving(certificate('2026-01-16T04:04:05Z')), undefined],
  [
    'has less than 14 days left',
    serving(certificate('2026-01-10T00:00:00Z')),
    'warning tls-certificate-expiring holds a certificate that expires on 2026-01-10, in 7 days',
  ],
  [
    'has expired',
    serving(certificate('2026-01-01T00:00:00Z')),
    'error tls-certificate-expired holds a certificate that expired on 2026-01-01',
  ],
  [
    'is not valid yet',
    serving(certificate('2027-01-01T00:00:00Z', { notBefore: '2026-02-01T00:00:00Z' })),
    'error tls-secret-invalid holds a certificate that is not valid before 2026-02-01',
  ],
  [
    'has the key of another',
    serving(certificate('2026-03-01T00:00:00Z', { isPair: false })),
    'error tls-secret-invalid cannot be served: its key is not that of its certificate',
  ],
  [
    'cannot be read',
    serving({ state: 'unreadable', what: 'certificate' }),
    'error tls-secret-invalid cannot be served: its tls.crt holds no certificate that can be read',
  ],
  [
    'stands in a Secret of another type',
    serving(certificate('2026-03-01T00:00:00Z'), { type: 'Opaque' }),
    'warning tls-secret-invalid is of type Opaque: some Ingress controllers take a certificate only from kubernetes.io/tls',
  ],
])('the certificate of an Ingress that %s', (_, parts, found) => {
  const told = diagnose(snapshotOf(ingress, parts));
  const expected = found === undefined ? [] : [found];
  expect(
    told.map(
      ({ severity, code, message }) =>
        `${severity} ${code} ${message.replace(/^secret\/web-tls, which ingress\/web serves, /, '')}`,
    ),
  ).toEqual(expected);
  expect(told.every(({ fix }) => fix === renew)).toBe(true);
});

test('what cert-manager issued is looked after there', () => {
  const metadata = { name: 'web-tls', namespace, annotations: { 'cert-manager.io/certificate-name': 'web' } };
  const [found] = diagnose(snapshotOf(ingress, serving(certificate('2026-01-01T00:00:00Z'), { metadata })));
  expect(found?.fix).toBe('kubectl -n shop describe certificate web');
});

test('a certificate that no Ingress serves is not looked at', () => {
  expect(
    diagnose(snapshotOf(serving(certificate('2020-01-01T00:00:00Z')))).filter(({ severity }) => severity !== 'info'),
  ).toEqual([]);
});
