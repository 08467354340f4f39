import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import { notedTimes } from './key-times.ts';
import type { SecretCreation } from './secret-history.ts';

/** Who created a Secret, which no revision tells. */
export const createdBy = 'c2l.dev/created-by';

/** Undefined where somebody else created it. One that was immutable and created again keeps the times that it noted. */
export function creationOf({ metadata }: Pick<Secret, 'metadata'>): SecretCreation | undefined {
  const by = metadata.annotations?.[createdBy];
  if (by === undefined) return undefined;
  const { added } = notedTimes(metadata);
  const [createdAt = ''] = [...added.values(), metadata.creationTimestamp ?? ''].sort(compareText);
  const keys = [...added].flatMap(([key, at]) => (at === createdAt ? [key] : []));
  return { createdAt, createdBy: by, keys: keys.sort(compareText) };
}
