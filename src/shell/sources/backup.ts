import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { needGaps } from '../../core/cluster/unreadable.ts';
import { unreadableFindings } from '../../core/diagnose/diagnose-unreadable.ts';
import { refuseSharedSourceNames } from '../../core/fix/secret-guards.ts';
import type { BackupEntry, BackupReport } from '../../core/fix/secret-reports.ts';
import { count } from '../../core/list-text.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { verdictOf } from '../../core/reports/report.ts';
import { backupFindings, backupKeys, type BackupKey } from '../../core/sources/backup.ts';
import { OperatorError } from '../../errors.ts';
import { backupLines } from '../../render/backup-text.ts';
import { createStyle } from '../../render/style.ts';
import type { BackupTarget, HeldState, StoredValue } from '../../value-ports.ts';
import { confirmWrite } from '../confirm.ts';
import { observe } from '../observe/observe.ts';
import { refuseUnreadableSecrets } from '../observe/readable-secrets.ts';
import { refuseForbiddenReads } from '../prove-rights.ts';
import { refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { toWantedValue } from './ask-sources.ts';

export interface BackupOptions {
  readonly to: string;
  /** Public halves of the age identities that can open the file. */
  readonly recipients: readonly string[];
  /** The file of an identity that will open it: what comes next names it again. */
  readonly identity?: string | undefined;
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
}

/** Stores the values that run: into a vault where they differ, or into an encrypted file. The cluster is only read. */
export async function runBackup(session: Session, options: BackupOptions): Promise<BackupReport> {
  const { deps } = session;
  const { keys: all, snapshot } = await keysToKeep(session, { reads: false });
  const target = await deps.openTarget(options.to, { recipients: options.recipients });
  const keys = all.map((key) => holdable(key, target));
  const values = valuesFor(keys, target);
  const held = await target.compare(values, deps.signal);
  refuseUnreadable(target, held);
  refuseWhenInterrupted(session);

  const changing = values.filter((_, index) => held[index]?.state !== 'same');
  const planned = entriesOf(keys, target, (index) => stateOf(held[index]));
  const done = (entries: readonly BackupEntry[], outcomes: readonly StepOutcome[]): BackupReport => {
    const findings = [...backupFindings(entries, () => 'c2l fix-secrets'), ...unreadableFindings(needGaps(snapshot))];
    const hasFailed = outcomes.some(({ outcome }) => outcome === 'failed');
    return {
      ...reportHead(session, snapshot),
      command: 'backup',
      verdict: hasFailed ? 'partial' : verdictOf(findings),
      findings,
      check: false,
      dryRun: options.dryRun,
      places: [target.label],
      ...(options.recipients.length === 0 ? {} : { recipients: options.recipients }),
      ...(options.identity === undefined ? {} : { identity: options.identity }),
      ...(target.keptAs === undefined ? {} : { keptAs: target.keptAs }),
      entries,
      outcomes,
    };
  };
  if (options.dryRun) tellNotes(session, target, changing);
  if (options.dryRun || changing.length === 0) return done(planned, []);
  refuseForbiddenReads(session, snapshot, 'backup');

  const style = createStyle(deps.terminal.color, { width: deps.terminal.width });
  for (const line of backupLines(planned, style)) deps.terminal.err(line);
  await confirmWrite(session, questionFor(target, changing.length), options);
  refuseWhenInterrupted(session);
  const results = await target.store(changing, deps.signal);
  const outcomes = changing.map(({ wanted }, index): StepOutcome => {
    const object = { kind: 'Secret', namespace: wanted.namespace, name: wanted.secret };
    const result = results[index] ?? { stored: false, reason: 'gave no answer' };
    const stored = 'note' in result ? `stored; ${result.note}` : 'stored';
    if ('note' in result) deps.terminal.err(`warning: ${target.nameOf(wanted)}: ${result.note}`);
    const detail = `${target.nameOf(wanted)}: ${result.stored ? stored : result.reason}`;
    return { action: 'store-backup', object, outcome: result.stored ? 'done' : 'failed', detail };
  });
  return done(planned, outcomes);
}

/** A dry run warns of what the run itself would. */
function tellNotes({ deps }: Session, target: BackupTarget, values: readonly StoredValue[]): void {
  for (const { wanted } of values) {
    const note = target.noteOn?.(wanted);
    if (note !== undefined) deps.terminal.err(`warning: ${target.nameOf(wanted)}: ${note}`);
  }
}

/** What something requires, and what is there beside. */
export async function keysToKeep(
  session: Session,
  { reads }: { readonly reads: boolean },
): Promise<{ keys: readonly BackupKey[]; snapshot: Snapshot }> {
  const { cluster, deps, scope, stack } = session;
  const snapshot = await untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  refuseUnreadableSecrets(session, snapshot, { reads });
  const keys = backupKeys(snapshot, stack);
  refuseSharedSourceNames(keys.map(({ wanted }) => wanted));
  return { keys, snapshot };
}

/** Without its value where the place cannot hold that one: the others are stored all the same. */
function holdable(key: BackupKey, target: BackupTarget): BackupKey {
  if (key.value === undefined) return key;
  const detail = target.whyNot?.({ wanted: toWantedValue(key.wanted), value: key.value });
  return detail === undefined ? key : { ...key, value: undefined, detail };
}

/** One value for each name: copies of one Secret share it, and must then hold the same. */
function valuesFor(keys: readonly BackupKey[], target: BackupTarget): StoredValue[] {
  const byName = new Map<string, StoredValue>();
  for (const { wanted, value } of keys) {
    if (value === undefined) continue;
    const next = { wanted: toWantedValue(wanted), value };
    const name = target.nameOf(next.wanted);
    const earlier = byName.get(name);
    if (earlier !== undefined && !earlier.value.equals(value)) {
      const places = [earlier.wanted, next.wanted].map(({ namespace, secret }) => `${namespace}/${secret}`);
      throw new OperatorError(
        'source-invalid',
        `${name} would hold two values: ${places.join(' and ')} differ in ${wanted.key}`,
        {
          hint: 'give them names of their own in c2l.yaml: from: { env: …, azureKeyVault: … }',
        },
      );
    }
    byName.set(name, earlier ?? next);
  }
  return [...byName.values()];
}

function refuseUnreadable({ label }: BackupTarget, held: readonly HeldState[]): void {
  const reasons = new Set(held.flatMap((each) => (each.state === 'failed' ? [each.reason] : [])));
  if (reasons.size === 0) return;
  throw new OperatorError('source-unreadable', `${label} cannot be compared: ${[...reasons].join('; ')}`, {
    hint: 'nothing was written; run the same command again',
  });
}

function entriesOf(
  keys: readonly BackupKey[],
  target: BackupTarget,
  state: (index: number) => BackupEntry['state'],
): BackupEntry[] {
  const names = [
    ...new Set(
      keys.filter(({ value }) => value !== undefined).map(({ wanted }) => target.nameOf(toWantedValue(wanted))),
    ),
  ];
  return keys.map(({ wanted, required, value, detail }): BackupEntry => {
    const name = target.nameOf(toWantedValue(wanted));
    return {
      object: { kind: 'Secret', namespace: wanted.namespace, name: wanted.secret },
      key: wanted.key,
      required,
      name,
      state: value === undefined ? 'left-out' : state(names.indexOf(name)),
      ...(detail === undefined ? {} : { detail: value === undefined ? detail : saidOf(detail, target) }),
    };
  });
}

/** Of a value that is stored although something is to be said against it. */
function saidOf(doubt: string, { isVerbatim }: BackupTarget): string {
  return isVerbatim ? `${doubt}, kept so` : `${doubt}: no repair takes it from here`;
}

function stateOf(held: HeldState | undefined): BackupEntry['state'] {
  if (held?.state === 'same') return 'same';
  if (held?.state === 'deleted') return 'recovered';
  return held?.state === 'different' ? 'changed' : 'new';
}

function questionFor({ label, keptAs }: BackupTarget, values: number): string {
  const keeping = keptAs === undefined ? '' : `, and keep the file that is there as ${keptAs}`;
  return `store ${count(values, 'value')} in ${label}${keeping}?`;
}
