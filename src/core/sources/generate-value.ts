import { SecretValue } from '../secrets/secret-value.ts';
import type { ValueFormat } from '../secrets/value-format.ts';

/** Random bytes enough for a value of the format; 32 are beyond guessing. */
export function bytesNeeded({ minLength = 0, minDecodedBytes = 0 }: ValueFormat): number {
  return Math.max(32, minDecodedBytes, Math.ceil((minLength * 3) / 4));
}

/** A value of the bytes, in letters that need no quotes anywhere; undefined where the format wants something else. */
export function generatedValue(bytes: Uint8Array, format: ValueFormat): SecretValue | undefined {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const value = SecretValue.fromText(base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  return value.violation(format) === undefined ? value : undefined;
}
