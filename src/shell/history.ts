import { bySecret, historyOf } from '../core/history.ts';
import { count } from '../core/list-text.ts';
import { verdictOfWrites, type StepOutcome } from '../core/report.ts';
import type { HistoryReport } from '../core/secret-reports.ts';
import { revisionsIn, surplusRevisions, type KeptRevision } from '../core/revision.ts';
import { OperatorError } from '../errors.ts';
import { confirmWrite } from './confirm.ts';
import { listEverywhere } from './observe.ts';
import { proveRights } from './prove-rights.ts';
import { removeRevisions } from './prune-revisions.ts';
import { refuseUnreadableSecrets } from './readable-secrets.ts';
import { refuseWhenInterrupted, reportHead, type Session } from './session.ts';
import { untilInterrupted } from './until-interrupted.ts';

export interface HistoryOptions {
  /** Of one Secret; of all where none is named. */
  readonly secret?: string | undefined;
  readonly prune: boolean;
  /** How many of each Secret stay when the others are removed. */
  readonly keep: number;
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
}

/** Lists what was kept of each Secret, and removes it on request. */
export async function runHistory(session: Session, options: HistoryOptions): Promise<HistoryReport> {
  const { cluster, deps, scope } = session;
  const takenAt = deps.clock.now().toISOString();
  const reading = listEverywhere('secrets', scope, (namespace) => cluster.listSecrets(namespace));
  const secrets = await untilInterrupted(reading, deps.signal);
  refuseUnreadableSecrets(session, { secrets }, { reads: !options.prune });

  const revisions = revisionsIn(secrets.items).filter(
    ({ secretName }) => options.secret === undefined || secretName === options.secret,
  );
  if (options.secret !== undefined && revisions.length === 0) {
    throw new OperatorError('revision-not-found', `no revision of Secret ${options.secret} is kept here`, {
      hint: 'c2l history',
    });
  }
  const histories = historyOf(revisions, secrets.items, (key) => deps.fingerprints(key));
  const outcomes = options.prune ? await prune(session, revisions, options) : [];
  return {
    ...reportHead(session, { namespaces: scope.namespaces, takenAt }),
    command: 'history',
    verdict: verdictOfWrites(outcomes, []),
    findings: [],
    secrets: histories,
    outcomes,
  };
}

async function prune(
  session: Session,
  revisions: readonly KeptRevision[],
  options: HistoryOptions,
): Promise<StepOutcome[]> {
  const surplus = bySecret(revisions).flatMap(({ kept }) => surplusRevisions(kept, options.keep));
  if (options.dryRun) return surplus.map((revision) => planned(revision));
  if (surplus.length === 0) return [];
  const rights = [...new Set(surplus.map(({ namespace }) => namespace))].map(
    (namespace) => ({ verb: 'delete', group: '', resource: 'secrets', namespace }) as const,
  );
  await untilInterrupted(proveRights(session, rights), session.deps.signal);
  const secrets = [...new Set(surplus.map(({ namespace, secretName }) => `${namespace}/${secretName}`))];
  await confirmWrite(session, `remove ${count(surplus.length, 'revision')} of ${secrets.join(', ')}?`, options);
  refuseWhenInterrupted(session);
  return removeRevisions(session, surplus);
}

function planned({ namespace, name, secretName }: KeptRevision): StepOutcome {
  const object = { kind: 'Secret', namespace, name };
  return { action: 'prune-revision', object, outcome: 'planned', detail: `an older state of ${secretName}` };
}
