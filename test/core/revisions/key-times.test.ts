import { expect, test } from '@jest/globals';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { addedWithSecret, keyTimeAnnotations, notedTimes } from '../../../src/core/revisions/key-times.ts';
import { secret, text } from '../../support/planning-world.ts';

const first = '2026-01-01T00:00:00Z';
const second = '2026-02-02T00:00:00Z';
const third = '2026-03-03T00:00:00Z';

function noting(keys: readonly string[], annotations: Readonly<Record<string, string>>): Secret {
  const built = secret('shop', 'app', Object.fromEntries(keys.map((key) => [key, text(8)])));
  return { ...built, metadata: { ...built.metadata, annotations } };
}

/** What is noted after each of the writes, one after the other; a write leaves the keys that it names. */
function after(...writes: readonly { keys: readonly string[]; written: readonly string[]; at: string }[]) {
  const annotations = writes.reduce<Readonly<Record<string, string>>>(
    (noted, { keys, written, at }) => ({ ...noted, ...keyTimeAnnotations(noting(keys, noted), written, at) }),
    {},
  );
  const { changed, added } = notedTimes({ name: 'app', annotations });
  return { changed: Object.fromEntries(changed), added: Object.fromEntries(added) };
}

test('a key that was there is noted as changed, one that was absent as added', () => {
  expect(after({ keys: ['a', 'kept'], written: ['a', 'b'], at: first })).toEqual({
    changed: { a: first },
    added: { b: first },
  });
});

test('a later write keeps the times of the keys that it leaves alone, and drops those of keys that are gone', () => {
  const one = { keys: ['a', 'gone'], written: ['a', 'b', 'gone'], at: first };
  expect(after(one, { keys: ['a', 'b'], written: ['b'], at: second })).toEqual({
    changed: { a: first, b: second },
    added: { b: first },
  });
});

test('a key that is added back is still known to have changed before', () => {
  const one = { keys: ['a'], written: ['a'], at: first };
  expect(after(one, { keys: [], written: ['a'], at: second }, { keys: [], written: ['a'], at: third })).toEqual({
    changed: { a: first },
    added: { a: third },
  });
});

test("times that others tell of a key are not noted as c2l's own", () => {
  const others = { ...noting(['a', 'b'], {}), keyChangedAt: new Map([['a', first]]) };
  expect(keyTimeAnnotations(others, ['b'], second)).toEqual({ 'c2l.dev/key-changed-at': `{"b":"${second}"}` });
});

test('keys of a new Secret were added when the server created it', () => {
  const created = { name: 'app', annotations: addedWithSecret(['a', 'b']) };
  expect(notedTimes({ ...created, creationTimestamp: first }).added).toEqual(
    new Map([
      ['a', first],
      ['b', first],
    ]),
  );
  expect(notedTimes(created).added).toEqual(new Map());
});

test.each(['not JSON', '[]', 'null', '7', '{"a":5}'])('what is noted as %s tells nothing', (noted) => {
  const annotations = { 'c2l.dev/key-changed-at': noted, 'c2l.dev/key-added-at': noted };
  const { changed, added } = notedTimes({ name: 'app', annotations });
  expect([changed.size, added.size]).toEqual([0, 0]);
});
