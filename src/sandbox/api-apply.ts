import { isObject, type Json, type JsonObject } from './api-json.ts';
import { otherOwners } from './api-managed-fields.ts';
import { createObject, objectFrom, write, type Answer, type ApiContext } from './api-objects.ts';
import { applyPatch } from './api-patch.ts';
import { ApiProblem } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';

/**
 * Server-side apply: what is not there is created; else what was sent is laid over it, unless another manager wants one
 * of its fields otherwise. Unlike the real one it takes no field away that was applied before and is sent no more.
 */
export function applyObject(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  const applying: ApiRequest = { ...request, operation: 'Apply' };
  const { type, namespace, name = '' } = request;
  const before = context.store.get(type.name, namespace, name);
  const applied = objectFrom(applying, body);
  if (before === undefined) return createObject(context, applying, body);
  if (request.query.get('force') !== 'true') {
    const owners = otherOwners(before, applied, request.query.get('fieldManager') ?? '');
    if (owners.length > 0) throw applyConflict(owners);
  }
  const patch = applied as unknown as JsonObject;
  const stored = before as unknown as Json;
  const laid = applyPatch(type.custom === true ? 'merge' : 'strategic', stored, patch);
  const wanted = objectFrom(applying, isObject(laid) ? laid : {});
  return { code: 200, body: write(context, applying, { before, wanted }) };
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
