/**
 * The same answer for the same object, computed once: what many parts of a diagnosis ask of one snapshot. Objects are
 * told apart by identity and must not be changed; an answer lives as long as its object.
 */
export function oncePer<K extends object, R>(compute: (key: K) => R): (key: K) => R {
  const known = new WeakMap<K, { readonly answer: R }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.answer;
    const answer = compute(key);
    known.set(key, { answer });
    return answer;
  };
}

const none = {};

/** As `oncePer`, for an answer that depends on a second object, which may be missing. Of those there are few. */
export function oncePerPair<K extends object, L extends object, R>(
  compute: (key: K, second: L | undefined) => R,
): (key: K, second?: L) => R {
  const perSecond = oncePer((second: object) =>
    oncePer((key: K) => compute(key, second === none ? undefined : (second as L))),
  );
  return (key, second) => perSecond(second ?? none)(key);
}

/** As `oncePer`, for an answer that hangs on some parts of its object alone: a copy of it with the same parts has the same. */
export function oncePerParts<K extends object, R>(
  partsOf: (key: K) => readonly [object, ...object[]],
  compute: (key: K) => R,
): (key: K) => R {
  const known = new WeakMap<object, { readonly parts: readonly object[]; readonly answer: R }>();
  return (key) => {
    const parts = partsOf(key);
    const found = known.get(parts[0]);
    if (found?.parts.every((part, index) => part === parts[index])) return found.answer;
    const answer = compute(key);
    known.set(parts[0], { parts, answer });
    return answer;
  };
}
