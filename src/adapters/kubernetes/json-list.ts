import { JsonScan, type JsonRange } from './json-scan.ts';

/** A list of the API, its items not parsed yet. */
export interface JsonList {
  /** All of it but its items. */
  readonly envelope: unknown;
  /** Parsed one after the other; throws SyntaxError at one that is no JSON. */
  readonly items: Iterable<unknown>;
}

/** An item, and in it the value that is not parsed. */
interface Item extends JsonRange {
  readonly cut: JsonRange | undefined;
}

/**
 * Takes a list apart as bytes, so that its objects are parsed one by one: a page that is parsed as a whole is copied into
 * the long-lived heap before it can be reduced. Without managers, the bookkeeping of field managers is null; it is half
 * of most objects. Undefined where the bytes hold no such list; they may be no JSON at all then.
 */
export function readJsonList(bytes: Buffer, { managers }: { readonly managers: boolean }): JsonList | undefined {
  const scan = new JsonScan(bytes);
  const lists: JsonRange[] = [];
  const items: Item[] = [];
  try {
    scan.object(scan.start, (key, start) => {
      if (key !== 'items') return undefined;
      const end = scan.list(start, (at) => {
        const item = managers ? { start: at, end: scan.valueEnd(at), cut: undefined } : itemWithCut(scan, at);
        items.push(item);
        return item.end;
      });
      lists.push({ start, end });
      return end;
    });
    const [list, ...others] = lists;
    if (list === undefined || others.length > 0) return undefined;
    const envelope: unknown = JSON.parse(`${scan.text(0, list.start)}[]${scan.text(list.end, bytes.length)}`);
    return { envelope, items: parsed(scan, items) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function* parsed(scan: JsonScan, items: readonly Item[]): Generator {
  for (const { start, end, cut } of items) {
    const kept =
      cut === undefined ? scan.text(start, end) : `${scan.text(start, cut.start)}null${scan.text(cut.end, end)}`;
    yield JSON.parse(kept) as unknown;
  }
}

function itemWithCut(scan: JsonScan, start: number): Item {
  if (!scan.isObject(start)) return { start, end: scan.valueEnd(start), cut: undefined };
  let cut: JsonRange | undefined;
  const end = scan.object(start, (field, metadata) => {
    if (field !== 'metadata' || !scan.isObject(metadata)) return undefined;
    return scan.object(metadata, (key, value) => {
      if (key !== 'managedFields') return undefined;
      cut = { start: value, end: scan.valueEnd(value) };
      return cut.end;
    });
  });
  return { start, end, cut };
}
