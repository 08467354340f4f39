import type { ValueFormat } from '../secrets/value-format.ts';

/** What a key's name says of its value. */
export interface KeyGuess {
  readonly format?: ValueFormat;
  /** A new value does no harm beyond signing people out. */
  readonly generate?: true;
}

interface Rule extends KeyGuess {
  readonly name: RegExp;
  /** Others chose the value of an optional key: how strong it is, is theirs to say. */
  readonly onlyRequired?: true;
}

/** The first that fits counts. Names are compared in lower case with `-` for `_`. */
const rules: readonly Rule[] = [
  { name: /stripe.*(secret|restricted)-key$/, format: { pattern: 'sk_(test|live)_.+' } },
  { name: /stripe.*publishable-key$/, format: { pattern: 'pk_(test|live)_.+' } },
  { name: /stripe.*webhook.*secret$/, format: { pattern: 'whsec_.+' } },
  { name: /issuer(-ur[il])?$/, format: { kind: 'url', pattern: 'https://.+' } },
  { name: /(^|-)(url|uri|dsn|endpoint)$/, format: { kind: 'url' } },
  { name: /(^|-)port$/, format: { pattern: '[0-9]{1,5}' } },
  // 32 random bytes are 43 characters of base64.
  { name: /(jwt|session|cookie|csrf)(-signing)?-(secret|key)$/, format: { minLength: 43 }, generate: true },
  { name: /(password|passwd|(^|-)pass)$/, format: { minLength: 16 }, onlyRequired: true },
  { name: /(^|-)secret$/, format: { minLength: 16 }, onlyRequired: true },
  { name: /\.(pem|crt|key)$|-certificate$|private-key$/, format: { kind: 'pem' } },
  { name: /(\.|-)json$|^\.dockerconfigjson$/, format: { kind: 'json' } },
];

export function guessKey(key: string, isRequired: boolean): KeyGuess {
  const name = key.toLowerCase().replaceAll('_', '-');
  const rule = rules.find((each) => each.name.test(name) && (isRequired || each.onlyRequired !== true));
  if (rule === undefined) return {};
  const { format, generate } = rule;
  return { ...(format && { format }), ...(generate && { generate }) };
}
