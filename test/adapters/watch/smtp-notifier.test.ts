import { beforeAll, expect, test } from '@jest/globals';

import { createSmtpNotifier } from '../../../src/adapters/watch/smtp-notifier.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { testNotice } from '../../../src/core/watch/webhook-body.ts';
import { createVaultCertificates, type VaultCertificates } from '../../../src/sandbox/vault/vault-certificates.ts';
import { startMailServer } from '../../support/mail-server.ts';
import { atEnd } from '../../support/watch-world.ts';

const login = { user: 'c2l', password: 'canary-3f' };
const notice = testNotice('shop', '2026-11-25T12:00:00.000Z');
let certificates: VaultCertificates;
beforeAll(async () => {
  certificates = await createVaultCertificates(new Date());
});

const serve = async (tls?: 'starttls' | 'implicit') => {
  const { keyPem: key, certPem: cert } = certificates;
  return atEnd(await startMailServer(login, tls && { key, cert, secure: tls === 'implicit' }));
};

const notifier = (port: number, tls: 'starttls' | 'implicit' | 'none', caPem?: string) =>
  createSmtpNotifier(
    {
      kind: 'email',
      name: 'mail',
      host: '127.0.0.1',
      port,
      tls,
      user: login.user,
      from: 'c2l@a.example',
      to: ['b@a.example'],
    },
    { password: SecretValue.fromText(login.password), caPem },
  );

test.each(['starttls', 'implicit'] as const)(
  '%s: logs in and sends, over a certificate that is trusted',
  async (tls) => {
    const server = await serve(tls);
    expect(await notifier(server.port, tls, certificates.caPem).tell(notice)).toEqual({ state: 'told' });
    expect(server.mails.map(({ user, to }) => [user, ...to])).toEqual([['c2l', 'b@a.example']]);
    expect(server.mails[0]!.text).toMatch(/^Message-ID: <test-20261125120000000@c2l.invalid>\r$/m);
  },
);

test.each([
  ['a certificate that nobody trusts', 'starttls', 'starttls'],
  ['no STARTTLS where it is demanded', undefined, 'starttls'],
] as const)('%s: the password is not sent', async (_case, offers, wants) => {
  const server = await serve(offers);
  const told = await notifier(server.port, wants).tell(notice);
  expect(told.state).toBe('failed');
  expect(JSON.stringify(told)).not.toContain('canary');
  expect(server.mails).toEqual([]);
});

test('nobody listens', async () => {
  expect(await notifier(9, 'none').tell(notice)).toEqual({ state: 'failed', reason: 'the connection failed' });
});
