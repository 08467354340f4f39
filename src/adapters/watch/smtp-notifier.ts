import { createTransport } from 'nodemailer';

import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { noticeLines, noticeTitle } from '../../core/watch/notices.ts';
import type { NotifierSpec } from '../../core/watch/watch-schema.ts';
import type { Notice } from '../../core/watch/watch-state.ts';
import type { Notifier, Told } from '../../watch-ports.ts';

type EmailSpec = Extract<NotifierSpec, { kind: 'email' }>;

const timeoutMs = 10_000;

/** Sends mail by SMTP. The `Message-ID` is the same for every copy, and all mails of an incident are one thread. */
export function createSmtpNotifier(
  spec: EmailSpec,
  { password, caPem }: { readonly password: SecretValue | undefined; readonly caPem: string | undefined },
): Notifier {
  const { name, host, port, tls, user, from, to } = spec;
  const login = user === undefined || password === undefined ? {} : { auth: { user, pass: password.reveal() } };
  return {
    name,
    async tell(notice): Promise<Told> {
      const transport = createTransport({
        host,
        port,
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(caPem === undefined ? {} : { tls: { ca: caPem } }),
        ...login,
      });
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: noticeTitle(notice),
          text: `${noticeLines(notice).join('\n')}\n`,
          messageId: messageId(notice.id),
          ...(notice.kind === 'opened' || notice.kind === 'test'
            ? {}
            : { references: messageId(`${notice.incident}/opened`) }),
          headers: { 'Auto-Submitted': 'auto-generated', 'X-C2L-Incident': notice.incident },
          date: new Date(notice.at),
        });
        return { state: 'told' };
      } catch (error) {
        return { state: 'failed', reason: reasonOf(error) };
      } finally {
        transport.close();
      }
    },
  };
}

function messageId(id: Notice['id']): string {
  return `<${id.replaceAll(/[^A-Za-z0-9.-]+/g, '.')}@c2l.invalid>`;
}

const reasons: Readonly<Record<string, string>> = {
  EAUTH: 'the server refuses the login',
  ECONNECTION: 'the connection failed',
  ESOCKET: 'the connection failed',
  EDNS: 'the name of the server is not known to DNS',
  ETIMEDOUT: 'no answer in time',
  ETLS: 'the server offers no usable TLS',
  EENVELOPE: 'the server refuses the sender or a recipient',
  EMESSAGE: 'the server refuses the message',
};

/** Own words and the server's number: its text may repeat what it was sent. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const words = (typeof code === 'string' ? reasons[code] : undefined) ?? 'the mail could not be sent';
  return typeof responseCode === 'number' ? `${words} (${responseCode})` : words;
}
