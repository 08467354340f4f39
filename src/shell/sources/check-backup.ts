import { needGaps } from '../../core/cluster/unreadable.ts';
import { unreadableFindings } from '../../core/diagnose/diagnose-unreadable.ts';
import { keyId, type FoundValue } from '../../core/fix/plan-secrets.ts';
import type { BackupEntry, BackupReport } from '../../core/fix/secret-reports.ts';
import { verdictOf } from '../../core/reports/report.ts';
import { backupFindings, isInDoubt, isPullCredential, storeAgain, type BackupKey } from '../../core/sources/backup.ts';
import { OperatorError } from '../../errors.ts';
import { reportHead, type Session } from '../session.ts';
import { askSource, nothingCollected, toWantedValue } from './ask-sources.ts';
import { keysToKeep } from './backup.ts';
import { buildLogins } from './registry-logins.ts';
import { revisionSource, revisionSpec } from './revision-source.ts';

export interface CheckBackupOptions {
  readonly from: readonly string[];
  readonly identity?: string | undefined;
  /** Keys that nothing requires and that must be there all the same, by `keyId`; pull credentials where none are named. */
  readonly also?: ReadonlySet<string>;
  /** Keys that nothing requires: only where a source holds another value is that told. */
  readonly ifHeld?: ReadonlySet<string>;
}

/** Whether a source could restore what runs: every required value there, valid, and the same. Nothing is written. */
export async function runCheckBackup(session: Session, options: CheckBackupOptions): Promise<BackupReport> {
  const { deps } = session;
  const from = options.from.length > 0 ? options.from : session.defaultSources;
  if (from.length === 0) {
    throw new OperatorError('usage', '--check needs the source that is to be checked', {
      hint: 'c2l backup --check --from azure-key-vault:NAME-OR-URL',
    });
  }
  const { keys: all, snapshot } = await keysToKeep(session, { reads: true });
  const { also } = options;
  const isNeeded = (key: BackupKey): boolean =>
    key.required || (also === undefined ? isPullCredential(key.wanted) : also.has(keyId(key.wanted)));
  const keys = all.filter((key) => isNeeded(key) || options.ifHeld?.has(keyId(key.wanted)) === true);
  const wanted = keys.map((key) => key.wanted);
  const kept = { known: wanted, stack: session.stack };
  const sources = await Promise.all(
    from.map(async (spec) => (spec === revisionSpec ? revisionSource(snapshot, kept) : deps.openSource(spec, options))),
  );
  const collected = nothingCollected();
  for (const source of sources) await askSource(session, source, wanted, collected);
  const whole = new Set(collected.found.keys());
  await buildLogins(session, sources, wanted, collected);

  const isEqual = comparison(session);
  const told = keys.filter((key) => isNeeded(key) || collected.found.has(keyId(key.wanted)));
  const entries = told.map((key): BackupEntry => {
    const { namespace, secret, key: name } = key.wanted;
    const found = collected.found.get(keyId(key.wanted));
    return {
      object: { kind: 'Secret', namespace, name: secret },
      key: name,
      required: true,
      name: [...new Set(sources.map((source) => source.nameOf(toWantedValue(key.wanted))))].join(', '),
      ...(found?.storedAt === undefined ? {} : { storedAt: found.storedAt }),
      ...judge(key, found, {
        refusals: collected.refusals.get(keyId(key.wanted)),
        isBuilt: !whole.has(keyId(key.wanted)),
        isEqual,
      }),
    };
  });
  const findings = [
    ...backupFindings(entries, (entry) => (isInDoubt(entry) ? 'c2l verify' : storeAgain(from))),
    ...unreadableFindings(needGaps(snapshot)),
  ];
  return {
    ...reportHead(session, snapshot),
    command: 'backup',
    verdict: verdictOf(findings),
    findings,
    check: true,
    dryRun: false,
    places: from,
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    askedAs: sources.flatMap(({ label, identity }) => (identity === undefined ? [] : [{ place: label, identity }])),
    entries,
    outcomes: [],
  };
}

type IsEqual = (found: FoundValue, key: BackupKey) => boolean;

/** By fingerprints under a key that ends with this run: they tell nothing to whoever sees them. */
function comparison({ deps }: Session): IsEqual {
  const fingerprints = deps.fingerprints();
  return (found, { value }) => value !== undefined && fingerprints.of(found.value) === fingerprints.of(value);
}

function judge(
  key: BackupKey,
  found: FoundValue | undefined,
  { refusals, isBuilt, isEqual }: { refusals: readonly string[] | undefined; isBuilt: boolean; isEqual: IsEqual },
): Pick<BackupEntry, 'state' | 'detail'> {
  if (found === undefined) {
    return refusals === undefined ? { state: 'absent' } : { state: 'unusable', detail: refusals.join('; ') };
  }
  if (key.value === undefined) return { state: 'valid' };
  if (isEqual(found, key)) return { state: 'equal' };
  // The same login may be written in many ways.
  return isBuilt
    ? { state: 'valid', detail: 'built of registry, user and password, and not compared' }
    : { state: 'differs', detail: `differs from what runs: ${found.source}` };
}
