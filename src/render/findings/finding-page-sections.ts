import { compareText } from '../../core/compare-text.ts';
import type { FindingPage } from '../../core/finding-pages/finding-page.ts';
import { findingPages } from '../../core/finding-pages/finding-pages.ts';
import type { FindingCode } from '../../core/findings/findings.ts';

interface Section {
  readonly part: Exclude<keyof FindingPage, 'title'>;
  readonly title: string;
}

/** The order of a page, whatever it is written in. */
export const pageSections: readonly Section[] = [
  { part: 'meaning', title: 'Meaning' },
  { part: 'inKubectl', title: 'How it looks in kubectl' },
  { part: 'fixWithC2l', title: 'Fix it with c2l' },
  { part: 'fixByHand', title: 'Fix it by hand' },
  { part: 'safeToIgnore', title: 'When it is safe to ignore' },
];

export const codesInOrder: readonly FindingCode[] = (Object.keys(findingPages) as FindingCode[]).sort(compareText);
