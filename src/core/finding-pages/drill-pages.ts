import type { FindingCode } from '../findings.ts';
import type { FindingPage } from './finding-page.ts';

/** The page of what a drill found out about the recovery. */
export const drillPages = {
  'drill-failed': {
    title: 'a drill did not recover, or not in time',
    meaning: [
      'The recovery that was rehearsed did not bring everything back, took longer than the objective of its scenario, or lost data. What the drill broke was put back from the copies that it kept: the finding is about the recovery, not about the cluster as it is now.',
    ],
    inKubectl: ['Nothing: everything is as it was before the drill. The report holds the timeline.'],
    fixWithC2l: [
      'Read in the report which phase took the time and what had to be put back from the copies: those values are in no source. Store them, then rehearse without risk before the next drill.',
      { lines: ['c2l backup --to azure-key-vault:VAULT', 'c2l dr-drill run total-secret-loss --sandbox --yes'] },
    ],
    fixByHand: [
      'Where the time went into waiting for pods, look at their probes and images; where it went into the vault, at its limits.',
    ],
    safeToIgnore: ['Never: the next outage takes as long, and nobody keeps copies for it.'],
  },
} satisfies Partial<Record<FindingCode, FindingPage>>;
