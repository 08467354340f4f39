import type { ReportHead, StepOutcome } from './report.ts';

/** One thing that c2l needs, as doctor found it. */
export interface Examination {
  readonly name: string;
  /** `lacking` keeps something from working that may not be wanted. */
  readonly state: 'ok' | 'lacking' | 'problem' | 'unreadable';
  readonly detail: string;
  /** What to type to mend it, or to make use of it. */
  readonly next?: string;
}

export interface DoctorReport extends ReportHead {
  readonly command: 'doctor';
  readonly examinations: readonly Examination[];
  /** What became of each leftover, where they were to be removed. */
  readonly outcomes?: readonly StepOutcome[];
  /** The command to run next. */
  readonly next: string;
}
