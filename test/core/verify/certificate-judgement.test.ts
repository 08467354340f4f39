import { expect, test } from '@jest/globals';

import { judgeCertificate, type ShownCertificate } from '../../../src/core/verify/certificate-judgement.ts';

const now = new Date('2026-01-10T12:00:00Z');
const wanted = { host: 'shop.example', days: 14, now };

test.each<[string, Partial<ShownCertificate>, string, string]>([
  ['of next year', {}, 'good', 'the certificate ends in 385 days, on 2027-01-31'],
  ['of the last days', { ends: '2026-01-20T12:00:00Z' }, 'ends-soon', 'the certificate ends in 10 days, on 2026-01-20'],
  ['of yesterday', { ends: '2026-01-09T12:00:00Z', chainError: 'CERT_HAS_EXPIRED' }, 'bad', 'ended 1 day ago'],
  [
    'for another',
    { otherNames: ['a.example', 'b.example'] },
    'bad',
    'is for a.example, b.example, not for shop.example',
  ],
  ['for nobody', { otherNames: [] }, 'bad', 'is for nobody, not for shop.example'],
  ['of itself', { chainError: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'bad', 'is signed by itself alone (DEPTH_ZERO'],
  ['with a word that nobody knows', { chainError: 'CERT_ODD' }, 'bad', 'is not trusted (CERT_ODD)'],
])('a certificate %s', (_, shown, state, detail) => {
  const judged = judgeCertificate({ ends: '2027-01-31T00:00:00Z', ...shown }, wanted);
  expect(judged.state).toBe(state);
  expect(judged.detail).toContain(detail);
});
