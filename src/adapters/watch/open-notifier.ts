import { SecretValue } from '../../core/secrets/secret-value.ts';
import type { NotifierSpec } from '../../core/watch/watch-schema.ts';
import { pagerDutyEvent, webhookBody } from '../../core/watch/webhook-body.ts';
import type { Notifier } from '../../watch-ports.ts';
import { readSecretText, type SecretTextPlaces } from './secret-text.ts';
import { postJson, refuseNoUrl } from './webhook-post.ts';

export interface NotifierOptions extends SecretTextPlaces {
  readonly userAgent: string;
  /** Trusted beside those that Node trusts; only tests need it. */
  readonly caPem?: string | undefined;
}

/** Reads the receiver's secrets at once: what is missing is told when watch starts, not when it must page. */
export async function openNotifier(spec: NotifierSpec, options: NotifierOptions): Promise<Notifier> {
  switch (spec.kind) {
    case 'webhook':
      return openWebhook(spec, options);
    case 'pagerduty':
      return openPagerDuty(spec, options);
    case 'email': {
      const { createSmtpNotifier } = await import('./smtp-notifier.ts');
      const use = `the SMTP password of ${spec.name}`;
      const password = spec.password && (await readSecretText(spec.password, use, options));
      return createSmtpNotifier(spec, { password, caPem: options.caPem });
    }
  }
}

type Spec<K extends NotifierSpec['kind']> = Extract<NotifierSpec, { kind: K }>;

async function openWebhook(spec: Spec<'webhook'>, options: NotifierOptions): Promise<Notifier> {
  const { name } = spec;
  const url = await readSecretText(spec.url, `the URL of ${name}`, options);
  refuseNoUrl(url, `the URL of ${name}`);
  const headers: Record<string, SecretValue> = {};
  for (const [header, text] of Object.entries(spec.headers)) {
    headers[header] = await readSecretText(text, `header ${header} of ${name}`, options);
  }
  return {
    name,
    tell: (notice) =>
      postJson({ url, headers, body: webhookBody(spec, notice), idempotencyKey: notice.id, ...options }),
  };
}

async function openPagerDuty(spec: Spec<'pagerduty'>, options: NotifierOptions): Promise<Notifier> {
  const { name } = spec;
  const routingKey = await readSecretText(spec.routingKey, `the routing key of ${name}`, options);
  const url = SecretValue.fromText(spec.url);
  return {
    name,
    tell: (notice) => {
      const body = JSON.stringify({ routing_key: routingKey.reveal(), ...pagerDutyEvent(notice) });
      return postJson({ url, headers: {}, body, idempotencyKey: notice.id, ...options });
    },
  };
}
