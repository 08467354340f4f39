import type { ClusterReader } from '../../cluster-ports.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import type { Gap, Listing, Snapshot } from '../../core/cluster/snapshot.ts';
import { mapLimited } from '../../core/map-limited.ts';
import { secretNeeds } from '../../core/secrets/secret-needs.ts';
import type { Stack } from '../../core/stack/stack.ts';

const readsAtOnce = 8;

/**
 * Where Secrets may not be listed, reads by name exactly those that something needs. A list that is refused hides
 * nothing then but Secrets that nothing names.
 */
export async function readNamedSecrets(
  cluster: ClusterReader,
  snapshot: Snapshot,
  stack: Stack | undefined,
): Promise<Listing<Secret>> {
  const { items, gaps } = snapshot.secrets;
  if (!gaps.some(({ cause }) => cause === 'forbidden')) return snapshot.secrets;
  const wanted = secretNeeds(snapshot, stack).filter(({ gap }) => gap?.cause === 'forbidden');
  const answers = await mapLimited(wanted, readsAtOnce, async ({ namespace, name, gap }) => ({
    answer: await cluster.readSecret(namespace, name),
    place: { resource: 'secrets', namespace, name },
    gap,
  }));

  const found: Secret[] = [];
  const refusals: Gap[] = [];
  const answered = new Set<Gap>();
  for (const { answer, place, gap } of answers) {
    if (answer.state === 'present') found.push(answer.value);
    if (answer.state === 'unreadable') refusals.push({ ...place, cause: answer.cause, reason: answer.reason });
    if (answer.state !== 'unreadable' && gap !== undefined) answered.add(gap);
  }
  const isOpen = (gap: Gap): boolean => !answered.has(gap);
  const isAnswered = ({ namespace }: Gap): boolean =>
    [...answered].some((gap) => gap.namespace === namespace || gap.namespace === '');
  // One refusal for the list says as much as one for each name, where no name is answered.
  return { items: [...items, ...found], gaps: [...gaps.filter(isOpen), ...refusals.filter(isAnswered)] };
}
