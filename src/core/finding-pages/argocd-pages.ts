import type { FindingCode } from '../findings.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about Argo CD and its applications. */
export const argocdPages = {
  'argocd-unhealthy': {
    title: 'a part of Argo CD itself does not run',
    meaning: [
      'The application controller, the repository server or Redis is missing, scaled to 0 or not ready. Without the controller no health is updated: what applications say of themselves may be hours old.',
    ],
    inKubectl: [{ lines: ['kubectl -n argocd get pods', 'kubectl -n argocd get deployments,statefulsets'] }],
    fixWithC2l: [
      'The runbook for bootstrapping has the order. Secrets of the stack can be restored meanwhile: that needs no Argo CD.',
    ],
    fixByHand: [
      {
        lines: [
          'kubectl -n argocd describe pod POD',
          'kubectl -n argocd rollout restart statefulset/argocd-application-controller',
        ],
      },
    ],
    safeToIgnore: ['While Argo CD is being upgraded, or where its controllers run in another cluster.'],
  },
  'argocd-application-unhealthy': {
    title: 'an Argo CD application is not healthy or not in sync',
    meaning: [
      "What Argo CD says of the application, with the findings that hold up what it deploys as its causes: the application's own status does not hold the reason. Argo CD's health ignores init containers, never calls a StatefulSet Degraded, and a Deployment only after its progress deadline of ten minutes.",
    ],
    inKubectl: [{ lines: ['kubectl -n argocd get applications', 'kubectl -n argocd describe application NAME'] }],
    fixWithC2l: ['Repair the causes that the finding names; Argo CD follows by itself.', { lines: ['c2l stabilize'] }],
    fixByHand: [
      'Where nothing is named as its cause, look at its last operation, and have it look again:',
      { lines: ['kubectl -n argocd annotate application NAME argocd.argoproj.io/refresh=normal --overwrite'] },
    ],
    safeToIgnore: ['While it syncs. OutOfSync alone breaks nothing that runs.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
