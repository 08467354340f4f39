import { findingPages } from '../core/finding-pages/finding-pages.ts';
import { findingCodes, type FindingCode } from '../core/findings/findings.ts';
import { nearestNames } from '../core/nearest.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderCodeList, renderFindingPage } from '../render/findings/explanation.ts';
import type { GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

/** The page of one finding code, or the list of all. Needs no cluster. */
export async function explain(word: string | undefined, flags: GlobalFlags, deps: Deps): Promise<ExitCode> {
  const style = styleFor(flags, deps);
  const answer =
    word === undefined
      ? await renderCodeList(flags.output, style)
      : await renderFindingPage(codeOf(word), flags.output, style);
  await deps.terminal.show(answer);
  return ExitCode.ok;
}

function codeOf(word: string): FindingCode {
  if (isCode(word)) return word;
  const near = nearestNames(word, Object.keys(findingPages));
  throw new OperatorError('usage', `no finding has the code ${word}`, {
    hint: near.length === 0 ? 'c2l explain lists all' : `did you mean ${near.join(' or ')}? c2l explain lists all`,
  });
}

function isCode(word: string): word is FindingCode {
  return Object.hasOwn(findingCodes, word);
}
