import { OperatorError } from '../../errors.ts';
import { nearestNames } from '../nearest.ts';
import { isNamedBy } from './plan-secrets.ts';
import type { WantedKey } from './wanted-key.ts';

type KeyPlace = Pick<WantedKey, 'namespace' | 'secret' | 'key'>;

/** Whether one of the names is of this key, as `--overwrite` names it, or of its Secret; all are meant where there are none. */
export function isInScope(key: KeyPlace, only: readonly string[]): boolean {
  return only.length === 0 || only.some((name) => isMeant(key, name));
}

function isMeant(key: KeyPlace, name: string): boolean {
  const { namespace, secret } = key;
  return [secret, `secret/${secret}`, `${namespace}/${secret}`].includes(name) || isNamedBy(key, [name]);
}

/** A name that is of nothing here is a typing error: that nothing is wrong with it would be no answer. */
export function refuseUnknownScope(only: readonly string[], known: readonly KeyPlace[]): void {
  const unknown = only.find((name) => !known.some((key) => isMeant(key, name)));
  if (unknown === undefined) return;
  const names = [...new Set(known.flatMap(({ secret, key }) => [secret, key]))];
  const [near] = nearestNames(unknown, names);
  throw new OperatorError(
    'usage',
    `${unknown === '' ? '""' : unknown} names no Secret and no key that anything here needs`,
    {
      hint: near === undefined ? 'c2l audit' : `c2l fix-secrets ${near}, or see all of them: c2l audit`,
    },
  );
}

/** Those names of which nothing is wanted: what they are of is there. */
export function idleNames(only: readonly string[], wanted: readonly KeyPlace[]): string[] {
  return only.filter((name) => !wanted.some((key) => isMeant(key, name)));
}
