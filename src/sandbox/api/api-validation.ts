import type { ResourceType } from '../resources.ts';
import { isSameJson } from '../store/same-json.ts';
import type { NewObject, StoredObject } from '../store/stored-object.ts';
import { ApiProblem } from './api-problem.ts';

interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

const largestSecret = 1_048_576;
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
  "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const nameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function invalidValue(field: string, value: string, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

function forbidden(field: string, why: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
}

function refuse(type: ResourceType, name: string, causes: readonly Cause[]): void {
  if (causes.length === 0) {
    return;
  }
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  throw new ApiProblem(422, 'Invalid', `${type.kind} "${name}" is invalid: ${text}`, {
    name,
    ...(type.group !== '' && { group: type.group }),
    kind: type.kind,
    causes,
  });
}

/** Refuses with 422 an object that the API would not let in. */
export function validateNew(type: ResourceType, object: NewObject): void {
  const name = object.metadata.name ?? object.metadata.generateName ?? '';
  const checked = object.metadata.name ?? `${name}x`;
  const isName =
    checked.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(checked);
  refuse(type, name, [
    ...(isName ? [] : [invalidValue('metadata.name', checked, nameRule)]),
    ...(type.name === 'secrets' ? secretCauses(object) : []),
  ]);
}

/** Refuses with 422 a change that the API would not let through. */
export function validateChange(type: ResourceType, before: StoredObject, after: StoredObject): void {
  const { name, uid } = before.metadata;
  refuse(type, name, [
    ...(after.metadata.uid === uid ? [] : [invalidValue('metadata.uid', after.metadata.uid, 'field is immutable')]),
    ...(type.name === 'secrets' ? [...secretCauses(after), ...secretChangeCauses(before, after)] : []),
    ...(type.name === 'configmaps' ? immutableCauses(before, after) : []),
    ...(type.name === 'pods' ? podChangeCauses(before, after) : []),
    ...(type.group === 'apps' ? selectorCauses(before, after) : []),
  ]);
}

function dataOf(object: NewObject): Record<string, string> {
  return (object['data'] ?? {}) as Record<string, string>;
}

function secretCauses(object: NewObject): Cause[] {
  const data = dataOf(object);
  const keys = Object.keys(data).sort();
  const size = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
  return [
    ...keys
      .filter((key) => key.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => invalidValue(`data[${key}]`, key, keyRule)),
    ...(size > largestSecret
      ? [
          {
            reason: 'FieldValueTooLong',
            message: `Too long: may not be more than ${largestSecret} bytes`,
            field: 'data',
          },
        ]
      : []),
    ...requiredKeys(String(object['type']))
      .filter((key) => !Object.hasOwn(data, key))
      .map((key) => ({ reason: 'FieldValueRequired', message: 'Required value', field: `data[${key}]` })),
  ];
}

function requiredKeys(secretType: string): readonly string[] {
  switch (secretType) {
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'];
    case 'kubernetes.io/dockerconfigjson':
      return ['.dockerconfigjson'];
    default:
      return [];
  }
}

function secretChangeCauses(before: StoredObject, after: StoredObject): Cause[] {
  return [
    ...(before['type'] === after['type'] ? [] : [invalidValue('type', String(after['type']), 'field is immutable')]),
    ...immutableCauses(before, after),
  ];
}

function immutableCauses(before: StoredObject, after: StoredObject): Cause[] {
  if (before['immutable'] !== true) {
    return [];
  }
  const why = 'field is immutable when `immutable` is set';
  return [
    ...(after['immutable'] === true ? [] : [forbidden('immutable', why)]),
    ...['data', 'binaryData']
      .filter((field) => !isSameJson(before[field] ?? {}, after[field] ?? {}))
      .map((field) => forbidden(field, why)),
  ];
}

interface SpecWithContainers {
  containers?: { image?: string }[];
  initContainers?: { image?: string }[];
  activeDeadlineSeconds?: number;
  tolerations?: unknown;
  terminationGracePeriodSeconds?: number;
}

/** A running pod's spec, with what may be changed in it left out. */
function fixedPartOfPod(object: StoredObject): unknown {
  const spec = structuredClone(object['spec'] ?? {}) as SpecWithContainers & Record<string, unknown>;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    delete container.image;
  }
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds', 'schedulingGates']) {
    Reflect.deleteProperty(spec, field);
  }
  return spec;
}

function podChangeCauses(before: StoredObject, after: StoredObject): Cause[] {
  return isSameJson(fixedPartOfPod(before), fixedPartOfPod(after))
    ? []
    : [
        forbidden(
          'spec',
          'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
            '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
            '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
        ),
      ];
}

function selectorCauses(before: StoredObject, after: StoredObject): Cause[] {
  const selector = (object: StoredObject): unknown =>
    (object['spec'] as Record<string, unknown> | undefined)?.['selector'];
  return isSameJson(selector(before), selector(after))
    ? []
    : [invalidValue('spec.selector', JSON.stringify(selector(after)), 'field is immutable')];
}
