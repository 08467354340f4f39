import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readJsonList } from '../../../src/adapters/kubernetes/json-list.ts';

function read(text: string, managers = true): { envelope: unknown; items: unknown[] } | undefined {
  const list = readJsonList(Buffer.from(text), { managers });
  return list && { envelope: list.envelope, items: [...list.items] };
}

const list = { kind: 'PodList', metadata: { continue: 'next' }, items: [{ metadata: { name: 'a' } }, {}, 'no object'] };

describe('a list taken apart', () => {
  test.each([
    ['as the API writes it', JSON.stringify(list)],
    ['with space in it', JSON.stringify(list, null, 2)],
    ['with its items first', JSON.stringify({ items: list.items, metadata: list.metadata, kind: list.kind })],
  ])('%s', (_case, text) => {
    expect(read(text)).toEqual({ envelope: { ...list, items: [] }, items: list.items });
  });

  test('is the same as the whole of it parsed, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (items, more) => {
        const body = { ...more, items };
        expect(read(JSON.stringify(body))).toEqual({
          envelope: JSON.parse(JSON.stringify({ ...more, items: [] })) as unknown,
          items: JSON.parse(JSON.stringify(items)) as unknown,
        });
      }),
    );
  });

  test('leaves out the bookkeeping of field managers, and only that', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (managedFields, more) => {
        const item = { spec: { managedFields: 'kept' }, metadata: { ...more, managedFields, name: 'a' } };
        const parsed = JSON.parse(
          JSON.stringify({ ...item, metadata: { ...item.metadata, managedFields: null } }),
        ) as unknown;
        expect(read(JSON.stringify({ items: [item] }), false)?.items).toEqual([parsed]);
      }),
    );
  });
});

describe('what is no list', () => {
  test.each([
    ['nothing', ''],
    ['another document', '<html>'],
    ['an object without items', '{"kind":"Status"}'],
    ['items that are no list', '{"items":{}}'],
    ['two lists', '{"items":[],"items":[{}]}'],
    ['a list that breaks off', '{"items":[{"metadata":{"name":"a"}},{"meta'],
    ['a list that is not closed', '{"items":[{}]'],
    ['an item that is missing', '{"items":[{},]}'],
    ['something behind the end', '{"items":[]} and more'],
  ])('%s', (_case, text) => {
    expect(read(text)).toBeUndefined();
  });

  test('bytes of any kind: never another failure than that', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, managers) => {
        const text = Buffer.concat([Buffer.from('{"items":[{"metadata":{'), Buffer.from(bytes), Buffer.from('}}]}')]);
        const found = readJsonList(text, { managers });
        try {
          if (found !== undefined) Array.from(found.items);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
