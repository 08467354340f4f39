import { findObject } from '../../core/cluster/find-object.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import type { HistoryReport } from '../../core/fix/secret-reports.ts';
import { count } from '../../core/list-text.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import { bySecret, historyOf, lastHolders } from '../../core/revisions/history.ts';
import type { KeptRevision } from '../../core/revisions/kept-revision.ts';
import { revisionsIn, surplusRevisions } from '../../core/revisions/revision.ts';
import { defaultPlaceholders } from '../../core/secrets/value-format.ts';
import { OperatorError } from '../../errors.ts';
import { confirmWrite } from '../confirm.ts';
import { listEverywhere } from '../observe/observe.ts';
import { refuseUnreadableSecrets } from '../observe/readable-secrets.ts';
import { proveRights } from '../prove-rights.ts';
import { refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { removeRevisions } from './prune-revisions.ts';

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
  const current = secrets.items.filter(
    ({ metadata }) => options.secret === undefined || metadata.name === options.secret,
  );
  const histories = historyOf(revisions, current, (key) => deps.fingerprints(key), session.stack);
  if (options.secret !== undefined && histories.length === 0) {
    throw new OperatorError('revision-not-found', `no revision of Secret ${options.secret} is kept here`, {
      hint: 'c2l history',
    });
  }
  const outcomes = options.prune ? await prune(session, { revisions, secrets: secrets.items }, options) : [];
  return {
    ...reportHead(session, { namespaces: scope.namespaces, takenAt }),
    command: 'history',
    verdict: verdictOfWrites(outcomes, []),
    findings: [],
    secrets: histories,
    outcomes,
  };
}

interface Found {
  readonly revisions: readonly KeptRevision[];
  readonly secrets: readonly Secret[];
}

/** All beyond `keep`, but none that is the last to hold a value which its Secret lacks; those are told. */
function removable({ deps, stack }: Session, { revisions, secrets }: Found, keep: number): KeptRevision[] {
  const placeholders = stack?.placeholders ?? defaultPlaceholders;
  return bySecret(revisions).flatMap(({ object, kept }) => {
    const secret = findObject(secrets, object);
    const surplus = surplusRevisions(kept, keep);
    const holders = lastHolders(kept, surplus, { secret, placeholders });
    for (const [{ namespace, name }, keys] of holders) {
      const why = `it alone has ${keys.join(', ')}, which Secret ${object.name} lacks`;
      deps.terminal.err(`warning: ${name} stays: ${why}`);
      deps.terminal.err(`  where nobody needs that any more: kubectl -n ${namespace} delete secret ${name}`);
    }
    return surplus.filter((revision) => !holders.has(revision));
  });
}

async function prune(session: Session, found: Found, options: HistoryOptions): Promise<StepOutcome[]> {
  const surplus = removable(session, found, options.keep);
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
