import type { FindingCode } from '../findings/findings.ts';
import { dataGoes } from './data-goes.ts';
import type { FindingPage } from './finding-page.ts';

const noSecret = 'c2l restores Secrets, and none is at fault here. `c2l audit` says when it is gone.';

/** Pages of the codes that are about where pods run, or whether they may, and about rollouts that do not arrive. */
export const placementPages = {
  'insufficient-resources': {
    title: 'no node has room for what a pod requests',
    meaning: [
      'The scheduler found no node with as much free CPU or memory as the containers request. What they use does not matter to it.',
    ],
    inKubectl: [{ lines: ['STATUS Pending', 'FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu.'] }],
    fixWithC2l: [noSecret],
    fixByHand: [{ lines: ['kubectl describe nodes'] }, 'Request less, scale something else down, or add a node.'],
    safeToIgnore: ['While an autoscaler brings a node.'],
  },
  unschedulable: {
    title: 'no node takes a pod, and not for want of room',
    meaning: [
      'Node selector, affinity, taints or a port rule out every node. The message repeats what the scheduler says.',
    ],
    inKubectl: [
      {
        lines: [
          'STATUS Pending',
          "FailedScheduling: 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
        ],
      },
    ],
    fixWithC2l: [noSecret],
    fixByHand: [{ lines: ['kubectl -n NAMESPACE describe pod POD', 'kubectl get nodes --show-labels'] }],
    safeToIgnore: ['While an autoscaler brings a node that fits.'],
  },
  'volume-claim-missing': {
    title: 'a pod mounts a PersistentVolumeClaim that does not exist',
    meaning: [
      'The scheduler waits for the claim. A claim from a `volumeClaimTemplates` is created by its StatefulSet; any other comes from a manifest.',
    ],
    inKubectl: [{ lines: ['FailedScheduling: persistentvolumeclaim "NAME" not found'] }],
    fixWithC2l: [noSecret],
    fixByHand: [
      'Look first whether it was deleted: its data may still be on a released PersistentVolume. Then apply its manifest.',
    ],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'volume-claim-unbound': {
    title: 'a PersistentVolumeClaim is not bound to a volume',
    meaning: ['No volume fits the claim and no provisioner made one yet, so that the pod is not scheduled.'],
    inKubectl: [
      {
        lines: [
          'kubectl -n NAMESPACE get persistentvolumeclaims',
          'kubectl -n NAMESPACE describe persistentvolumeclaim NAME',
        ],
      },
    ],
    fixWithC2l: [noSecret],
    fixByHand: [
      'Read the events of the claim: the provisioner says there why it made no volume. A released volume is not bound again by itself: it stays with the claim that is gone until somebody says that another one of its name may have it, and its data.',
      {
        lines: [
          'kubectl patch persistentvolume NAME --type=merge \\',
          '  --patch \'{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}\'',
        ],
      },
    ],
    safeToIgnore: ['While a provisioner is at work.'],
  },
  'storage-class-missing': {
    title: 'a PersistentVolumeClaim names a StorageClass that does not exist',
    meaning: ['Nobody provisions a volume for it, and no volume that is there bears the class and fits.'],
    inKubectl: [{ lines: ['ProvisioningFailed: storageclass.storage.k8s.io "NAME" not found'] }],
    fixWithC2l: [noSecret],
    fixByHand: [
      'The class of a claim cannot be changed. Create the class, or delete the empty claim and let it be created with one that exists.',
      { lines: ['kubectl get storageclasses,persistentvolumes'] },
    ],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'quota-exceeded': {
    title: 'a ResourceQuota is used up, so that no pods are created',
    meaning: [
      'The API server refuses the pod. There is none to look at: the workload has fewer pods than it wants, and only its events or its conditions say why.',
    ],
    inKubectl: [
      {
        lines: [
          'FailedCreate: pods "…" is forbidden: exceeded quota: NAME, requested: pods=1, used: pods=10, limited: pods=10',
        ],
      },
    ],
    fixWithC2l: [noSecret],
    fixByHand: [
      { lines: ['kubectl -n NAMESPACE describe resourcequota NAME'] },
      'Raise it, or scale something else down.',
    ],
    safeToIgnore: ['Where the quota is meant to hold the workload back.'],
  },
  'node-not-ready': {
    title: 'a node does not work, and pods are on it',
    meaning: [
      'Its kubelet does not report. What the API says of its pods is old; they may run or not. After five minutes they are moved, unless a StatefulSet or a volume holds them.',
    ],
    inKubectl: [{ lines: ['kubectl get nodes', 'kubectl describe node NAME'] }],
    fixWithC2l: [noSecret],
    fixByHand: [
      'Bring the node back, or remove it for good once it is known to be off, so that its volumes are let go.',
    ],
    safeToIgnore: ['While it is serviced on purpose and nothing that is needed is on it.'],
  },
  'rollout-held-by-old-pod': {
    title: 'a broken pod of an older template holds up the corrected one',
    meaning: [
      'A StatefulSet waits until its pod is ready before it replaces it. One that can never become ready so blocks the very template that would mend it. A Deployment that is paused keeps its pods as well.',
    ],
    inKubectl: [
      {
        lines: [
          'kubectl -n NAMESPACE rollout status statefulset NAME',
          'kubectl -n NAMESPACE get pods -L controller-revision-hash',
        ],
      },
    ],
    fixWithC2l: [
      '`c2l restart` deletes a pod that lacks nothing any more; this one lacks what only its older template names.',
    ],
    fixByHand: [
      { lines: ['kubectl -n NAMESPACE delete pod POD'] },
      dataGoes,
      'Of a paused Deployment a new pod is no other:',
      { lines: ['kubectl -n NAMESPACE rollout resume deployment NAME'] },
    ],
    safeToIgnore: ['Never: it does not end by itself.'],
  },
  'rollout-waits-for-delete': {
    title: 'a newer template is not in the pods, because of OnDelete',
    meaning: [
      'With the update strategy `OnDelete` each pod keeps the template that it was made from until somebody deletes it.',
    ],
    inKubectl: [{ lines: ['kubectl -n NAMESPACE get pods -L controller-revision-hash'] }],
    fixWithC2l: [noSecret],
    fixByHand: ['Pod by pod, when it suits:', { lines: ['kubectl -n NAMESPACE delete pod POD'] }, dataGoes],
    safeToIgnore: ['As long as the older template is good enough: the strategy was chosen for that.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
