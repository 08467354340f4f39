import { InvalidArgumentError } from 'commander';

import { seeds } from '../core/drill/seeded-random.ts';

/** Adds one value to a list: for options that may be given several times. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** A list of namespaces; an empty shell variable is a mistake, not the default namespace. */
export function collectNamespace(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, parseNamespace(value)];
}

export function parseNamespace(value: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError('expected the name of a namespace: lower-case letters, digits and "-".');
  }
  return value;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `5m`, `500ms`, `1h`, or seconds as a bare number; gives milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? 's'] ?? Number.NaN);
  // A timer of Node holds 31 bits; beyond them it would fire at once.
  if (!(ms > 0) || ms > 2 ** 31 - 1)
    throw new InvalidArgumentError(`expected a duration such as 500ms, 90s, 5m or 1h, not "${text}".`);
  return ms;
}

/** `9477`, `0.0.0.0:9477`, `[::1]:9477`; without a host nobody but this machine reaches it. */
export function parseListenAddress(text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!(port <= 65_535)) throw new InvalidArgumentError(`expected a port or HOST:PORT, not "${text}".`);
  return { host: (match?.[1] ?? '127.0.0.1').replaceAll(/[[\]]/g, ''), port };
}

export function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0 && speed <= 1000))
    throw new InvalidArgumentError(`expected a number from 0.1 to 1000, not "${text}".`);
  return speed;
}

/** Most of what is shown; 0 is no limit. */
export function parseLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError(`expected a whole number up to 999999999, 0 for all, not "${text}".`);
  return Number(text) === 0 ? Infinity : Number(text);
}

export function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text))
    throw new InvalidArgumentError(`expected a whole number from 0 to 999999, not "${text}".`);
  return Number(text);
}

export function parsePositiveCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError(`expected a whole number from 1 to 999999, not "${text}".`);
  return Number(text);
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d{1,10}$/.test(text) || seed >= seeds) {
    throw new InvalidArgumentError(`expected a whole number from 0 to ${seeds - 1}, not "${text}".`);
  }
  return seed;
}

/** `NAMESPACE/SERVICE`. */
export function parseController(text: string): string {
  const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
  if (!new RegExp(`^${label}/${label}$`).test(text)) {
    throw new InvalidArgumentError(
      `expected NAMESPACE/SERVICE such as kube-system/sealed-secrets-controller, not "${text}".`,
    );
  }
  return text;
}

export function parseHttpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Expected an address such as http://localhost:9093.');
}
