import { markerName } from '../../core/drill/drill-journal.ts';
import type { UnfinishedDrill } from '../../core/drill/unfinished-drill.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps } from '../../ports.ts';
import { openSession, type Session, type SessionOptions } from '../session.ts';
import { markerOf, unfinishedOf } from './drill-marker.ts';
import { unfinishedText } from './drill-notice.ts';

/** Who may read what is kept of drills need not read the Secrets of the namespace: then nothing is said of it. */
export async function unfinishedIn({ cluster, scope }: Session): Promise<readonly UnfinishedDrill[]> {
  if (scope.all) {
    const found = await cluster.listDrillSecrets();
    const secrets = found.state === 'present' ? found.value : [];
    return secrets.flatMap((secret) => markerOf(secret) ?? []).map(({ secret }) => unfinishedOf(secret));
  }
  const found = await Promise.all(scope.namespaces.map((namespace) => cluster.readSecret(namespace, markerName)));
  return found
    .flatMap((each) => (each.state === 'present' ? (markerOf(each.value) ?? []) : []))
    .map(({ secret }) => unfinishedOf(secret));
}

/** Nobody waits long for an answer that he did not ask for. */
const patienceMs = 5000;

/**
 * For what asks no cluster itself: the drills that are not finished where the flags lead, each said as every command says
 * it. Undefined where that could not be looked at, which is said too, unless nobody has set a cluster at all.
 */
export async function drillsUnderWay(
  options: SessionOptions,
  deps: Deps,
): Promise<readonly UnfinishedDrill[] | undefined> {
  const requestTimeoutMs = Math.min(options.requestTimeoutMs, patienceMs);
  let session: Session | undefined;
  try {
    session = await openSession({ ...options, requestTimeoutMs, sandbox: undefined }, deps);
    const unfinished = await unfinishedIn(session);
    for (const drill of unfinished) deps.terminal.err(unfinishedText(drill, deps.terminal));
    return unfinished;
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code === 'interrupted') throw error;
    if (error.code !== 'no-kubeconfig') {
      deps.terminal.err(`warning: whether a drill is unfinished is not known: ${error.message}`);
    }
    return undefined;
  } finally {
    await session?.close();
  }
}
