import { keyId, type FoundValue } from '../fix/plan-secrets.ts';
import type { SecretTarget } from '../fix/secret-target.ts';
import type { WantedKey } from '../fix/wanted-key.ts';
import type { SecretValue } from '../secrets/secret-value.ts';

/** Half of a pair: to be given a value, or with the one that is there. */
type PairHalf = { readonly wanted: WantedKey } | { readonly here: SecretValue };

/** A certificate and its key, of which the one is of no use without the other. */
export interface WantedPair {
  readonly certificate: PairHalf;
  readonly key: PairHalf;
}

export const tlsType = 'kubernetes.io/tls';

/** The pairs of which at least one half is to be given a value. */
export function wantedPairs(targets: readonly SecretTarget[]): WantedPair[] {
  return targets.flatMap((target) => {
    if ((target.current?.type ?? target.type) !== tlsType) return [];
    const [certificate, key] = [halfOf(target, 'tls.crt'), halfOf(target, 'tls.key')];
    if (certificate === undefined || key === undefined) return [];
    return 'wanted' in certificate || 'wanted' in key ? [{ certificate, key }] : [];
  });
}

function halfOf({ wanted, current }: SecretTarget, name: string): PairHalf | undefined {
  const open = wanted.find(({ key }) => key === name);
  if (open !== undefined) return { wanted: open };
  const here = current?.data.get(name);
  return here && { here };
}

/** The halves that are to be given a value. */
export function openHalves({ certificate, key }: WantedPair): WantedKey[] {
  return [certificate, key].flatMap((half) => ('wanted' in half ? half.wanted : []));
}

/** Whether half of it stays as it is. */
export function isHalfHere(pair: WantedPair): boolean {
  return openHalves(pair).length === 1;
}

/** Both values, where both are known. */
export function valuesOf(
  { certificate, key }: WantedPair,
  found: ReadonlyMap<string, Pick<FoundValue, 'value'>>,
): readonly [certificate: SecretValue, key: SecretValue] | undefined {
  const [one, other] = [certificate, key].map((half) =>
    'here' in half ? half.here : found.get(keyId(half.wanted))?.value,
  );
  return one && other && [one, other];
}
