import type { Cluster } from '../../cluster-ports.ts';
import { selectKubeconfig, type KubeconfigOptions } from './kubeconfig.ts';
import { KubernetesApplier } from './kubernetes-applier.ts';
import { checkCredentialFiles } from './kubernetes-credentials.ts';
import { KubernetesHandover } from './kubernetes-handover.ts';
import { KubernetesProbe } from './kubernetes-probe.ts';
import { KubernetesReader } from './kubernetes-reader.ts';
import { Transport } from './kubernetes-transport.ts';
import { KubernetesWriter } from './kubernetes-writer.ts';

export interface ConnectClusterOptions extends KubeconfigOptions {
  readonly requestTimeoutMs: number;
  /** Of c2l, for the User-Agent that stands in audit logs. */
  readonly version?: string;
  /** How retries wait; only tests do it otherwise. */
  readonly pause?: (ms: number) => Promise<void>;
}

/**
 * Reads the kubeconfig and gives the cluster that it names. Nothing is sent yet: whether the server can be reached is
 * told by the first read.
 */
export async function connectCluster(options: ConnectClusterOptions): Promise<Cluster> {
  return Promise.resolve().then(() => openCluster(options));
}

function openCluster(options: ConnectClusterOptions): Cluster {
  const selection = selectKubeconfig(options);
  checkCredentialFiles(selection);
  const transport = new Transport(selection, {
    requestTimeoutMs: options.requestTimeoutMs,
    userAgent: options.version === undefined ? 'c2l' : `c2l/${options.version}`,
    pause: options.pause,
  });
  const reader = new KubernetesReader(transport, selection);
  const probe = new KubernetesProbe(transport);
  const writer = new KubernetesWriter(transport);
  const applier = new KubernetesApplier(transport);
  const handover = new KubernetesHandover(transport);
  return {
    context: reader.context,
    server: reader.server,
    defaultNamespace: reader.defaultNamespace,
    namespaceExists: (name) => reader.namespaceExists(name),
    list: (resource, namespace) => reader.list(resource, namespace),
    listSecrets: (namespace) => reader.listSecrets(namespace),
    listRevisions: (namespace) => reader.listRevisions(namespace),
    listDrillSecrets: (namespace) => reader.listDrillSecrets(namespace),
    listArgoCdSecrets: (namespace) => reader.listArgoCdSecrets(namespace),
    readSecret: (namespace, name) => reader.readSecret(namespace, name),
    readLog: (place) => reader.readLog(place),
    copySecret: (namespace, name) => reader.copySecret(namespace, name),
    copyWorkload: (workload) => reader.copyWorkload(workload),
    readNamespace: (name) => reader.readNamespace(name),
    readSynced: (object) => reader.readSynced(object),
    isAllowed: (right) => reader.isAllowed(right),
    listNames: (resource, namespace) => reader.listNames(resource, namespace),
    serverVersion: () => reader.serverVersion(),
    apiGroups: () => reader.apiGroups(),
    apiKinds: (apiVersion) => applier.apiKinds(apiVersion),
    serviceGet: (target) => probe.serviceGet(target),
    podGet: (target) => probe.podGet(target),
    exec: (target) => probe.exec(target),
    createNamespace: (name) => writer.createNamespace(name),
    createSecret: (secret) => writer.createSecret(secret),
    patchSecret: (patch) => writer.patchSecret(patch),
    putBackSecret: (copy) => writer.putBackSecret(copy),
    putBackWorkload: (copy) => writer.putBackWorkload(copy),
    deleteWorkload: (workload) => writer.deleteWorkload(workload),
    deleteSecret: (secret) => writer.deleteSecret(secret),
    rehearseApply: (object) => applier.rehearseApply(object),
    applyObject: (object) => applier.applyObject(object),
    requestSync: (application) => applier.requestSync(application),
    annotate: (object) => writer.annotate(object),
    patchSynced: (object, patch) => writer.patchSynced(object, patch),
    evictPod: (pod) => writer.evictPod(pod),
    deletePod: (pod) => writer.deletePod(pod),
    restartWorkload: (workload) => writer.restartWorkload(workload),
    scaleWorkload: (workload) => writer.scaleWorkload(workload),
    createSecretWriter: (made) => handover.createSecretWriter(made),
    deleteSecretWriter: (made) => handover.deleteSecretWriter(made),
    releaseSecret: (secret) => handover.releaseSecret(secret),
    close: () => {
      transport.close();
    },
  };
}
