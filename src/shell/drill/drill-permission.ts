import { optInLabel, optInValue } from '../../core/drill/drill-journal.ts';
import { isOpen, windowText } from '../../core/watch/maintenance.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { namespaceNotFound } from '../namespace-not-found.ts';
import { nothingReadable, type Session } from '../session.ts';

export function onlyNamespace({ scope }: Session): string {
  const [namespace, ...others] = scope.namespaces;
  if (namespace !== undefined && others.length === 0 && !scope.all) return namespace;
  throw new OperatorError('usage', 'a drill takes place in one namespace', {
    hint: 'c2l dr-drill run NAME -n NAMESPACE',
  });
}

/** Whether this is a place and a time for a drill, by what the stack says; its namespace must agree as well. */
export async function refuseWithoutPermission(session: Session, namespace: string): Promise<void> {
  refuseProduction(session, namespace);
  refuseMaintenance(session);
  await refuseWithoutConsent(session, namespace);
}

/** Production is broken on purpose only where the stack says so, and when. */
function refuseProduction({ stack, cluster, deps, policy }: Session, namespace: string): void {
  const { contexts, namespaces, drills } = stack?.production ?? { contexts: [], namespaces: [] };
  const isContext = policy.production || contexts.includes(cluster.context);
  if (!isContext && !namespaces.includes(namespace)) return;
  const name = isContext ? cluster.context : namespace;
  if (drills === undefined) {
    throw refusedDrill(
      `${name} is production, and the stack allows no drill there`,
      'rehearse: c2l dr-drill run NAME --sandbox, or allow it in the stack file: production.drills',
    );
  }
  if (drills.windows.some((window) => isOpen(window, deps.clock.now().getTime()))) return;
  const times = drills.windows.map((window) => `${window.name} (${windowText(window)})`).join(', ');
  throw refusedDrill(`${name} is production, and no window for drills is open: ${times}`, 'run it again then');
}

/** Others are at work then. */
function refuseMaintenance({ stack, deps }: Session): void {
  const now = deps.clock.now().getTime();
  const open = stack?.watch?.maintenance.find((window) => isOpen(window, now));
  if (open === undefined) return;
  throw refusedDrill(`maintenance ${open.name} is going on: ${windowText(open)}`, 'run it again afterwards');
}

async function refuseWithoutConsent({ cluster }: Session, namespace: string): Promise<void> {
  const found = await cluster.readNamespace(namespace);
  if (found.state === 'unreadable') throw nothingReadable(cluster, found.reason);
  if (found.state === 'absent') throw await namespaceNotFound(cluster, namespace);
  if (found.value.labels?.[optInLabel] === optInValue) return;
  throw refusedDrill(
    `namespace ${namespace} does not carry the label ${optInLabel}=${optInValue}: nobody agreed to drills there`,
    `kubectl --context ${cluster.context} label namespace ${namespace} ${optInLabel}=${optInValue}`,
  );
}

export function refusedDrill(message: string, hint: string): OperatorError {
  return new OperatorError('drill-refused', message, { hint, exitCode: ExitCode.usage });
}
