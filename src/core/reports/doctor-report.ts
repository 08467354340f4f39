import type { ReportHead, StepOutcome, Verdict } from './report.ts';
import type { ReportedError } from './walk-report.ts';

/** One thing that c2l needs, as doctor found it. */
export interface Examination {
  readonly name: string;
  /** `lacking` keeps something from working that may not be wanted. */
  readonly state: 'ok' | 'lacking' | 'problem' | 'unreadable';
  readonly detail: string;
  /** What to type to mend it, or to make use of it. */
  readonly next?: string;
}

export interface DoctorReport extends Omit<ReportHead, 'verdict'> {
  readonly command: 'doctor';
  /** `error` where no command could begin here; `error` then says why. */
  readonly verdict: Verdict | 'error';
  readonly error?: ReportedError;
  readonly examinations: readonly Examination[];
  /** What became of each leftover, where they were to be removed. */
  readonly outcomes?: readonly StepOutcome[];
  /** The command to run next. */
  readonly next: string;
}
