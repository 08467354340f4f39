import { gunzipSync, gzipSync } from 'node:zlib';

import type { ObjectCopy } from '../../cluster-ports.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { restartedAtAnnotation } from '../../core/workloads/rollout-under-way.ts';
import { asObject, asText, parseObject } from '../json-object.ts';

const keptFields = ['type', 'immutable', 'data', 'spec'] as const;
const keptMetadata = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/** What controllers write, and when something was restarted: neither makes a workload another one. */
const passing = new Set([
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  restartedAtAnnotation,
]);

/** Packed, since a copy of a Secret must fit in a Secret. Undefined where it is no object. */
export function copyOf(object: Readonly<Record<string, unknown>>): ObjectCopy | undefined {
  const metadata = asObject(object['metadata']);
  if (metadata === undefined) return undefined;
  const kept = { ...picked(object, keptFields), metadata: picked(metadata, keptMetadata) };
  const text = JSON.stringify(sorted(kept));
  return {
    uid: asText(metadata['uid']),
    resourceVersion: asText(metadata['resourceVersion']),
    hasFinalizers: Array.isArray(metadata['finalizers']) && metadata['finalizers'].length > 0,
    content: SecretValue.fromBase64(gzipSync(text).toString('base64')),
  };
}

/** The object that makes a Secret or workload what the copy holds. */
export function manifestOf(
  head: { readonly apiVersion: string; readonly kind: string },
  copy: {
    readonly namespace: string;
    readonly name: string;
    readonly content: SecretValue;
    readonly resourceVersion?: string | undefined;
  },
): object {
  const { namespace, name, resourceVersion, content } = copy;
  const kept = parseObject(gunzipSync(Buffer.from(content.revealBase64(), 'base64')).toString('utf8')) ?? {};
  const metadata = { ...asObject(kept['metadata']), namespace, name };
  return { ...kept, ...head, metadata: resourceVersion === undefined ? metadata : { ...metadata, resourceVersion } };
}

function picked(object: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.flatMap((field) => (object[field] === undefined ? [] : [[field, object[field]]])));
}

/** Servers are free in the order of fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  const object = asObject(value);
  if (object === undefined) return value;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([key]) => !passing.has(key))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]): [string, unknown] => [key, sorted(each)])
      .filter(([key, each]) => key !== 'annotations' || Object.keys(asObject(each) ?? {}).length > 0),
  );
}
