import type { FindingCode } from '../findings/findings.ts';
import { dataGoes } from './data-goes.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about namespaces, workloads, checks, and what could not be looked at. */
export const workloadPages = {
  'namespace-missing': {
    title: 'a namespace of the stack does not exist',
    meaning: [
      'The stack file names a namespace that the cluster has not, and with it every Secret and workload in it is gone.',
    ],
    inKubectl: [
      { lines: ['$ kubectl get namespace NAME', 'Error from server (NotFound): namespaces "NAME" not found'] },
      'Commands with `-n` print "No resources found", as if all were well.',
    ],
    fixWithC2l: [
      '`c2l fix-secrets` creates it where it has to write a Secret there, and says so in its plan. The workloads come from Argo CD.',
    ],
    fixByHand: [
      { lines: ['kubectl create namespace NAME'] },
      'Then let Argo CD sync. If someone deleted it, expect its volumes to be gone as well.',
    ],
    safeToIgnore: ['Never for a stack that should run. Check first that `--context` names the cluster that you mean.'],
  },
  'namespace-terminating': {
    title: 'a namespace is being deleted, and workloads are still in it',
    meaning: [
      'Somebody deleted the namespace. Kubernetes refuses to create anything in it from then on, Secrets and pods alike, and it stays until all in it is gone: for as long as a finalizer holds one object, for ever. It is asked for where a workload has no pod at all, and told where the right to read namespaces is there.',
    ],
    inKubectl: [
      { lines: ['$ kubectl get namespace NAME', 'NAME   STATUS        AGE', 'NAME   Terminating   9m'] },
      'Writes end in `unable to create new content in namespace NAME because it is being terminated`.',
    ],
    fixWithC2l: [
      'Nothing, while it ends. Afterwards `c2l bootstrap` brings the stack back, and `c2l fix-secrets` its values.',
    ],
    fixByHand: [
      'Its conditions tell what is left and which finalizers hold it. Let the controllers of those finish, or bring them back:',
      { lines: ['kubectl get namespace NAME -o yaml', 'kubectl -n NAMESPACE get all,secrets,externalsecrets'] },
    ],
    safeToIgnore: ['Where it was deleted on purpose and goes within minutes.'],
  },
  'workload-missing': {
    title: 'a workload of the stack is not in the cluster',
    meaning: [
      'The stack file declares a component whose workload is not there. Argo CD creates a later sync wave only when the earlier one is healthy, so it is often an effect: the finding then names its cause.',
    ],
    inKubectl: [
      {
        lines: [
          '$ kubectl -n NAMESPACE get deployment NAME',
          'Error from server (NotFound): deployments.apps "NAME" not found',
        ],
      },
      'The Application lists it as Missing, and stays OutOfSync or Progressing.',
    ],
    fixWithC2l: [
      'Repair what the finding names as its cause; Argo CD then goes on by itself.',
      { lines: ['c2l stabilize'] },
    ],
    fixByHand: [
      { lines: ['kubectl -n argocd get applications', 'kubectl -n argocd describe application NAME'] },
      'Without Argo CD, apply its manifest.',
    ],
    safeToIgnore: ['Where it was removed on purpose: take the component out of the stack file.'],
  },
  'workload-not-ready': {
    title: 'a workload is not ready, and no Secret explains it',
    meaning: [
      'Fewer pods are ready than should be, and neither a Secret that the workload lacks nor a dependency that is down explains it. The message says what holds up the pod that shows it best. What looks like a Secret problem and is none is told here: a missing ConfigMap, an image that cannot be pulled, no room on any node.',
      'A warning where everything of it was begun less than 30 s ago and nothing was refused or has failed: it could not be ready yet.',
    ],
    inKubectl: [
      {
        lines: [
          'kubectl -n NAMESPACE get pods',
          'kubectl -n NAMESPACE describe pod POD',
          'kubectl -n NAMESPACE logs POD --previous',
        ],
      },
    ],
    fixWithC2l: [
      'c2l restores Secrets, and none is missing here. `c2l audit WORKLOAD` shows every container and every reference of it; `c2l restart` replaces it only where that helps. It does where kubelet keeps an immutable Secret that was created again: it lets all that use it go at one time.',
    ],
    fixByHand: [
      'Follow the message. A StatefulSet whose broken pod still runs the older template waits for that pod: delete it.',
      { lines: ['kubectl -n NAMESPACE delete pod POD'] },
      dataGoes,
      'A Deployment that is paused makes no pod of a template that it had not begun with.',
      { lines: ['kubectl -n NAMESPACE rollout resume deployment NAME'] },
      'A node that has been pulling an image for minutes waits for a registry that does not answer, or for another such pull: unless told otherwise, kubelet pulls one image after the other, and no event tells which one hangs. It is the one that began first.',
    ],
    safeToIgnore: ['While a rollout is under way, and for workloads that are known to be off.'],
  },
  'check-failed': {
    title: 'a component does not do its work, whatever its pods say',
    meaning: [
      '`c2l verify` tried what the component is for, by a login or a request, and it was refused or answered otherwise than the stack file expects. Readiness alone proves neither.',
    ],
    inKubectl: [
      'Often nothing: the pod is Running and ready.',
      { lines: ['kubectl -n NAMESPACE logs POD', 'kubectl -n NAMESPACE get endpointslices'] },
    ],
    fixWithC2l: [
      'Look for the cause first; then repair, restart and verify again.',
      { lines: ['c2l audit', 'c2l stabilize'] },
    ],
    fixByHand: [
      "A refused login with a ready pod: the volume was initialised with another password. Restore that one, or change it inside the database with a login that still works. An answer of another status: read the application's log.",
    ],
    safeToIgnore: [
      'Where the component is not critical: `critical: false` in the stack file makes its checks warnings.',
    ],
  },
  unreadable: {
    title: 'something could not be looked at: neither healthy nor missing',
    meaning: [
      'A read was refused, timed out or was answered by something else than Kubernetes. The message says what that hides. The verdict is not ok as long as one stands, and exit code 3 says so to scripts.',
    ],
    inKubectl: [
      {
        lines: [
          '$ kubectl auth can-i list secrets -n NAMESPACE',
          'no',
          '$ kubectl -n NAMESPACE get secrets',
          'Error from server (Forbidden): secrets is forbidden: User "…" cannot list resource "secrets"',
        ],
      },
    ],
    fixWithC2l: [
      'A longer `--request-timeout` where the server is slow; `--context` where the wrong user was taken. Rights are given by who owns the cluster.',
    ],
    fixByHand: [
      'For a refused right: a Role with get, list and watch on what the message names, and a RoleBinding to your user. For a server that does not answer:',
      { lines: ["kubectl get --raw '/readyz?verbose'"] },
    ],
    safeToIgnore: ['Only where what it hides is of no interest to you. It never means that nothing is wrong.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
