import { refText } from '../../core/cluster/kubernetes.ts';
import { keyId, promptSource, rejection } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { count } from '../../core/list-text.ts';
import { seemsEncoded } from '../../core/secrets/encoded-value.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { sourceNames } from '../../core/sources/source-names.ts';
import { openHalves } from '../../core/sources/wanted-pairs.ts';
import type { ValueSource } from '../../value-ports.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import type { Collected } from './ask-sources.ts';
import { typedTwice } from './typed-twice.ts';

/** Asks a person for the value of each key, hidden and checked as it is typed. */
export async function promptValues(
  session: Session,
  keys: readonly WantedKey[],
  { found, silent }: Collected,
  asked: readonly ValueSource[],
): Promise<void> {
  if (keys.length === 0) return;
  const { terminal } = session.deps;
  const where = silent.size === 0 ? ' in any source' : ' in what could be asked';
  terminal.err(
    `${count(keys.length, 'key')} without a value${asked.length === 0 ? '' : where}; what is typed stays hidden`,
  );
  if (asked.length === 0) terminal.err('Ctrl-C, then add --from, where a vault or a backup has them');
  for (const [index, key] of keys.entries()) {
    const number = keys.length === 1 ? '' : `${index + 1} of ${keys.length}, `;
    found.set(keyId(key), { value: await promptFor(session, key, number), source: promptSource });
    refuseWhenInterrupted(session);
  }
}

async function promptFor(session: Session, key: WantedKey, number: string): Promise<SecretValue> {
  const { deps, stack } = session;
  const first = `${number}${placeOf(key)}:`;
  if (key.key === '.dockerconfigjson') {
    const built = await promptLogin(session, key);
    if (built !== undefined) return built;
  }
  const check = (value: SecretValue): string | undefined => pasteViolation(value, key) ?? rejection(value, key, stack);
  if (isSelfEvident(key)) return deps.prompter.secret(first, check);
  return typedTwice(deps, { first, again: `${key.key} again:` }, check);
}

/** Whether its value is of several lines, of which a prompt takes the first. */
export function isBeyondPrompt(key: WantedKey, { pairs }: Pick<Collected, 'pairs'>): boolean {
  return key.declared?.format?.kind === 'pem' || pairs.some((pair) => openHalves(pair).includes(key));
}

/** What comes with a value that is taken from a file: there it is no part of it. */
function pasteViolation(value: SecretValue, { key, declared }: WantedKey): string | undefined {
  const { envName, azureKeyVaultName } = sourceNames(key, declared);
  if (value.isLineOf([key, envName, azureKeyVaultName])) return 'begins with its own name: give the value alone';
  if (value.isPemStart) return 'is the first of several lines, and a prompt takes one: give it with --from env:FILE';
  if (value.isQuoted && declared?.format?.kind !== 'json') return 'stands in quotes: give what is between them';
  if (seemsEncoded(key, value, declared?.format)) return 'is base64 of a text, as kubectl prints it: decode it first';
  return undefined;
}

function placeOf({ key, namespace, secret, references }: WantedKey): string {
  const users = [...new Set(references.map((reference) => refText(reference)))];
  const needed = users.length === 0 ? '' : `, needed by ${users.join(', ')}`;
  return `${key} of Secret ${namespace}/${secret}${needed}`;
}

/** People know the parts of a login, not the JSON that it is kept as; undefined where somebody has it whole. */
async function promptLogin({ deps }: Session, key: WantedKey): Promise<SecretValue | undefined> {
  const registry = (
    await deps.prompter.text(`registry for ${placeOf(key)}, as ghcr.io (nothing: give it whole):`)
  ).trim();
  if (registry === '') return undefined;
  const user = (await deps.prompter.text(`user at ${registry}:`)).trim();
  const questions = { first: `password of ${user} at ${registry}:`, again: 'the password again:' };
  const password = await typedTwice(deps, questions, (value) => (value.isEmpty ? 'is empty' : undefined));
  return SecretValue.dockerConfig({
    registry: SecretValue.fromText(registry),
    user: SecretValue.fromText(user),
    password,
  });
}

/** Whether a typing error would show in the form of the value. Other values are typed twice: they fail only at login. */
function isSelfEvident({ declared }: WantedKey): boolean {
  const format = declared?.format;
  return format?.oneOf !== undefined || format?.kind === 'json';
}
