import type { FindingCode } from '../findings/findings.ts';
import { argocdPages } from './argocd-pages.ts';
import { drillPages } from './drill-pages.ts';
import type { FindingPage } from './finding-page.ts';
import { ownerPages } from './owner-pages.ts';
import { placementPages } from './placement-pages.ts';
import { podPages } from './pod-pages.ts';
import { runningPages } from './running-pages.ts';
import { secretPages } from './secret-pages.ts';
import { typedSecretPages } from './typed-secret-pages.ts';
import { valuePages } from './value-pages.ts';
import { workloadPages } from './workload-pages.ts';

/** A page for every code: one without its page does not compile. */
export const findingPages: Readonly<Record<FindingCode, FindingPage>> = {
  ...secretPages,
  ...valuePages,
  ...typedSecretPages,
  ...ownerPages,
  ...runningPages,
  ...podPages,
  ...placementPages,
  ...workloadPages,
  ...argocdPages,
  ...drillPages,
};
