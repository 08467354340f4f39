import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { isNamedBy, keyId } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { dataBehind } from '../../core/sources/existing-data.ts';
import { bytesNeeded, generatedValue } from '../../core/sources/generate-value.ts';
import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';
import { unresolved, type Collected } from './ask-sources.ts';

/** Which keys may get a made-up value where no source has one. */
export type Generate = 'all' | readonly string[];

const generatedSource = 'generated';

/**
 * Makes up values where the command line asks for it, the stack allows it, and no data depends on the old one. A key
 * that is named and may not be made up is refused; of all keys those that may not are left to a person.
 */
export async function generateValues(
  session: Session,
  wanted: readonly WantedKey[],
  { generate, snapshot }: { readonly generate: Generate; readonly snapshot: Snapshot },
  collected: Collected,
): Promise<void> {
  const isAll = generate === 'all';
  const keys = unresolved(wanted, collected).filter((key) => isAll || isNamedBy(key, generate));
  for (const key of keys) {
    const obstacle = await obstacleTo(session, key, snapshot);
    if (obstacle === undefined) {
      collected.found.set(keyId(key), { value: makeUp(session, key), source: generatedSource });
    } else if (!isAll) {
      throw obstacle;
    } else if (key.declared?.generate === true) {
      session.deps.terminal.err(`warning: ${obstacle.message}; ${obstacle.hint ?? ''}`);
    }
  }
}

/** `wanted` is all that the command would write, wherever it goes. */
export function refuseUnknownGenerate(generate: Generate | undefined, wanted: readonly WantedKey[]): void {
  if (generate === undefined || generate === 'all') return;
  const unknown = generate.find((name) => !wanted.some((key) => isNamedBy(key, [name])));
  if (unknown === undefined) return;
  throw new OperatorError('usage', `--generate ${unknown} names no key that lacks a value`, { hint: 'c2l audit' });
}

async function obstacleTo(
  { cluster, stack }: Session,
  key: WantedKey,
  snapshot: Snapshot,
): Promise<OperatorError | undefined> {
  if (key.declared?.generate !== true) {
    const where = stack === undefined ? 'no stack file marks' : `stack ${stack.name} does not mark`;
    return new OperatorError('usage', `${key.key} may not be generated: ${where} it with generate: true`, {
      hint: 'give its old value with --from',
    });
  }
  const data = dataBehind(key, snapshot, await cluster.list('persistentvolumeclaims', key.namespace));
  if (data === undefined) return undefined;
  return new OperatorError(
    'values-missing',
    `${key.key} may not be generated: ${data}, which was made with the old value and would refuse another`,
    { hint: 'give the old value with --from; or set a new one inside the database first, then give that' },
  );
}

function makeUp({ deps }: Session, key: WantedKey): NonNullable<ReturnType<typeof generatedValue>> {
  const format = key.declared?.format ?? {};
  const value = generatedValue(deps.randomBytes(bytesNeeded(format)), format);
  if (value !== undefined) return value;
  throw new OperatorError('usage', `${key.key} may not be generated: its format wants more than random letters`, {
    hint: 'give its value with --from',
  });
}
