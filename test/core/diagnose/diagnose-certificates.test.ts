import { describe, expect, test } from '@jest/globals';
import type { CertificateFacts } from '../../../src/core/cluster/secret-contents.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { namespace, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const ingress: Parts = {
  ingresses: [{ metadata: { name: 'web', namespace }, spec: { tls: [{ secretName: 'web-tls' }] } }],
};

/** The tests' snapshots are taken at 2026-01-02T03:04:05Z. */
function certificate(notAfter: string, more: object = {}): CertificateFacts {
  return { state: 'readable', notBefore: '2025-01-01T00:00:00Z', notAfter, isPair: true, hosts: [], ...more };
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
  expect(told.every(({ fix }) => fix.startsWith(renew.replace(/ \| .*/, ' | ')))).toBe(true);
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

describe('the hosts that Ingresses ask for', () => {
  const serve = (name: string, ...tls: readonly { readonly hosts?: readonly string[] }[]): Parts => ({
    ingresses: [
      { metadata: { name, namespace }, spec: { tls: tls.map((each) => ({ secretName: 'web-tls', ...each })) } },
    ],
  });
  const holds = (...hosts: readonly string[]): Parts => serving(certificate('2026-03-01T00:00:00Z', { hosts }));
  const told = (...parts: readonly Parts[]): string[] =>
    diagnose(snapshotOf(...parts)).map(({ severity, code, message }) => `${severity} ${code} ${message}`);

  test.each<[situation: string, certificate: Parts, hosts: readonly string[], found: string | undefined]>([
    ['one by one', holds('a.test', 'b.test'), ['b.test', 'a.test'], undefined],
    ['in other letters', holds('A.test'), ['a.TEST'], undefined],
    ['by a wildcard', holds('*.a.test'), ['x.a.test', 'y.a.test'], undefined],
    ['as a wildcard', holds('*.a.test'), ['*.a.test'], undefined],
    ['that no entry names', holds('a.test'), [], undefined],
    ['of which some are other', holds('a.test'), ['a.test', 'b.test'], 'for a.test, not for b.test'],
    ['two labels below a wildcard', holds('*.a.test'), ['x.y.a.test'], 'for *.a.test, not for x.y.a.test'],
    ['that are what a wildcard stands beneath', holds('*.a.test'), ['a.test'], 'for *.a.test, not for a.test'],
    ['as a wildcard, and it names single ones', holds('x.a.test'), ['*.a.test'], 'for x.a.test, not for *.a.test'],
    ['where it has a common name alone', holds(), ['a.test'], 'for no host, and so not for a.test'],
  ])('%s', (_, parts, hosts, found) => {
    expect(told(serve('web', { hosts }), parts)).toEqual(
      found === undefined
        ? []
        : [`error tls-host-not-covered secret/web-tls, which ingress/web serves, holds a certificate ${found}`],
    );
  });

  test('are those of all entries, and of the Ingresses whose hosts are other alone', () => {
    const one = serve('one', { hosts: ['a.test'] }, {}, { hosts: ['c.test', 'b.test'] });
    const found = diagnose(snapshotOf(one, serve('two', { hosts: ['a.test'] }), holds('a.test')));

    expect(found.map(({ message }) => message)).toEqual([
      'secret/web-tls, which ingress/one serves, holds a certificate for a.test, not for b.test and c.test',
    ]);
    expect(found.flatMap(({ references = [] }) => references.map(({ name }) => name))).toEqual(['one']);
  });

  test('are told beside what else is wrong with the certificate', () => {
    const old = serving(certificate('2026-01-01T00:00:00Z', { hosts: ['a.test'] }));
    expect(told(serve('web', { hosts: ['b.test'] }), old).map((line) => line.split(' ')[1])).toEqual([
      'tls-certificate-expired',
      'tls-host-not-covered',
    ]);
  });
});

test.each<[string, Partial<Secret>, string[], string]>([
  ['of its own type is applied over', {}, [], renew],
  ['that is immutable is made anew', { immutable: true }, [], renew.replace(/apply .*/, 'replace --force -f -')],
  ['of another type, too', { type: 'Opaque' }, [], renew.replace(/apply .*/, 'replace --force -f -')],
  ['in a Secret with keys of others is edited', { type: 'Opaque' }, ['db'], 'kubectl -n shop edit secret web-tls'],
  [
    'and where that is refused the Ingress names another',
    { type: 'Opaque', immutable: true },
    ['db'],
    'kubectl -n shop edit ingress web',
  ],
])('an expired certificate %s', (_, extra, keys, expected) => {
  const facts = certificate('2026-01-01T00:00:00Z');
  const parts = secret('web-tls', ['tls.crt', 'tls.key', ...keys], {
    type: 'kubernetes.io/tls',
    certificate: facts,
    ...extra,
  });
  const [found] = diagnose(snapshotOf(ingress, parts));
  expect(found?.fix).toBe(expected);
});
