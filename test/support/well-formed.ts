/** An element of XML, as far as tests look at it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const token = /<\?[^?]*\?>|<!doctype html>|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** Parses strictly what c2l writes, and throws where a text got out of its place. `empty` names elements without an end. */
export function parseXml(source: string, empty: readonly string[] = []): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new Error(`not well-formed at: ${source.slice(at, at + 80)}`);
    const [, closed, name, attributes = '', selfClosed, text] = match;
    const parent = open.at(-1)!;
    if (text !== undefined) parent.text += text;
    if (closed !== undefined && open.pop()?.name !== closed) throw new Error(`</${closed}> closes nothing`);
    if (name === undefined) continue;
    const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!] as const);
    const element: Element = { name, attributes: Object.fromEntries<string>(pairs), children: [], text: '' };
    parent.children.push(element);
    if (selfClosed !== '/' && !empty.includes(name)) open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  return root;
}

export function elementsOf(root: Element, name: string): Element[] {
  return [...(root.name === name ? [root] : []), ...root.children.flatMap((child) => elementsOf(child, name))];
}
