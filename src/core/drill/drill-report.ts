import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { ReportHead, Verdict } from '../reports/report.ts';
import type { ComponentCourse } from './component-course.ts';

/** One line of the journal: written before what it tells is done. */
export interface DrillLine {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly step: DrillStep;
  readonly detail: string;
}

export type DrillStep =
  | 'steady-state'
  | 'way-back'
  | 'copies'
  | 'data'
  | 'owners'
  | 'fault'
  | 'consumers'
  | 'detection'
  | 'recovery'
  | 'verified'
  | 'way-back-begun'
  | 'put-back'
  | 'proven-again'
  | 'clean-up';

/** What the fault does to one Secret. */
export interface PlannedFault {
  readonly object: ObjectRef;
  readonly does: 'lost' | 'keys-lost' | 'another-value' | 'line-break' | 'encoded-twice';
  readonly keys: readonly string[];
}

export type DrillPhaseName = 'detect' | 'decide' | 'values' | 'write' | 'first-pod' | 'all-verified';

/** Part of the recovery time; together they are all of it. */
export interface DrillPhase {
  readonly name: DrillPhaseName;
  readonly durationMs: number;
}

/** How a drill ended. */
export type DrillOutcome =
  /** In time, with everything proven. */
  | 'recovered'
  /** Everything is proven, and something on the way there did not go as it should: what, the finding tells. */
  | 'recovered-with-trouble'
  | 'too-late'
  /** The recovery did not do it: the way back did. */
  | 'not-recovered'
  /** Something did not hold before the fault: nothing was changed. */
  | 'not-started'
  | 'planned'
  /** `abort`: everything is as it was. */
  | 'put-back';

export interface DrillReport extends ReportHead {
  readonly command: 'dr-drill';
  readonly drill: {
    readonly id: string;
    readonly scenario: string;
    /** Of its file, as it was given; absent where the scenario ships with c2l. */
    readonly file?: string;
    readonly description: string;
    /** What else it was asked for with, as it is typed: `--limit 10m`; addresses with a password are left out. */
    readonly flags?: readonly string[];
    readonly manual: boolean;
    /** By whose commands it was recovered from, where c2l did not by itself. */
    readonly runbook?: string;
    readonly operator: string;
    readonly version: string;
    readonly journalNamespace: string;
    /** SHA-256 of `[id, operator, version, timeline]` as JSON without spaces: whether these are what the journal held. */
    readonly journalDigest?: string;
  };
  readonly dryRun: boolean;
  readonly outcome: DrillOutcome;
  readonly sources: readonly string[];
  readonly faults: readonly PlannedFault[];
  /** Secrets that the scenario means as well, and cannot be done to. */
  readonly spared: readonly { readonly object: ObjectRef; readonly reason: string }[];
  readonly evicted: readonly ObjectRef[];
  /** What uses the broken Secrets and was left running. */
  readonly kept: readonly { readonly pod: ObjectRef; readonly reason: string }[];
  readonly recovery?: {
    /** From the fault until everything was proven. */
    readonly tookMs: number;
    readonly objectiveMs: number;
    readonly phases: readonly DrillPhase[];
  };
  /** Of the required values, how many the sources hold as they run. */
  readonly backup?: {
    readonly required: number;
    readonly equal: number;
    /** When the drill began, the oldest of these values had lain in its source for so long. */
    readonly ageMs?: number;
    readonly objectiveMs?: number;
  };
  /** A row that was written before the fault. */
  readonly data: readonly {
    readonly component: string;
    readonly state: 'kept' | 'lost' | 'not-tried';
    readonly detail: string;
  }[];
  /** When others noticed, from the fault on; absent where they did not. */
  readonly noticed: readonly { readonly by: string; readonly afterMs?: number }[];
  readonly timeline: readonly DrillLine[];
  /** What became of each component, from the fault until everything was proven. */
  readonly components: readonly ComponentCourse[];
  /** Kept results of the same scenario in this namespace, the newest first. */
  readonly earlier: readonly DrillResult[];
  /** What did not go as it should, in the order in which it was seen. */
  readonly wrong: readonly string[];
}

export const notBroughtBack = 'the recovery did not bring everything back; the way back did';

/** Of a drill that was cut off on its way: whether it would have recovered is not known. */
const interruptedText = 'interrupted before it recovered; the way back brought everything back';

/** What of a report is known before anything is broken. */
export type PlanFacts = 'faults' | 'spared' | 'evicted' | 'kept';

/** Whether it was stopped between its beginning and its fault: then there was nothing to recover from. */
function isStoppedBefore({ faults, timeline }: Pick<DrillReport, 'faults' | 'timeline'>): boolean {
  return faults.length > 0 && timeline.length > 0 && !timeline.some(({ step }) => step === 'fault');
}

/** Why a drill ended as `not-recovered`. */
export function notRecoveredText(report: Pick<DrillReport, 'faults' | 'timeline'>, isInterrupted: boolean): string {
  if (isStoppedBefore(report)) return 'stopped before anything was broken';
  return isInterrupted ? interruptedText : notBroughtBack;
}

/** What is kept of a drill: enough to compare it with the next one, and to find its journal's digest again. */
export interface DrillResult {
  readonly id: string;
  readonly scenario: string;
  readonly file?: string;
  readonly sources?: readonly string[];
  /** What else it was asked for with, as it is typed. */
  readonly flags?: readonly string[];
  readonly namespace: string;
  readonly outcome: DrillOutcome;
  readonly verdict: Verdict;
  readonly takenAt: string;
  readonly operator: string;
  readonly version: string;
  readonly manual: boolean;
  readonly recovery?: NonNullable<DrillReport['recovery']>;
  readonly backup?: NonNullable<DrillReport['backup']>;
  readonly journalDigest?: string;
  readonly wrong: readonly string[];
  /** Digest of the result that was kept before it in this namespace. */
  readonly previous?: string;
  /** SHA-256 of all the rest as JSON without spaces, `previous` included; absent where an older c2l kept it. */
  readonly digest?: string;
}
