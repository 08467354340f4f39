import { createHmac, randomBytes } from 'node:crypto';

import type { Fingerprints } from '../core/revisions/revision.ts';
import { SecretValue } from '../core/secrets/secret-value.ts';

/** Keyed fingerprints: with a key of their own they tell nothing to whoever lacks it, however short the values are. */
export function createFingerprints(key = SecretValue.fromBase64(randomBytes(32).toString('base64'))): Fingerprints {
  const bytes = Buffer.from(key.revealBase64(), 'base64');
  return {
    key,
    of: (value) => createHmac('sha256', bytes).update(Buffer.from(value.revealBase64(), 'base64')).digest('base64url'),
  };
}
