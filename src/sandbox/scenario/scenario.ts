import { OperatorError } from '../../errors.ts';
import { apiTime } from '../api/api-time.ts';
import { applicationsFor, argocdInstallation, tracked } from '../argocd/argocd.ts';
import type { ControlPlane } from '../controllers/control-plane.ts';
import { deletePod } from '../controllers/owned-pods.ts';
import { nodeMilliCpu, nodeName } from '../controllers/scheduler.ts';
import { asPod } from '../kubelet/kubelet-pod.ts';
import type { Kubelet } from '../kubelet/kubelet.ts';
import type { NewObject } from '../store/stored-object.ts';
import { stackManifests } from './scenario-manifests.ts';
import { createObjects } from './scenario-objects.ts';
import type { SecretValues } from './scenario-values.ts';

export const scenarios = ['incident', 'total-secret-loss', 'healthy', 'empty'] as const;

export type Scenario = (typeof scenarios)[number];

const namespace = 'cloudtolocalllm';
const secretName = 'cloudtolocalllm-secrets';

/** What was left of the Secret in the incident. */
const keptInIncident: readonly string[] = ['jwt-secret', 'postgres-user', 'postgres-password'];

const minute = 60_000;

/** Longer than the progress deadline of a Deployment, so that Argo CD has had the time to notice. */
export const historyMs = 17 * minute;

export interface Stage {
  readonly plane: ControlPlane;
  readonly kubelet: Kubelet;
  readonly values: SecretValues;
  readonly pullCredentials: string;
  /** Lets cluster time pass at once. */
  advance(ms: number): void;
}

/** Throws OperatorError `usage` for a name that is none. */
export function asScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario === name);
  if (!found) {
    throw new OperatorError('usage', `no scenario '${name}'`, { hint: `scenarios: ${scenarios.join(', ')}` });
  }
  return found;
}

/** Plays what has happened in the cluster until now: `historyMs` of it. */
export function playScenario(scenario: Scenario, stage: Stage): void {
  installCluster(stage);
  if (scenario === 'incident') {
    playIncident(stage);
  } else if (scenario === 'total-secret-loss') {
    playTotalSecretLoss(stage);
  } else {
    // An empty cluster has Argo CD, and nothing for it to deploy.
    if (scenario === 'healthy') installStack(stage, [...stage.values.keys()]);
    stage.advance(historyMs);
  }
}

/** The stack was deployed anew over its old data, from a Secret that had lost most of its keys. */
function playIncident(stage: Stage): void {
  // Initialised long ago, with the password of the backup: no other one opens it.
  stage.kubelet.claimedDisk(namespace, 'data-postgres-auth-0').postgres = {
    user: 'appuser',
    password: stage.values.get('postgres-auth-password') ?? '',
    databases: ['postgres', 'template1', 'auth'],
    tables: new Set(),
  };
  installStack(stage, keptInIncident);
  stage.advance(historyMs);
}

/** All was well until the Secret was deleted; then the node was drained, and nothing could start again. */
function playTotalSecretLoss(stage: Stage): void {
  const { store } = stage.plane;
  installStack(stage, [...stage.values.keys()]);
  stage.advance(5 * minute);
  store.remove('secrets', namespace, secretName);
  stage.advance(minute);
  for (const pod of store.list('pods', namespace)) {
    deletePod(stage.plane, asPod(pod));
  }
  stage.advance(historyMs - 6 * minute);
}

function installCluster(stage: Stage): void {
  const names = ['default', 'kube-system'];
  createObjects(
    stage.plane.store,
    names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  createObjects(stage.plane.store, [sandboxNode(stage.plane.clock.now()), ...argocdInstallation()]);
}

function sandboxNode(now: Date): NewObject {
  const amount = { cpu: `${nodeMilliCpu}m`, memory: '8Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName, labels: { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' } },
    spec: {},
    status: {
      capacity: amount,
      allocatable: amount,
      addresses: [
        { type: 'InternalIP', address: '10.250.0.1' },
        { type: 'Hostname', address: nodeName },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastHeartbeatTime: apiTime(now),
          lastTransitionTime: apiTime(now),
        },
      ],
      nodeInfo: { kubeletVersion: 'v1.36.0', operatingSystem: 'linux', osImage: 'c2l sandbox' },
    },
  };
}

/** As Argo CD would: the namespace and what everything needs first, then the workloads. */
function installStack(stage: Stage, keys: readonly string[]): void {
  const manifests = stackManifests(namespace).map((object) =>
    object.kind === 'Namespace' ? openToDrills(object) : object,
  );
  const isFirst = ({ kind }: NewObject): boolean => ['Namespace', 'ConfigMap', 'Secret'].includes(kind);
  const workloads = manifests.filter((object) => !isFirst(object)).map(tracked);
  createObjects(stage.plane.store, [
    ...manifests.filter(isFirst),
    stackSecret(stage.values, keys),
    pullSecret(stage.pullCredentials),
    ...applicationsFor(workloads, namespace),
    ...workloads,
  ]);
}

/** Nothing of worth can be lost here. */
function openToDrills(object: NewObject): NewObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, 'c2l.dev/dr-drill': 'allowed' } } };
}

function named(name: string): { name: string; namespace: string } {
  return { name, namespace };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function stackSecret(values: SecretValues, keys: readonly string[]): NewObject {
  const kept = [...values].filter(([key]) => keys.includes(key));
  const data = Object.fromEntries(kept.map(([key, value]) => [key, base64(value)]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: named(secretName), type: 'Opaque', data };
}

function pullSecret(credentials: string): NewObject {
  const data = { '.dockerconfigjson': base64(credentials) };
  const type = 'kubernetes.io/dockerconfigjson';
  return { apiVersion: 'v1', kind: 'Secret', metadata: named('regcred'), type, data };
}
