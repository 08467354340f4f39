import { refId } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { diagnose } from '../../core/diagnose/diagnose.ts';
import type { Finding, FindingCode } from '../../core/findings/findings.ts';
import { applySecretPlans } from '../../core/fix/apply-secret-plans.ts';
import { noSource, plannedSecret, type SecretPlan } from '../../core/fix/plan-secrets.ts';
import { isUntouched } from '../../core/fix/planned-secret.ts';
import type { FixReport, SealedManifest } from '../../core/fix/secret-reports.ts';
import { plannedSeal, type SealPlan } from '../../core/owners/seal-plan.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import { plannedFill, type FilledSync } from '../owners/fill-stores.ts';
import { reportHead, type Session } from '../session.ts';

/** What fix-secrets answers for: pods that still wait are the next phase's. */
const ownCodes: ReadonlySet<FindingCode> = new Set([
  'namespace-missing',
  'secret-missing',
  'secret-terminating',
  'secret-key-missing',
  'secret-value-placeholder',
  'secret-value-invalid',
  'unreadable',
]);

/** What became of the Secrets, and what it was decided on. */
export interface FixResult {
  readonly snapshot: Snapshot;
  /** As `--from` names them. */
  readonly from: readonly string[];
  readonly identity?: string | undefined;
  readonly only?: readonly string[] | undefined;
  /** As they are typed. */
  readonly flags?: readonly string[] | undefined;
  readonly plans: readonly SecretPlan[];
  readonly fills?: readonly FilledSync[];
  readonly sealPlans?: readonly SealPlan[];
  /** What was sealed. */
  readonly manifests?: readonly SealedManifest[];
  readonly outcomes: readonly StepOutcome[];
  /** Secrets that c2l must not write. */
  readonly leftAlone?: readonly StepOutcome[];
  readonly dryRun: boolean;
  /** The plans that were carried out; in a dry run and with nothing to do all of them count as such. */
  readonly written?: readonly SecretPlan[];
}

export function fixReport(session: Session, result: FixResult): FixReport {
  const {
    snapshot,
    plans,
    outcomes,
    leftAlone = [],
    fills = [],
    sealPlans = [],
    manifests = [],
    dryRun,
    written = plans,
  } = result;
  const after = applySecretPlans(snapshot, written.filter(comesToBe));
  const findings = diagnose(after, session.stack).filter(
    (finding) => ownCodes.has(finding.code) && !(dryRun && (isToCome(finding, plans) || isToBeSynced(finding, fills))),
  );
  const verdict = verdictOfWrites(outcomes, findings);
  const isIncomplete = outcomes.length > 0 && leftAlone.length > 0 && verdict !== 'interrupted';
  return {
    ...reportHead(session, snapshot),
    command: 'fix-secrets',
    verdict: isIncomplete ? 'partial' : verdict,
    findings,
    dryRun,
    ...howItWasRun(result),
    plan: [...plans.map(plannedSecret), ...fills.map(plannedFill), ...sealPlans.map(plannedSeal)],
    outcomes: [...outcomes, ...leftAlone],
    ...(manifests.length > 0 && { sealed: manifests }),
  };
}

function howItWasRun({
  from,
  identity,
  only = [],
  flags = [],
}: FixResult): Pick<FixReport, 'sources' | 'identity' | 'only' | 'flags'> {
  return {
    sources: from,
    ...(identity !== undefined && { identity }),
    ...(only.length > 0 && { only }),
    ...(flags.length > 0 && { flags }),
  };
}

/** A Secret of whose keys nobody has any is not made, and stays missing as a whole. */
function comesToBe({ action, keys }: SecretPlan): boolean {
  return action !== 'create' || keys.some(({ source }) => source !== noSource);
}

/** What a sync will bring, only the sync can tell; a dry run takes it for granted where nothing speaks against it. */
function isToBeSynced({ object, key }: Finding, fills: readonly FilledSync[]): boolean {
  const found = fills.find(({ sync }) => refId(sync.secret) === refId(object));
  const isLacking = (name: string): boolean => found?.stored.get(name)?.source === noSource;
  if (found === undefined || found.doubt !== undefined) return false;
  return key === undefined ? !found.sync.keys.some(isLacking) : found.sync.keys.includes(key) && !isLacking(key);
}

/** A dry run asks nobody and brings nothing back; what a person or a vault is to give counts as known. */
function isToCome({ object, key }: Finding, plans: readonly SecretPlan[]): boolean {
  const plan = plans.find((each) => refId(each.object) === refId(object));
  return (
    plan?.keys.some(
      (entry) => entry.key === key && !isUntouched(entry) && entry.source !== noSource && !plan.values.has(key),
    ) === true
  );
}
