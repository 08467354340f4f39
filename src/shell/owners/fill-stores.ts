import { refText } from '../../core/cluster/kubernetes.ts';
import { keyId, noSource, promptSource, type FoundValue } from '../../core/fix/plan-secrets.ts';
import type { PlannedKey, PlannedSecret } from '../../core/fix/planned-secret.ts';
import { count } from '../../core/list-text.ts';
import { plannedSync } from '../../core/owners/external-guard.ts';
import { syncDoubt, type SyncDoubt } from '../../core/owners/sync-doubt.ts';
import type { SyncPlan, VaultEntry } from '../../core/owners/sync-plan.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../../value-ports.ts';
import { agree } from '../confirm.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { toWantedValue } from '../sources/ask-sources.ts';
import { collectValues, type CollectOptions } from '../sources/collect-values.ts';
import { unbegun } from '../step-by-step.ts';

/** A sync, with what its store lacks and is given first. */
export interface FilledSync {
  readonly sync: SyncPlan;
  /** The store's vault, as `--from` and `--to` name it; empty where c2l cannot write to it. */
  readonly label: string;
  /** What the report says of the keys that are stored first, by key. */
  readonly stored: ReadonlyMap<string, Omit<PlannedKey, 'key'>>;
  /** Absent in a dry run, for a key that somebody would be asked for. */
  readonly values: readonly (FoundValue & { readonly entry: VaultEntry })[];
  readonly doubt?: SyncDoubt | undefined;
}

/** The plan as reports and reviewers see it. */
export function plannedFill({ sync, stored, doubt }: FilledSync): PlannedSecret {
  return plannedSync(sync, stored, doubt);
}

interface AskedVault {
  readonly sync: SyncPlan;
  /** As `--from` and `--to` name it. */
  readonly label: string;
  readonly entries: readonly VaultEntry[];
  readonly source: ValueSource;
}

/**
 * Finds what the stores of External Secrets lack, where c2l can write to them, and collects that as it does for Secrets.
 * A store that cannot be asked is left to External Secrets, which may be allowed more.
 */
export async function collectForStores(
  session: Session,
  syncs: readonly SyncPlan[],
  options: CollectOptions,
): Promise<readonly FilledSync[]> {
  const filled: FilledSync[] = [];
  for (const sync of syncs) {
    const asked = await askVault(session, sync);
    const plan =
      asked === undefined ? { sync, label: '', stored: new Map(), values: [] } : await fill(session, asked, options);
    const seen = {
      names: new Set(asked?.entries.map(({ name }) => name)),
      willBeFilled: plan.stored.size > 0,
    };
    filled.push({ ...plan, doubt: syncDoubt(sync, options.snapshot, seen) });
  }
  return filled;
}

async function fill(
  session: Session,
  { sync, label, entries, source }: AskedVault,
  options: CollectOptions,
): Promise<FilledSync> {
  const wanted = entries.map((entry) => entry.wanted);
  const { found, later } = await collectValues(session, wanted, { ...options, sources: [source, ...options.sources] });
  const lacking = entries.flatMap((entry) => {
    const value = found.get(keyId(entry.wanted));
    const from = value?.source ?? later.get(keyId(entry.wanted)) ?? promptSource;
    const isThere = from.startsWith(label);
    return isThere || (value === undefined && !options.dryRun) ? [] : [{ entry, value, from }];
  });
  return {
    sync,
    label,
    stored: new Map(
      lacking.map(({ entry, from }) => [
        entry.wanted.key,
        {
          change: entry.wanted.reason === 'missing' ? 'ADD' : 'CHANGE',
          source: from === noSource ? noSource : `${label}, stored there from ${from}`,
        },
      ]),
    ),
    values: lacking.flatMap(({ entry, value }) => (value === undefined ? [] : [{ ...value, entry }])),
  };
}

/** One look; its answers stand until the plan is carried out. */
async function askVault(session: Session, sync: SyncPlan): Promise<AskedVault | undefined> {
  const { deps } = session;
  if (sync.vault === undefined) return undefined;
  const { url, entries } = sync.vault;
  const source = await deps.openSource(`azure-key-vault:${new URL(url).origin}`);
  const answers = await source.lookUp(entries.map(nameInStore), deps.signal);
  refuseWhenInterrupted(session);
  const answered = entries.flatMap((entry, index) => {
    const answer = answers[index];
    return answer === undefined || isUnknown(answer) ? [] : [{ entry, answer }];
  });
  for (const reason of new Set(answers.flatMap((answer) => (isUnknown(answer) ? answer.reason : [])))) {
    deps.terminal.err(
      `warning: ${source.label}, which ${refText(sync.store)} reads, could not be looked into: ${reason}`,
    );
  }
  return {
    sync,
    label: source.label,
    entries: answered.map(({ entry }) => entry),
    source: remembered(source, answered),
  };
}

/** Whether nobody knows what the store holds: nothing is put there blindly. */
function isUnknown(answer: SourceAnswer): answer is SourceAnswer & { state: 'failed' } {
  return answer.state === 'failed' && answer.isUnusable !== true;
}

function nameInStore({ wanted, name }: VaultEntry): WantedValue {
  return { ...toWantedValue(wanted), azureKeyVaultName: name, azureKeyVaultVersion: undefined };
}

/** The vault under the names that the ExternalSecret reads, for the keys that it is the store of. */
function remembered(
  source: ValueSource,
  answered: readonly { readonly entry: VaultEntry; readonly answer: SourceAnswer }[],
): ValueSource {
  const known = new Map(answered.map((each) => [keyId(each.entry.wanted), each]));
  const rename = (value: WantedValue): WantedValue => {
    const entry = known.get(keyId(value))?.entry;
    return entry === undefined ? value : nameInStore(entry);
  };
  const { recover } = source;
  return {
    label: source.label,
    warnings: source.warnings,
    nameOf: (value) => source.nameOf(rename(value)),
    // What is to be replaced is not taken from where it stands.
    lookUp: (values) =>
      Promise.resolve(
        values.map((value) => {
          const { entry, answer = { state: 'not-found' } } = known.get(keyId(value)) ?? {};
          return entry?.wanted.reason === 'overwrite' ? { state: 'not-found' } : answer;
        }),
      ),
    ...(recover && { recover: (values, signal) => recover(values.map(rename), signal) }),
  };
}

/** Consent apart from that for the cluster: it is another system that is written to, and others may read it. */
export async function agreeToFill(
  { deps: { terminal, prompter } }: Session,
  fills: readonly FilledSync[],
  { fillStore }: { readonly fillStore: boolean },
): Promise<void> {
  for (const { sync, label, values } of fills) {
    if (values.length === 0 || fillStore) continue;
    const names = values.map(({ entry }) => entry.name).join(', ');
    const what = `${count(values.length, 'value')} (${names}) in ${label}, which ${refText(sync.store)} reads`;
    if (!terminal.canPrompt) {
      throw new OperatorError(
        'confirmation-needed',
        `storing ${what}, needs consent of its own: --yes is consent to change the cluster`,
        { hint: 'add --fill-store' },
      );
    }
    await agree(prompter, `store ${what}?`);
  }
}

/** Puts into a store what it lacks; undefined where it lacks nothing. */
export async function fillStore(session: Session, fill: FilledSync): Promise<StepOutcome | undefined> {
  const { sync, label, values } = fill;
  if (values.length === 0) return undefined;
  const step = (outcome: StepOutcome['outcome'], detail: string): StepOutcome => ({
    action: 'fill-store',
    object: sync.store,
    outcome,
    detail,
  });
  if (session.deps.signal.aborted) return step('skipped', unbegun('c2l fix-secrets'));
  try {
    const target = await session.deps.openTarget(label, { recipients: [] });
    const stored = values.map(({ entry, value }) => ({ wanted: nameInStore(entry), value }));
    const results = await target.store(stored, session.deps.signal);
    const failed = values.flatMap(({ entry }, index) => {
      const result = results[index] ?? { stored: false, reason: 'gave no answer' };
      return result.stored ? [] : [`${entry.name}: ${result.reason}`];
    });
    if (failed.length > 0) return step('failed', `${label}: ${failed.join('; ')}`);
    return step('done', `${values.map(({ entry }) => entry.name).join(', ')} stored in ${label}`);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return step('failed', error.message);
  }
}
