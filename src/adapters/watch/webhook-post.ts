import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import type { Told } from '../../watch-ports.ts';
import { httpOnce } from './http-once.ts';

export interface Post {
  readonly url: SecretValue;
  readonly headers: Readonly<Record<string, SecretValue>>;
  readonly body: string;
  /** The same for every copy of a message, so that a receiver can drop the second. */
  readonly idempotencyKey: string;
  readonly userAgent: string;
  readonly caPem?: string | undefined;
}

const timeoutMs = 10_000;

/** Refuses an URL that cannot be one, without repeating it. */
export function refuseNoUrl(url: SecretValue, use: string): void {
  const text = url.reveal();
  if (URL.canParse(text) && /^https?:/.test(text)) return;
  throw new OperatorError('source-invalid', `${use} is no URL that starts with http:// or https://`, {
    hint: 'correct what lies in the variable or the file',
  });
}

/** Posts JSON once; gives in words of its own why it was not taken. */
export async function postJson({ url, headers, body, idempotencyKey, userAgent, caPem }: Post): Promise<Told> {
  const revealed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
  const own = { 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey };
  const request = { url: url.reveal(), timeoutMs, wantsBody: false, headers: { ...revealed, ...own }, body };
  const answer = await httpOnce(request, { userAgent, caPem });
  if (answer.state === 'failed') return { state: 'failed', reason: answer.reason };
  if (answer.status >= 200 && answer.status < 300) return { state: 'told' };
  const askedMs = Number(answer.retryAfter) * 1000;
  const retry = askedMs > 0 ? { retryAfterMs: askedMs } : {};
  return { state: 'failed', reason: `answered ${answer.status}`, ...retry };
}
