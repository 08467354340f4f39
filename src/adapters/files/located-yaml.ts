import {
  Composer,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  parseDocument,
  type CST,
  type Document,
  type DocumentOptions,
  type Node,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import type { FileProblem } from './file-refused.ts';

export type LocatedYaml =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** The line of what stands at a path, or of the nearest thing above it. */
      readonly lineOf: (path: readonly (string | number)[]) => number;
      readonly span?: Span;
    }
  | { readonly ok: false; readonly problems: readonly FileProblem[]; readonly span?: Span };

/** Where a document begins and ends in its text. */
type Span = readonly [from: number, to: number];

/** Reads one YAML document and remembers where everything stood. */
export function readYaml(text: string): LocatedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length === 0 && document.contents === null) {
    return { ok: false, problems: [{ line: 1, message: 'is empty' }] };
  }
  return located(document, lineCounter);
}

/**
 * YAML as Kubernetes reads it: version 1.1, in which `on` is true, without the types that its reader does not know
 * either (a date stays text).
 */
const kubernetesYaml: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  logLevel: 'error',
  prettyErrors: false,
  customTags: (tags) =>
    tags.filter(
      (tag) =>
        typeof tag === 'string' ||
        (!/:(timestamp|binary|set|omap|pairs)$/.test(tag.tag) && !('format' in tag && tag.format === 'TIME')),
    ),
};

/** Deeper than any object; the library descends by recursion, and V8 ends the process where its stack ends. */
const deepest = 500;

/** Reads all documents of a text, each by itself, so that one that is broken hides no other. Empty ones are left out. */
export function readYamlDocuments(text: string): LocatedYaml[] {
  const lineCounter = new LineCounter();
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  const found: LocatedYaml[] = [];
  try {
    for (const document of new Composer(kubernetesYaml).compose(shallowTokens(parser, text))) {
      const { contents, errors } = document;
      const isEmpty = errors.length === 0 && (contents === null || isEmptyScalar(contents));
      if (!isEmpty) found.push({ ...located(document, lineCounter, plainJson), span: spanOf(document) });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const { line } = lineCounter.linePos(parser.offset);
    found.push({ ok: false, problems: [{ line: Math.max(1, line), message: tooDeep }] });
  }
  return found;
}

function spanOf({ range: [from, , to] }: Document.Parsed): Span {
  return [from, to];
}

/** Throws RangeError before what it reads is nested too deeply to be composed. */
function* shallowTokens(parser: Parser, text: string): Generator<CST.Token> {
  for (const lexeme of new Lexer().lex(text)) {
    if (parser.stack.length > deepest) throw new RangeError(tooDeep);
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

const tooDeep = 'is nested too deeply: neither it nor what comes after it is read';

function isEmptyScalar(contents: unknown): boolean {
  return isScalar(contents) && contents.value === null;
}

/** Objects of Kubernetes are JSON: what holds itself through an alias is none, and throws. */
function plainJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function located(
  document: Document.Parsed,
  lineCounter: LineCounter,
  plain = (value: unknown): unknown => value,
): LocatedYaml {
  const lineAt = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line);
  const problems = document.errors.map(({ code, message, pos }) => ({
    line: lineAt(pos[0]),
    message: words(code, message),
  }));
  if (problems.length > 0) return { ok: false, problems };
  try {
    const value = plain(document.toJS());
    return { ok: true, value, lineOf: (path) => lineAt(offsetOf(document, path)) };
  } catch {
    const line = lineAt(document.contents?.range[0] ?? 0);
    return { ok: false, problems: [{ line, message: 'YAML aliases that cannot be resolved' }] };
  }
}

function words(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second YAML document begins here, and the file may hold one alone';
  return `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    const found = childOf(node, step);
    if (found === undefined) break;
    node = found.value;
    offset = found.offset ?? offset;
  }
  return offset;
}

function childOf(node: unknown, step: string | number): { value: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { value: item, offset: (item as Node).range?.[0] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { value: pair.value, offset: (pair.key as Node).range?.[0] };
}
