import type { FindingCode } from '../findings/findings.ts';
import type { FindingPage } from './finding-page.ts';

/** The pages of what drills leave behind, and of what they find out about the recovery. */
export const drillPages = {
  'drill-unfinished': {
    title: 'a drill was begun and not put back',
    meaning: [
      'A drill holds the lock of the namespace, or its copies are still there and its journal does not say that everything was put back. What it broke may still be broken.',
    ],
    inKubectl: [{ lines: ['kubectl get secrets -A -l c2l.dev/drill'] }],
    fixWithC2l: [
      'Put back what it broke; whoever began it need not be there, since the journal lies in the cluster.',
      { lines: ['c2l dr-drill abort -n NAMESPACE'] },
      'Where the lock was deleted, compare the copies with what is there now, restore what is missing, and delete the copies by hand: no command of c2l removes them.',
    ],
    fixByHand: [
      'The Secrets of type c2l.dev/drill in the journal namespace name in an annotation what each is a copy of.',
    ],
    safeToIgnore: ['While the drill runs.'],
  },
  'drill-result-altered': {
    title: 'a kept result of a drill is not what was kept',
    meaning: [
      'Each kept result has a digest of itself and names that of the one before. One of them was changed after it was kept, or the one before it was changed or taken away. Whoever may write Secrets in the journal namespace can make all digests anew, or take the newest results away: that these fit proves nothing against such a person.',
    ],
    inKubectl: [{ lines: ['kubectl -n c2l-drill get secret c2l-drill-results.NAMESPACE -o yaml'] }],
    fixWithC2l: [
      'Compare it with the report of that drill where it was filed; its JSON holds the same outcome, times and digest of the journal.',
      { lines: ['c2l dr-drill history -n NAMESPACE -o json'] },
    ],
    fixByHand: [
      'Take the altered key out of the Secret once it is known what happened, and file the reports elsewhere.',
    ],
    safeToIgnore: ['Where you changed it yourself.'],
  },
  'drill-failed': {
    title: 'a drill did not recover, not in time, or with trouble',
    meaning: [
      'The recovery that was rehearsed did not bring everything back, took longer than the objective of its scenario, or lost data; or everything came back, with trouble on the way: a step of a runbook failed, or a PodDisruptionBudget kept a pod from starting anew, so that nothing is proven of it. What the drill broke was put back from the copies that it kept: the finding is about the recovery, not about the cluster as it is now.',
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
