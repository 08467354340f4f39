import type { ObjectRef } from '../../core/cluster/kubernetes.ts';
import { revisionsIn } from '../../core/revisions/revision.ts';
import { createdBy } from '../../core/revisions/secret-creation.ts';
import { utcText } from '../../core/utc-text.ts';
import type { Session } from '../session.ts';

/** Who wrote a Secret last: another c2l's person by its revision, anybody else by the API's managed fields. */
export async function otherWriter({ cluster }: Session, object: ObjectRef): Promise<string | undefined> {
  const now = await cluster.readSecret(object.namespace, object.name);
  if (now.state !== 'present' || now.value.lastWrite === undefined) return undefined;
  const { manager, at } = now.value.lastWrite;
  if (manager !== 'c2l') return `${manager} at ${utcText(at)}`;
  const creator = now.value.metadata.annotations?.[createdBy];
  const kept = await cluster.listRevisions(object.namespace);
  const [theirs] = kept.state === 'present' ? revisionsIn(kept.value, object) : [];
  const who = theirs === undefined ? creator : `${theirs.keptBy}, ${theirs.command}`;
  return `c2l${who === undefined ? '' : ` (${who})`} at ${utcText(at)}`;
}
