import type { ConfigSource, NodeContainer, NodeEnvVar, NodePod, NodeVolume } from './kubelet-pod.ts';
import type { ConfigStore } from './kubelet-secrets.ts';

/** Why a container cannot be given what its pod asks for, in the kubelet's words. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

type Resource = 'secrets' | 'configmaps';

const kinds = { secrets: 'Secret', configmaps: 'ConfigMap' } as const;
const words = { secrets: 'secret', configmaps: 'configmap' } as const;

/**
 * The environment that a container starts with: first `envFrom`, then `env` in its order. Throws at the first thing
 * that is missing, so a container with many missing keys names one at a time.
 */
export function containerEnv(store: ConfigStore, pod: NodePod, container: NodeContainer): Map<string, string> {
  const env = new Map<string, string>();
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? []) {
    const resource = secretRef ? 'secrets' : 'configmaps';
    const data = sourceData(store, pod, resource, secretRef ?? configMapRef ?? {});
    for (const [key, value] of Object.entries(data ?? {})) {
      env.set(`${prefix}${key}`, decoded(resource, value));
    }
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(store, pod, variable);
    if (value !== undefined) {
      env.set(variable.name, expand(value, env));
    }
  }
  return env;
}

function variableValue(store: ConfigStore, pod: NodePod, { value, valueFrom }: NodeEnvVar): string | undefined {
  if (valueFrom?.secretKeyRef) {
    return keyValue(store, pod, 'secrets', valueFrom.secretKeyRef);
  }
  if (valueFrom?.configMapKeyRef) {
    return keyValue(store, pod, 'configmaps', valueFrom.configMapKeyRef);
  }
  return valueFrom?.fieldRef ? fieldValue(pod, valueFrom.fieldRef.fieldPath) : value;
}

function keyValue(
  store: ConfigStore,
  pod: NodePod,
  resource: Resource,
  { name = '', key, optional = false }: { name?: string; key: string; optional?: boolean },
): string | undefined {
  const data = sourceData(store, pod, resource, { name, optional });
  const value = data && Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined && !optional) {
    throw new ConfigProblem(`couldn't find key ${key} in ${kinds[resource]} ${pod.metadata.namespace}/${name}`);
  }
  return value === undefined ? undefined : decoded(resource, value);
}

function decoded(resource: Resource, value: string): string {
  return resource === 'secrets' ? Buffer.from(value, 'base64').toString('utf8') : value;
}

function fieldValue(pod: NodePod, path: string): string {
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
    'status.podIP': pod.status?.podIP,
  };
  return fields[path] ?? '';
}

/** `$(NAME)` of a variable that is already set; anything else stays as it is. */
function expand(value: string, env: ReadonlyMap<string, string>): string {
  return value.replace(/\$\(([\w.-]+)\)/g, (whole, name: string) => env.get(name) ?? whole);
}

/** As it is stored. Undefined for an optional source that is not there; otherwise its absence is the problem. */
function sourceData(
  store: ConfigStore,
  pod: NodePod,
  resource: Resource,
  { name = '', optional = false }: ConfigSource,
): Readonly<Record<string, string>> | undefined {
  const object = store.get(resource, pod.metadata.namespace, name);
  if (!object) {
    if (optional) {
      return undefined;
    }
    throw new ConfigProblem(`${words[resource]} "${name}" not found`);
  }
  return (object['data'] ?? {}) as Record<string, string>;
}

/** What keeps a pod's volumes from being mounted, in the kubelet's words. Those that no container mounts it passes over. */
export function mountProblems(store: ConfigStore, pod: NodePod): readonly string[] {
  const { initContainers = [], containers, volumes = [] } = pod.spec;
  const mounted = new Set(
    [...initContainers, ...containers].flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)),
  );
  return volumes.flatMap((volume) => {
    const problem = mounted.has(volume.name) ? volumeProblem(store, pod, volume) : undefined;
    return problem === undefined ? [] : [`MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`];
  });
}

function volumeProblem(store: ConfigStore, pod: NodePod, volume: NodeVolume): string | undefined {
  const { secret, configMap, projected, csi } = volume;
  if (secret) {
    const { secretName = '', ...rest } = secret;
    return sourceProblem(store, pod, 'secrets', { name: secretName, ...rest });
  }
  if (configMap) {
    return sourceProblem(store, pod, 'configmaps', configMap);
  }
  if (csi) {
    // No driver runs here, and kubelet asks for one before it looks up the Secret that the driver is to be given.
    return `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${csi.driver} not found in the list of registered CSI drivers`;
  }
  const problems = (projected?.sources ?? []).flatMap((source) => [
    ...(source.secret ? [sourceProblem(store, pod, 'secrets', source.secret)] : []),
    ...(source.configMap ? [sourceProblem(store, pod, 'configmaps', source.configMap)] : []),
  ]);
  const found = problems.filter((problem) => problem !== undefined);
  return found.length > 1 ? `[${found.join(', ')}]` : found[0];
}

function sourceProblem(store: ConfigStore, pod: NodePod, resource: Resource, source: ConfigSource): string | undefined {
  try {
    const data = sourceData(store, pod, resource, source);
    const missing = (source.items ?? []).find(({ key }) => source.optional !== true && !Object.hasOwn(data ?? {}, key));
    return missing && `references non-existent ${resource === 'secrets' ? 'secret' : 'config'} key: ${missing.key}`;
  } catch (error) {
    if (error instanceof ConfigProblem) {
      return error.message;
    }
    throw error;
  }
}
