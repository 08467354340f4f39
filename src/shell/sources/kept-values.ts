import { keyId, rejection, type FoundValue } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import type { ValueSource } from '../../value-ports.ts';
import type { Session } from '../session.ts';
import { toWantedValue, type Collected } from './ask-sources.ts';

/** The usable values that the cluster keeps of the keys that no source has. */
export async function keptValues(
  { stack, deps }: Session,
  source: ValueSource,
  open: readonly WantedKey[],
): Promise<ReadonlyMap<string, FoundValue>> {
  const answers = await source.lookUp(open.map(toWantedValue), deps.signal);
  const usable = new Map<string, FoundValue>();
  for (const [index, key] of open.entries()) {
    const answer = answers[index];
    if (answer?.state !== 'found' || rejection(answer.value, key, stack) !== undefined) continue;
    usable.set(keyId(key), { value: answer.value, source: `${source.label} (${answer.detail ?? ''})` });
  }
  return usable;
}

/** Takes what the cluster keeps where the person agrees. */
export async function offerKept(
  { deps }: Session,
  kept: ReadonlyMap<string, FoundValue>,
  { found }: Collected,
): Promise<void> {
  if (kept.size === 0) return;
  const keys = [...kept].map(([id, { source }]) => `${id.split('/').at(-1) ?? id} ${source.replace(/^\S+ /, '')}`);
  const question = `no source has these, but c2l kept them in the cluster: ${keys.join(', ')}; use them?`;
  if (await deps.prompter.confirm(question)) for (const [id, value] of kept) found.set(id, value);
}
