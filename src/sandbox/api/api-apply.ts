import { isObject, type Json, type JsonObject } from './api-json.ts';
import { appliedNoMore, otherOwners } from './api-managed-fields.ts';
import { createObject, objectFrom, write, type Answer, type ApiContext } from './api-objects.ts';
import { applyPatch } from './api-patch.ts';
import { ApiProblem } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';

/**
 * Server-side apply: what is not there is created; else what was sent is laid over it, unless another manager wants one
 * of its fields otherwise. Of what was applied before and is sent no more, single members of data, labels and annotations
 * are taken away; other fields stay, unlike in the real one.
 */
export function applyObject(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  const applying: ApiRequest = { ...request, operation: 'Apply' };
  const { type, namespace, name = '' } = request;
  const before = context.store.get(type.name, namespace, name);
  const applied = objectFrom(applying, body);
  if (before === undefined) return createObject(context, applying, body);
  const manager = request.query.get('fieldManager') ?? '';
  if (request.query.get('force') !== 'true') {
    const owners = otherOwners(before, applied, manager);
    if (owners.length > 0) throw applyConflict(owners);
  }
  const patch = applied as unknown as JsonObject;
  const stored = before as unknown as Json;
  const laid = applyPatch(type.custom === true ? 'merge' : 'strategic', stored, patch);
  const wanted = objectFrom(applying, isObject(laid) ? laid : {});
  for (const path of appliedNoMore(before, applied, manager)) removeAt(wanted, path);
  return { code: 200, body: write(context, applying, { before, wanted }) };
}

function removeAt(object: object, path: readonly string[]): void {
  const holder = path
    .slice(0, -1)
    .reduce<Json | undefined>((value, step) => (isObject(value) ? value[step] : undefined), object as JsonObject);
  if (isObject(holder)) Reflect.deleteProperty(holder, path.at(-1) ?? '');
}

function applyConflict(owners: readonly { manager: string; field: string }[]): ApiProblem {
  const many = `${owners.length} conflict${owners.length === 1 ? '' : 's'}`;
  const causes = owners.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}"`,
    field,
  }));
  return new ApiProblem(409, 'Conflict', `Apply failed with ${many}`, { causes });
}
