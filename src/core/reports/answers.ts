import type { UnfinishedDrill } from '../drill/unfinished-drill.ts';
import type { FindingPage } from '../finding-pages/finding-page.ts';
import type { Finding, FindingCode, Severity } from '../findings/findings.ts';
import type { ComparedFile, FileText } from '../generate/compare-files.ts';
import type { Setting } from '../user-settings.ts';

/** What the document of a command holds that asks no cluster; reports have more. */
interface AnswerHead {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly verdict: 'ok' | 'problems' | 'unreadable';
  readonly findings: readonly Finding[];
}

/** What can be said of what was only looked up. */
export const lookedUp = { schemaVersion: 1, verdict: 'ok', findings: [] } as const;

export interface SettingsAnswer extends AnswerHead {
  readonly command: 'config show';
  /** Where the person's own settings are read from, whether it is there or not. */
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly contexts: readonly { readonly name: string; readonly readOnly: boolean; readonly production: boolean }[];
}

export interface GeneratedAnswer extends AnswerHead {
  readonly command: 'generate';
  readonly kind: string;
  /** With `--check` how each stands to the one on disk, else what each holds. */
  readonly files: readonly FileText[] | readonly ComparedFile[];
}

export interface CodeSummary {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly runbook: string;
  readonly title: string;
}

export interface CodesAnswer extends AnswerHead {
  readonly command: 'explain';
  readonly codes: readonly CodeSummary[];
}

export interface CodeAnswer extends AnswerHead, CodeSummary, Omit<FindingPage, 'title'> {
  readonly command: 'explain';
}

export interface DrillsAnswer extends AnswerHead {
  readonly command: 'dr-drill list';
  /** Begun and not finished; absent where no cluster could be asked. */
  readonly unfinished?: readonly UnfinishedDrill[];
  /** Each as its file holds it. */
  readonly scenarios: readonly object[];
}

export interface RunbooksAnswer extends AnswerHead {
  readonly command: 'runbook list';
  readonly runbooks: readonly { readonly name: string; readonly title: string; readonly steps: number }[];
}

/** What became of a test message, receiver by receiver. */
export interface ReceiversAnswer extends AnswerHead {
  readonly command: 'watch';
  readonly takenAt: string;
  readonly receivers: readonly { readonly name: string; readonly told: boolean; readonly detail: string }[];
}

export type Answer =
  SettingsAnswer | GeneratedAnswer | CodesAnswer | CodeAnswer | DrillsAnswer | RunbooksAnswer | ReceiversAnswer;
