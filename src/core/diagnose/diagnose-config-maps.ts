import type { PodSpec } from '../cluster/kubernetes-pod.ts';
import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { compareText } from '../compare-text.ts';
import type { Finding, FindingReference } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import { missingConfigMap } from '../workloads/kubelet-message.ts';
import type { Readiness } from '../workloads/readiness.ts';
import { requiredConfigMaps, type ConfigMapReference } from './config-map-references.ts';
import type { Scene } from './diagnosis-scene.ts';

/**
 * ConfigMaps and keys of them that are missing: they look like a missing Secret and are none. All of a namespace where
 * its ConfigMaps were read; else the one that kubelet names.
 */
export function diagnoseConfigMaps(scene: Scene): Finding[] {
  const lacks = new Map<string, Lack>();
  const known = scene.snapshot.closer?.configMapNamespaces ?? new Set();
  const missingIn = readMissing(scene);
  for (const { id, ref, podSpec } of scene.workloads) {
    const missing = known.has(ref.namespace)
      ? requiredConfigMaps(ref, podSpec).flatMap(missingIn)
      : namedByKubelet(scene.readiness.get(id), ref, podSpec);
    for (const each of missing) note(lacks, each);
  }
  return [...lacks].sort(([left], [right]) => compareText(left, right)).map(([, lack]) => toFinding(scene, lack));
}

interface Missing {
  readonly reference: ConfigMapReference;
  readonly isWhole: boolean;
}

interface Lack {
  readonly object: ObjectRef;
  /** Undefined where the whole ConfigMap is missing. */
  readonly key: string | undefined;
  readonly keys: Set<string>;
  readonly references: ConfigMapReference[];
}

function readMissing({ snapshot: { closer } }: Scene): (reference: ConfigMapReference) => Missing[] {
  const there = new Map(
    (closer?.configMaps ?? []).map(({ metadata, data, binaryData }) => [
      `${metadata.namespace ?? ''}/${metadata.name}`,
      new Set([...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})]),
    ]),
  );
  return (reference) => {
    const keys = there.get(`${reference.namespace}/${reference.configMap}`);
    if (keys === undefined) return [{ reference, isWhole: true }];
    return reference.key === undefined || keys.has(reference.key) ? [] : [{ reference, isWhole: false }];
  };
}

function namedByKubelet(seen: Readiness | undefined, ref: ObjectRef, podSpec: PodSpec): Missing[] {
  const told = missingConfigMap(seen?.worst?.state.message);
  if (told === undefined) return [];
  return requiredConfigMaps(ref, podSpec)
    .filter(({ configMap, key }) => configMap === told.name && (told.key === undefined || key === told.key))
    .map((reference) => ({ reference, isWhole: told.key === undefined }));
}

function note(lacks: Map<string, Lack>, { reference, isWhole }: Missing): void {
  const { namespace, configMap, key } = reference;
  const id = [namespace, configMap, isWhole ? '' : (key ?? '')].join('/');
  const lack: Lack = lacks.get(id) ?? {
    object: { kind: 'ConfigMap', namespace, name: configMap },
    key: isWhole ? undefined : key,
    keys: new Set(),
    references: [],
  };
  if (key !== undefined) lack.keys.add(key);
  lack.references.push(reference);
  lacks.set(id, lack);
}

function toFinding(scene: Scene, { object, key, keys, references }: Lack): Finding {
  const users = [...new Map(references.map((each) => [refId(each), workloadOf(each)])).values()];
  const needed = `, which ${listText(users.map(refText))} ${users.length === 1 ? 'needs' : 'need'}`;
  const common = { object, references: references.map(placeOf), blocks: scene.blocks(users) };
  const { namespace, name } = object;
  if (key !== undefined) {
    return newFinding('configmap-key-missing', {
      ...common,
      key,
      message: `${refText(object)} lacks key ${key}${needed}; it is no Secret`,
      fix: `kubectl -n ${namespace} edit configmap ${name}`,
    });
  }
  return newFinding('configmap-missing', {
    ...common,
    ...(keys.size === 0 ? {} : { keys: [...keys].sort(compareText) }),
    message: `${refText(object)} does not exist${needed}; it is no Secret`,
    fix: `kubectl -n ${namespace} create configmap ${name} ${contents([...keys].sort(compareText), references)}`,
  });
}

/** Whoever takes all of it names no key. */
function contents(keys: readonly string[], references: readonly ConfigMapReference[]): string {
  if (keys.length > 0) return keys.map((key) => `--from-literal=${key}=VALUE`).join(' ');
  return references.some(({ via }) => via === 'envFrom') ? '--from-env-file=FILE' : '--from-file=FOLDER';
}

function workloadOf({ kind, namespace, name }: ConfigMapReference): ObjectRef {
  return { kind, namespace, name };
}

function placeOf({ kind, namespace, name, container, init, via, optional }: ConfigMapReference): FindingReference {
  return { kind, namespace, name, ...(container && { container }), ...(init && { init }), via, optional };
}
