import type { Right } from '../cluster-ports.ts';
import type { Snapshot } from '../core/cluster/snapshot.ts';
import { allGaps } from '../core/cluster/unreadable.ts';
import { OperatorError } from '../errors.ts';
import { nothingReadable, type Session } from './session.ts';

/**
 * A plan that is made without what may not be read may be wrong: it may write behind the back of an owner that was not
 * seen, or leave out what nobody could tell to be needed. Throws `forbidden`, with all such reads named.
 */
export function refuseForbiddenReads({ cluster }: Session, snapshot: Snapshot, command: string): void {
  const refused = allGaps(snapshot).filter(({ cause }) => cause === 'forbidden');
  if (refused.length === 0) return;
  const rights = refused.map(({ resource, namespace }) => ({ verb: 'list' as const, group: '', resource, namespace }));
  throw new OperatorError(
    'forbidden',
    `context ${cluster.context} may not ${rightsText(rights)}; nothing was changed`,
    {
      hint: `c2l generate rbac --for ${command}`,
    },
  );
}

/** Asks the API server for every right that the plan needs. Throws `forbidden`, with all that are refused named. */
export async function proveRights(session: Session, rights: readonly Right[]): Promise<void> {
  const { cluster } = session;
  const answers = await Promise.all(rights.map((right) => cluster.isAllowed(right)));
  const refused: Right[] = [];
  for (const [index, answer] of answers.entries()) {
    const right = rights[index];
    if (right === undefined) continue;
    if (answer.state === 'unreadable') throw nothingReadable(cluster, answer.reason);
    if (answer.state === 'absent' || !answer.value) refused.push(right);
  }
  const [first] = refused;
  if (first === undefined) return;
  throw new OperatorError('forbidden', `context ${cluster.context} may not ${rightsText(refused)}`, {
    hint: `kubectl auth can-i ${first.verb} ${resourceText(first)}${first.name === undefined ? '' : `/${first.name}`}${namespaceFlag(first)}`,
  });
}

/** `list pods in namespace shop, nor get …`, each once. */
export function rightsText(rights: readonly Right[]): string {
  return [...new Set(rights.map(rightText))].join(', nor ');
}

function rightText(right: Right): string {
  const where = right.namespace === '' ? '' : ` in namespace ${right.namespace}`;
  return `${right.verb} ${resourceText(right)}${where}`;
}

function resourceText({ group, resource, subresource }: Right): string {
  const full = group === '' ? resource : `${resource}.${group}`;
  return subresource === undefined ? full : `${full}/${subresource}`;
}

function namespaceFlag({ namespace }: Right): string {
  return namespace === '' ? '' : ` -n ${namespace}`;
}
