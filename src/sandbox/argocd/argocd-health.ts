import { apiTime } from '../api/api-time.ts';
import type { Controller, ControlPlane } from '../controllers/control-plane.ts';
import { WorkQueue } from '../controllers/work-queue.ts';
import type { StoredObject } from '../store/stored-object.ts';

/** From the best to the worst: an Application is as well as its worst resource. */
const ranks = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded'] as const;

type Health = (typeof ranks)[number];

interface DeployedResource {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface ApplicationStatus {
  readonly resources?: readonly DeployedResource[];
  readonly health?: { readonly status: Health; readonly lastTransitionTime: string };
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly updateStrategy?: { readonly type?: string };
}

interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
}

const watched: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Service: 'services',
};

/**
 * Keeps the health of Applications as Argo CD computes it: from what they deploy and not from pods. So a pod that
 * cannot start leaves its Deployment Progressing until the progress deadline, and its StatefulSet for ever.
 */
export function applicationHealth(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const application = plane.store.get('applications', namespace, name);
    if (application) {
      assess(plane, application);
    }
  });
  const resources = new Set([...Object.values(watched), 'applications']);
  return {
    observe({ resource, object }) {
      if (!resources.has(resource)) {
        return;
      }
      for (const { metadata, ...application } of plane.store.list('applications')) {
        const { resources: deployed = [] } = (application['status'] ?? {}) as ApplicationStatus;
        const isAffected = deployed.some(
          ({ name, namespace }) => name === object.metadata.name && namespace === object.metadata.namespace,
        );
        if (isAffected || metadata.uid === object.metadata.uid) {
          queue.add(metadata.namespace ?? '', metadata.name, 500);
        }
      }
    },
  };
}

function assess(plane: ControlPlane, application: StoredObject): void {
  const { namespace, name } = application.metadata;
  const { resources = [], health } = (application['status'] ?? {}) as ApplicationStatus;
  const worst = Math.max(0, ...resources.map((resource) => ranks.indexOf(healthOf(plane, resource))));
  const status = ranks[worst];
  if (health?.status === status) {
    return;
  }
  plane.store.mutate('applications', namespace, name, (draft) => {
    const lastTransitionTime = apiTime(plane.clock.now());
    draft['status'] = { ...(draft['status'] as ApplicationStatus), health: { status, lastTransitionTime } };
  });
}

function healthOf(plane: ControlPlane, { kind, namespace, name }: DeployedResource): Health {
  const resource = watched[kind];
  // Of every other kind, such as a Secret, Argo CD looks at no health.
  if (resource === undefined) {
    return 'Healthy';
  }
  const object = plane.store.get(resource, namespace, name);
  if (!object) {
    return 'Missing';
  }
  switch (kind) {
    case 'Deployment':
      return deploymentHealth(object);
    case 'StatefulSet':
      return statefulSetHealth(object);
    case 'DaemonSet':
      return daemonSetHealth(object);
    default:
      return 'Healthy';
  }
}

function deploymentHealth(deployment: StoredObject): Health {
  const { replicas = 1, paused = false } = deployment['spec'] as WorkloadSpec;
  const status = (deployment['status'] ?? {}) as WorkloadStatus;
  if (paused) {
    return 'Suspended';
  }
  if (status.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded')) {
    return 'Degraded';
  }
  return isObserved(deployment, status) && isRolledOut(status, replicas) ? 'Healthy' : 'Progressing';
}

function isRolledOut(status: WorkloadStatus, wanted: number): boolean {
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status;
  return updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= updatedReplicas;
}

function statefulSetHealth(statefulSet: StoredObject): Health {
  const { replicas = 1 } = statefulSet['spec'] as WorkloadSpec;
  const status = (statefulSet['status'] ?? {}) as WorkloadStatus;
  const isDone = (status.readyReplicas ?? 0) >= replicas && status.currentRevision === status.updateRevision;
  return isObserved(statefulSet, status) && isDone ? 'Healthy' : 'Progressing';
}

/** Where pods are replaced only once somebody deletes them, Argo CD asks no further. */
function daemonSetHealth(daemonSet: StoredObject): Health {
  const { updateStrategy } = daemonSet['spec'] as WorkloadSpec;
  const {
    desiredNumberScheduled = 0,
    updatedNumberScheduled = 0,
    numberAvailable = 0,
    ...status
  } = (daemonSet['status'] ?? {}) as WorkloadStatus;
  if (!isObserved(daemonSet, status)) {
    return 'Progressing';
  }
  const isRolled = updatedNumberScheduled >= desiredNumberScheduled && numberAvailable >= desiredNumberScheduled;
  return updateStrategy?.type === 'OnDelete' || isRolled ? 'Healthy' : 'Progressing';
}

function isObserved({ metadata }: StoredObject, status: WorkloadStatus): boolean {
  return status.observedGeneration === metadata.generation;
}
