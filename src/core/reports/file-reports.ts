import type { Finding } from '../findings/findings.ts';
import type { Ignored, LapsedIgnore } from '../findings/ignore-findings.ts';
import type { StackFile } from '../init/stack-draft.ts';
import type { Place } from '../manifests/manifests.ts';
import type { ReportHead } from './report.ts';

/** A finding with the places in the files that it is about, the first one the most telling. */
export interface LocatedFinding extends Finding {
  readonly locations: readonly Place[];
}

/** `context` and `server` are empty where no cluster was asked. */
export interface ValidateReport extends ReportHead {
  readonly command: 'validate';
  readonly findings: readonly LocatedFinding[];
  /** Set aside by the stack file or by an annotation of a manifest. */
  readonly ignored: readonly Ignored<LocatedFinding>[];
  readonly lapsedIgnores: readonly LapsedIgnore[];
  /** As they were named; `-` for standard input. */
  readonly paths: readonly string[];
  readonly files: number;
  /** Kubernetes objects that were looked at. */
  readonly objects: number;
  /** Documents of other programs, and objects of namespaces that were not asked for. */
  readonly skipped: readonly Place[];
}

/** What init found out; the stack is given as the file holds it. */
export interface InitReport extends ReportHead {
  readonly command: 'init';
  readonly findings: readonly (Finding & Partial<LocatedFinding>)[];
  /** Undefined where nothing was written. */
  readonly path?: string;
  readonly stack: string;
  readonly file: StackFile;
  /** The manifests that it was made from; undefined where that was a cluster. */
  readonly paths?: readonly string[];
  /** What to look at in the file: guesses with their reasons, and what nobody could tell. */
  readonly notes: readonly { readonly of: string; readonly note: string }[];
}
