import { refText } from '../core/kubernetes.ts';
import { count } from '../core/list-text.ts';
import { keyId, promptSource, rejection, type WantedKey } from '../core/plan-secrets.ts';
import type { SecretValue } from '../core/secret-value.ts';
import type { Collected } from './ask-sources.ts';
import { refuseWhenInterrupted, type Session } from './session.ts';
import { typedTwice } from './typed-twice.ts';

/** Asks a person for the value of each key, hidden and checked as it is typed. */
export async function promptValues(session: Session, keys: readonly WantedKey[], { found }: Collected): Promise<void> {
  if (keys.length === 0) return;
  session.deps.terminal.err(`${count(keys.length, 'key')} without a value in any source; what is typed stays hidden`);
  for (const key of keys) {
    found.set(keyId(key), { value: await promptFor(session, key), source: promptSource });
    refuseWhenInterrupted(session);
  }
}

async function promptFor({ deps, stack }: Session, key: WantedKey): Promise<SecretValue> {
  const users = [...new Set(key.references.map((reference) => refText(reference)))];
  const needed = users.length === 0 ? '' : `, needed by ${users.join(', ')}`;
  const first = `${key.key} of Secret ${key.namespace}/${key.secret}${needed}:`;
  const check = (value: SecretValue): string | undefined => rejection(value, key, stack);
  if (isSelfEvident(key)) return deps.prompter.secret(first, check);
  return typedTwice(deps, { first, again: `${key.key} again:` }, check);
}

/** Whether a typing error would show in the form of the value. Other values are typed twice: they fail only at login. */
function isSelfEvident({ declared }: WantedKey): boolean {
  const format = declared?.format;
  return format?.oneOf !== undefined || format?.kind === 'json' || format?.kind === 'pem';
}
