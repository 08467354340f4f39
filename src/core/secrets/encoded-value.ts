import type { SecretValue } from './secret-value.ts';
import type { ValueFormat } from './value-format.ts';

/** A key that is called so is meant to hold it. */
const isMeant = /base64|b64|encoded|basic/i;

/**
 * Whether a value seems to have been encoded already, as kubectl prints those of a Secret. A form that it has tells that
 * it was not; a length tells nothing.
 */
export function seemsEncoded(key: string, value: SecretValue, format: ValueFormat = {}): boolean {
  const hasForm = Object.entries(format).some(([name, demand]) => name !== 'minLength' && demand !== undefined);
  return !hasForm && !isMeant.test(key) && value.isEncodedText;
}

/** What is wrong with a value, where what it is the base64 of would be right. */
export function isEncodedOnceMore(value: SecretValue, format: ValueFormat): boolean {
  return value.isEncodedText && value.decodedOnce()?.violation(format) === undefined;
}
