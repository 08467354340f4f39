import { OperatorError } from '../errors.ts';
import type { Right } from '../cluster-ports.ts';
import { nothingReadable, type Session } from './session.ts';

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
  throw new OperatorError(
    'forbidden',
    `context ${cluster.context} may not ${[...new Set(refused.map(rightText))].join(', nor ')}`,
    {
      hint: `kubectl auth can-i ${first.verb} ${resourceText(first)}${first.name === undefined ? '' : `/${first.name}`}${namespaceFlag(first)}`,
    },
  );
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
