import { isObject, setOrRemove, type Json, type JsonObject } from './api-json.ts';
import { jsonPatch } from './api-json-patch.ts';
import { ApiProblem, badRequest } from './api-problem.ts';
import { strategicMerge } from './api-strategic-merge.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** Which kind of patch a media type is; 415 where the sandbox, or that kind of object, does not take it. */
export function patchTypeOf(mediaType: string, options: { custom: boolean }): PatchType {
  const accepted = new Map<string, PatchType>([
    ['application/json-patch+json', 'json'],
    ['application/merge-patch+json', 'merge'],
    ['application/apply-patch+yaml', 'apply'],
    ...(options.custom ? [] : [['application/strategic-merge-patch+json', 'strategic'] as const]),
  ]);
  const found = accepted.get(mediaType);
  if (!found) {
    throw unsupported(
      'the body of the request was in an unknown format - accepted media types include: ' +
        [...accepted.keys()].join(', '),
    );
  }
  return found;
}

function unsupported(message: string): ApiProblem {
  return new ApiProblem(415, 'UnsupportedMediaType', message);
}

/** Applies a patch to a copy. */
export function applyPatch(type: Exclude<PatchType, 'apply'>, target: Json, patch: Json): Json {
  if (type === 'json') {
    if (!Array.isArray(patch)) {
      throw badRequest('error decoding patch: the patch is not a JSON array');
    }
    return jsonPatch(target, patch);
  }
  if (!isObject(patch)) {
    throw badRequest('error decoding patch: the patch is not a JSON object');
  }
  return type === 'merge' ? mergePatch(target, patch) : strategicMerge(target, patch);
}

/** RFC 7386. */
function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) {
    return patch;
  }
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    setOrRemove(result, key, value === null ? undefined : mergePatch(result[key], value));
  }
  return result;
}
