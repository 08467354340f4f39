import { createHash, randomInt } from 'node:crypto';

/** Kubernetes leaves out vowels and look-alikes so that no word comes about by chance. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters, as generated names end in. */
export function nameSuffix(): string {
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

const known = new WeakMap<object, string>();

/** The same for the same template whatever the order of its fields: `5bc87b5896`. A stored one is looked at once. */
export function templateHash(template: object): string {
  const hash = known.get(template) ?? hashOf(template);
  if (Object.isFrozen(template)) known.set(template, hash);
  return hash;
}

function hashOf(template: object): string {
  const digest = createHash('sha256').update(JSON.stringify(template, sortedFields)).digest();
  return Array.from(String(digest.readUInt32BE()), (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

function sortedFields(_key: string, value: unknown): unknown {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}
