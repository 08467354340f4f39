import { isSameJson } from '../store/same-json.ts';
import { isObject, setOrRemove, type Json, type JsonObject } from './api-json.ts';
import { ApiProblem } from './api-problem.ts';

/** RFC 6902. A patch that does not fit the object is refused whole. */
export function jsonPatch(target: Json, patch: readonly Json[]): Json {
  const root: JsonObject = { '': structuredClone(target) };
  for (const operation of patch) {
    applyOperation(root, operation);
  }
  return root[''] ?? null;
}

function applyOperation(root: JsonObject, operation: Json): void {
  if (!isObject(operation)) {
    throw doesNotFit();
  }
  const { op, path, from, value } = operation;
  switch (typeof op === 'string' ? op : '') {
    case 'add':
    case 'replace':
      put(root, path, { value: given(value), mustExist: op === 'replace' });
      return;
    case 'remove':
      take(root, path);
      return;
    case 'move':
      put(root, path, { value: take(root, from), mustExist: false });
      return;
    case 'copy':
      put(root, path, { value: structuredClone(read(root, from)), mustExist: false });
      return;
    case 'test':
      if (isSameJson(read(root, path), value)) {
        return;
      }
      throw doesNotFit();
    default:
      throw doesNotFit();
  }
}

function doesNotFit(): ApiProblem {
  return new ApiProblem(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

function given(value: Json | undefined): Json {
  if (value === undefined) {
    throw doesNotFit();
  }
  return value;
}

function locate(root: JsonObject, pointer: Json | undefined): { parent: Json; last: string } {
  if (typeof pointer !== 'string') {
    throw doesNotFit();
  }
  const steps = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let parent: Json = root;
  for (const step of steps) {
    parent = child(parent, step);
  }
  return { parent, last };
}

function child(parent: Json, step: string): Json {
  if (Array.isArray(parent)) {
    return given(parent[indexOf(parent, step)]);
  }
  if (isObject(parent) && Object.hasOwn(parent, step)) {
    return given(parent[step]);
  }
  throw doesNotFit();
}

function indexOf(list: readonly Json[], step: string): number {
  const index = step === '-' ? list.length : Number(step);
  if (!/^(-|0|[1-9]\d*)$/.test(step) || index > list.length) {
    throw doesNotFit();
  }
  return index;
}

function read(root: JsonObject, pointer: Json | undefined): Json {
  const { parent, last } = locate(root, pointer);
  return child(parent, last);
}

function put(root: JsonObject, pointer: Json | undefined, options: { value: Json; mustExist: boolean }): void {
  const { parent, last } = locate(root, pointer);
  if (options.mustExist) {
    child(parent, last);
  }
  if (Array.isArray(parent)) {
    parent.splice(indexOf(parent, last), options.mustExist ? 1 : 0, options.value);
  } else if (isObject(parent)) {
    setOrRemove(parent, last, options.value);
  } else {
    throw doesNotFit();
  }
}

function take(root: JsonObject, pointer: Json | undefined): Json {
  const { parent, last } = locate(root, pointer);
  const taken = child(parent, last);
  if (Array.isArray(parent)) {
    parent.splice(indexOf(parent, last), 1);
  } else if (isObject(parent)) {
    setOrRemove(parent, last, undefined);
  }
  return taken;
}
