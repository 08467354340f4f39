import type { FindingCode } from '../findings/findings.ts';
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
  'argocd-application-misreports': {
    title: 'an Argo CD application says Healthy over workloads that are not',
    meaning: [
      'What it deploys is not ready, and something here says why; Argo CD still calls it Healthy. It looks at the counts of controllers, not at pods, and not at the Jobs of a CronJob; or it has not looked since.',
    ],
    inKubectl: [{ lines: ['kubectl -n argocd get application NAME', 'kubectl -n NAMESPACE get pods'] }],
    fixWithC2l: ['Repair the causes that the finding names.', { lines: ['c2l stabilize'] }],
    fixByHand: [
      'Have it look again:',
      { lines: ['kubectl -n argocd annotate application NAME argocd.argoproj.io/refresh=normal --overwrite'] },
    ],
    safeToIgnore: ['The word of Argo CD, yes; the causes, no.'],
  },
  'argocd-sync-failed': {
    title: 'an Argo CD application cannot sync',
    meaning: [
      'Its last sync failed, or a condition says that it cannot even compare: a repository that refuses the credentials, a manifest that does not render, a project that does not exist. What Git holds does not reach the cluster, a repair in Git included. The words of Argo CD are cut where they may quote a manifest.',
    ],
    inKubectl: [{ lines: ['kubectl -n argocd describe application NAME'] }],
    fixWithC2l: ['Secrets can be restored meanwhile: that needs no Argo CD.', { lines: ['c2l fix-secrets'] }],
    fixByHand: [
      'Repair what the message names, then have it look again with the annotation `argocd.argoproj.io/refresh=normal`.',
    ],
    safeToIgnore: ['For a minute after the controller has started: then it passes.'],
  },
  'argocd-secret-missing': {
    title: 'the Secret of Argo CD itself is gone',
    meaning: [
      'The Secret argocd-secret holds the key that signs the sessions of Argo CD, the hash of its admin password, and the secrets of webhooks and single sign-on. Without it argocd-server refuses every login and does not start again.',
    ],
    inKubectl: [
      { lines: ['kubectl -n argocd get secret argocd-secret', 'kubectl -n argocd logs deployment/argocd-server'] },
    ],
    fixWithC2l: ['c2l writes no credentials of Argo CD. Secrets of applications can be restored meanwhile.'],
    fixByHand: [
      'Restore it from a backup. Without one create it empty: argocd-server makes up a session key and an admin password at its next start. What webhooks and single sign-on had in it is to be set again.',
      {
        lines: [
          'kubectl -n argocd create secret generic argocd-secret',
          'kubectl -n argocd label secret argocd-secret app.kubernetes.io/part-of=argocd',
          'kubectl -n argocd rollout restart deployment argocd-server',
        ],
      },
    ],
    safeToIgnore: ['Where Argo CD runs without argocd-server and nothing asks it to log anybody in.'],
  },
  'argocd-credentials-invalid': {
    title: 'a Secret that Argo CD itself lives on is not usable',
    meaning: [
      'Argo CD keeps its repositories and clusters in Secrets with the label argocd.argoproj.io/secret-type, and the key of its sessions in argocd-secret. One of them lacks a key or holds what cannot be right, so that nothing from that repository, or to that cluster, syncs. They are looked at wherever Argo CD runs, whatever namespaces an audit names.',
    ],
    inKubectl: [
      {
        lines: [
          'kubectl -n argocd get secrets -l argocd.argoproj.io/secret-type',
          'kubectl -n argocd get applications',
        ],
      },
    ],
    fixWithC2l: ['c2l writes no credentials of Argo CD.'],
    fixByHand: [
      'Add what is named: `url` with `username` and `password` or `sshPrivateKey` for a repository; `server` and `config` for a cluster.',
    ],
    safeToIgnore: ['Where no application uses that repository or cluster.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
