import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { madeByLine, type ComparedFile, type FileText } from '../core/generate/compare-files.ts';
import { Commented, type GeneratedFile } from '../core/generate/generated-file.ts';
import type { MadeFile } from '../core/generate/make-kinds.ts';
import { lookedUp, type GeneratedAnswer } from '../core/reports/answers.ts';
import { wrap } from './layout.ts';
import { printableJson } from './printable.ts';

/** The file as it lies on disk: its first line says what makes it again. */
export function fileText({ file, madeBy }: MadeFile): FileText {
  return { path: file.path, text: `${heading(file, madeBy)}${bodyText(file)}` };
}

/** Several files on one stream: YAML documents, so that `kubectl apply -f -` takes them all. */
export function filesText(files: readonly FileText[]): string {
  return files.map(({ text }) => text).join('---\n');
}

export function filesJson(kind: string, files: readonly FileText[]): string {
  return jsonText({ ...lookedUp, command: 'generate', kind, files });
}

/** What `--check` found, for programs. */
export function checkJson(kind: string, files: readonly ComparedFile[]): string {
  const verdict = files.every(({ state }) => state === 'unchanged') ? 'ok' : 'problems';
  return jsonText({ ...lookedUp, command: 'generate', verdict, kind, files });
}

function jsonText(answer: GeneratedAnswer): string {
  return `${printableJson(JSON.stringify(answer, null, 2))}\n`;
}

/** JSON knows no comments: what makes such a file writes the line into a description of its own. */
function heading(file: GeneratedFile, madeBy: string): string {
  const line = madeByLine(madeBy);
  if (file.path.endsWith('.json')) return '';
  if (file.path.endsWith('.md')) return `<!-- ${line} -->\n\n`;
  const comment = 'documents' in file ? file.comment : undefined;
  return `# ${line}\n${comment === undefined ? '' : `#\n${commentLines(comment).replaceAll(/^/gm, '#')}\n`}\n`;
}

function bodyText(file: GeneratedFile): string {
  return 'text' in file ? file.text : file.documents.map(documentText).join('---\n');
}

function documentText(value: unknown): string {
  const document = new Document();
  document.contents = toNode(value);
  return printableJson(document.toString({ lineWidth: 0, flowCollectionPadding: false, singleQuote: true }));
}

function toNode(value: unknown): Node {
  if (value instanceof Commented) {
    const node = toNode(value.value);
    node.commentBefore = commentLines(value.comment);
    return node;
  }
  if (Array.isArray(value)) return toSequence(value);
  if (typeof value === 'object' && value !== null) {
    const map = new YAMLMap();
    for (const [key, entry] of Object.entries(value)) map.items.push(toPair(key, entry));
    return map;
  }
  return toScalar(value);
}

/** The comment of an entry stands above its key, where it is looked for. */
function toPair(key: string, entry: unknown): Pair {
  const name = new Scalar(key);
  if (!(entry instanceof Commented)) return new Pair(name, toNode(entry));
  name.commentBefore = commentLines(entry.comment);
  return new Pair(name, toNode(entry.value));
}

/** Text of several lines stands as such, as people write scripts and expressions. */
function toScalar(value: unknown): Scalar {
  const scalar = new Scalar(value);
  if (typeof value === 'string' && value.includes('\n')) scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

/** Beyond it a list has one entry a line. */
const longestLine = 100;

function commentLines(text: string): string {
  const lines = text.split('\n').flatMap((line) => wrap(line, longestLine));
  return lines.map((line) => (line === '' ? '' : ` ${line}`)).join('\n');
}

/** A few words stand on one line, as people write them in Roles. */
function toSequence(values: readonly unknown[]): Node {
  const sequence = new YAMLSeq();
  sequence.items = values.map(toNode);
  sequence.flow = values.every((value) => typeof value === 'string') && values.join(', ').length <= longestLine;
  return sequence;
}
