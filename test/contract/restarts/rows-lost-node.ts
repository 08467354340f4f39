import { container, secretEnv } from '../support/pods.ts';
import { lostNodeName, secret, workload } from '../matrix/manifests.ts';
import type { Change } from '../matrix/row.ts';
import { needsB, rotateA } from './rows-needed.ts';
import type { RestartRow } from './row.ts';

/** Its pods are given time to end, which nobody on that node makes use of. */
const queue = workload('StatefulSet', 'queue', {
  nodeName: lostNodeName,
  tolerations: [{ operator: 'Exists' }],
  terminationGracePeriodSeconds: 30,
  containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })],
});
const objects = [secret('app', 'a', 'b'), queue, workload('Deployment', 'web', needsB)];
const shows = { queue: 'Pending', web: 'Running' };

/** What its kubelet said of the pod last, and what became of that when it fell silent. */
const ranOnce: Change = {
  patchStatus: 'pods/queue-0',
  body: {
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          started: true,
          restartCount: 0,
          image: 'main',
          imageID: 'main',
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        },
      ],
    },
  },
};

const untilBack =
  'node NAMESPACE is not ready and lets no pod go: bring it back, or once it is surely off: kubectl delete node NAMESPACE';

/** A StatefulSet makes no pod anew while the old one may still run somewhere. */
export const lostNodeRows: readonly RestartRow[] = [
  {
    situation: 'a pod of a StatefulSet is to end on a node that is lost',
    objects,
    hasLostNode: true,
    shows,
    then: [{ delete: 'pods/queue-0' }],
    thenShows: { queue: 'Terminating' },
    restarts: {},
    exit: 1,
    says: [new RegExp(`^failed wait-ready statefulset/queue: cannot heal: queue-0 is Terminating, and ${untilBack}$`)],
  },
  {
    situation: 'a pod of a StatefulSet ran with an older value when its node was lost',
    objects,
    hasLostNode: true,
    shows,
    then: [ranOnce, ...rotateA],
    restarts: {},
    exit: 1,
    says: [
      new RegExp(`^kept keep-pod pod/queue-0: runs with an older value of key a of Secret app, but ${untilBack}$`),
      new RegExp(`^failed wait-ready statefulset/queue: cannot heal: queue-0 is \\w+, and ${untilBack}$`),
    ],
  },
];
