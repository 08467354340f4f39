import type { FindingCode } from '../findings/findings.ts';
import type { FindingPage } from './finding-page.ts';

const noSecret = 'c2l restores Secrets, and none is at fault here. `c2l audit` says when it is gone.';

/** Pages of the codes that look like a Secret problem from afar and are none: containers and their images. */
export const podPages = {
  'configmap-missing': {
    title: 'a ConfigMap does not exist, and pods need it',
    meaning: [
      'kubelet refuses the container with the same reason as for a Secret, `CreateContainerConfigError`, or hangs in `ContainerCreating` where it is mounted. Every workload that names the ConfigMap is told, with every key that it takes from it.',
    ],
    inKubectl: [
      { lines: ['CreateContainerConfigError: configmap "NAME" not found', 'kubectl -n NAMESPACE get configmaps'] },
    ],
    fixWithC2l: [noSecret],
    fixByHand: [
      'A ConfigMap is no secret and stands in Git: let Argo CD sync it, or apply its manifest. Pods go on by themselves.',
    ],
    safeToIgnore: ['Where the workload is not meant to run: the next start fails as long as it is missing.'],
  },
  'configmap-key-missing': {
    title: 'a ConfigMap lacks a key that pods need',
    meaning: ['As with a Secret, kubelet names one key and then the next; all that are missing are told here at once.'],
    inKubectl: [{ lines: ["CreateContainerConfigError: couldn't find key KEY in ConfigMap NAMESPACE/NAME"] }],
    fixWithC2l: [noSecret],
    fixByHand: [
      'Add the key to its manifest in Git and sync, or by hand:',
      { lines: ['kubectl -n NAMESPACE edit configmap NAME'] },
    ],
    safeToIgnore: ['Where the workload is not meant to run: the next start fails as long as it is missing.'],
  },
  'image-not-found': {
    title: 'the registry has no such image, or its name is wrong',
    meaning: ['The registry answered, and has not what the pod asks for; or the name is none that could exist.'],
    inKubectl: [{ lines: ['ErrImagePull or ImagePullBackOff: … not found', 'InvalidImageName', 'ErrImageNeverPull'] }],
    fixWithC2l: [noSecret],
    fixByHand: [
      'Compare name and tag with the registry. Correct it in Git, or for now:',
      { lines: ['kubectl -n NAMESPACE set image deployment NAME CONTAINER=IMAGE'] },
    ],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'image-pull-unauthorized': {
    title: 'the registry refuses to hand out an image',
    meaning: [
      'The registry was reached and said no. A pull Secret is missing, has expired or is for another registry. Some registries say the same of an image that does not exist.',
    ],
    inKubectl: [
      { lines: ['ErrImagePull: … 401 Unauthorized', 'ErrImagePull: … pull access denied … authorization failed'] },
    ],
    fixWithC2l: [
      'Where the pull Secret is missing, that is a finding of its own. Where it is there, its content is wrong.',
    ],
    fixByHand: [
      {
        lines: [
          'kubectl -n NAMESPACE get serviceaccount default -o yaml',
          'kubectl -n NAMESPACE create secret docker-registry NAME --from-file=.dockerconfigjson=FILE',
        ],
      },
    ],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'registry-unreachable': {
    title: 'the registry of an image does not hand it out now',
    meaning: [
      'The node could not reach the registry: a time-out, a refused connection, a name that does not resolve, a certificate that is not trusted, or an answer that is an error of its own (5xx). Neither the image nor a pull Secret is at fault. Where it answers that there were too many pulls (429), the message says so: many registries allow more to those who log in.',
    ],
    inKubectl: [
      {
        lines: [
          'ErrImagePull: … dial tcp ADDRESS: i/o timeout',
          'ErrImagePull: … no such host',
          'ErrImagePull: … 429 Too Many Requests',
        ],
      },
    ],
    fixWithC2l: [noSecret],
    fixByHand: [
      'Look at the network of the node and at the status page of the registry; after too many pulls, at the pull Secret. kubelet tries again by itself, ever later, up to five minutes.',
    ],
    safeToIgnore: ['While the registry is down and the running pods are enough.'],
  },
  'image-pull-failed': {
    title: 'an image cannot be pulled, for a reason that is not told apart',
    meaning: [
      'The container runtime gave a reason that is none of: not found, refused, not reached. The message repeats it.',
    ],
    inKubectl: [{ lines: ['kubectl -n NAMESPACE describe pod POD'] }],
    fixWithC2l: [noSecret],
    fixByHand: ['Read the events of the pod. No space left on the node and a broken image are frequent.'],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'container-crashing': {
    title: 'a container starts and ends again and again',
    meaning: [
      'It has all that it names and does not stay up. The exit code is told, and of its log the last line that says why, without values. A wrong password looks like this as well: the key is there, and its value is not the one that the other side knows.',
    ],
    inKubectl: [{ lines: ['CrashLoopBackOff', 'kubectl -n NAMESPACE logs POD -c CONTAINER --previous'] }],
    fixWithC2l: [
      'Where its value is wrong, bring the right one back; `restart` then replaces the pod, so that its back-off of up to five minutes is not waited for.',
      { lines: ['c2l fix-secrets --overwrite KEY', 'c2l restart'] },
    ],
    fixByHand: ['Follow the log.'],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'container-out-of-memory': {
    title: 'a container is killed for taking more memory than it may',
    meaning: [
      'The kernel ended it at its memory limit, or because the node had none left: exit code 137, reason OOMKilled.',
    ],
    inKubectl: [{ lines: ['OOMKilled', 'kubectl -n NAMESPACE describe pod POD'] }],
    fixWithC2l: [noSecret],
    fixByHand: [{ lines: ['kubectl -n NAMESPACE set resources deployment NAME -c CONTAINER --limits=memory=AMOUNT'] }],
    safeToIgnore: ['Never for a workload that should run.'],
  },
  'readiness-probe-failing': {
    title: 'a container runs and does not pass its probe',
    meaning: [
      'The process is up, and what its probe asks is not answered as it should be: no Service leads to the pod. Of the answer the first line is told, without values.',
      'A warning as long as the probe has not had its tries (`initialDelaySeconds` and `failureThreshold` × `periodSeconds`, by default 30 s) since the container began.',
    ],
    inKubectl: [{ lines: ['READY 0/1, STATUS Running', 'Warning Unhealthy: Readiness probe failed: …'] }],
    fixWithC2l: [
      { lines: ['c2l verify'] },
      'It lacks no Secret, but may have a wrong value of one: `c2l verify` logs in to what it depends on and asks what answers, as the stack says.',
    ],
    fixByHand: [
      { lines: ['kubectl -n NAMESPACE logs POD -c CONTAINER'] },
      'Often something that it depends on does not answer; c2l says so where it can tell.',
    ],
    safeToIgnore: ['While it starts.'],
  },
  'dependency-unavailable': {
    title: 'an init container waits for a Service that does not answer',
    meaning: [
      'It runs, and asks again and again for the host that its command names. The message says what is behind that name: no Service, no workload, one that is scaled to 0, or one whose pods are ready and do not answer it.',
    ],
    inKubectl: [{ lines: ['STATUS Init:0/1', 'kubectl -n NAMESPACE logs POD -c CONTAINER'] }],
    fixWithC2l: [noSecret],
    fixByHand: [{ lines: ['kubectl -n NAMESPACE get service,endpointslices'] }],
    safeToIgnore: ['Where what it waits for is off on purpose.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
