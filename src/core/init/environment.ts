import { findObject } from '../cluster/find-object.ts';
import type { Container, EnvVar } from '../cluster/kubernetes-pod.ts';
import type { ConfigMap } from '../cluster/kubernetes.ts';

/** What a variable gets: a text that anybody may read, the key of a Secret, or something that cannot be told. */
export type VariableSource =
  | { readonly from: 'text'; readonly text: string }
  | { readonly from: 'secret'; readonly secret: string; readonly key: string }
  | { readonly from: 'unknown' };

/** The variables of a container as far as they can be told without running it; the later one of a name wins. */
export function environment(
  container: Container,
  namespace: string,
  configMaps: readonly ConfigMap[],
): ReadonlyMap<string, VariableSource> {
  const dataOf: DataOf = (name = '') => findObject(configMaps, { namespace, name })?.data ?? {};
  const taken = (container.envFrom ?? []).flatMap(({ prefix = '', configMapRef }) =>
    Object.entries(dataOf(configMapRef?.name)).map(([key, text]) => [`${prefix}${key}`, textSource(text)] as const),
  );
  const named = (container.env ?? []).map((variable) => [variable.name, sourceOf(variable, dataOf)] as const);
  return new Map([...taken, ...named]);
}

type DataOf = (configMap: string | undefined) => Readonly<Record<string, string>>;

function sourceOf({ value, valueFrom }: EnvVar, dataOf: DataOf): VariableSource {
  const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (secretKeyRef?.name !== undefined) return { from: 'secret', secret: secretKeyRef.name, key: secretKeyRef.key };
  return textSource(configMapKeyRef === undefined ? value : dataOf(configMapKeyRef.name)[configMapKeyRef.key]);
}

function textSource(text: string | undefined): VariableSource {
  return text === undefined ? { from: 'unknown' } : { from: 'text', text };
}
