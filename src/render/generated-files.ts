import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { Commented, type GeneratedFile } from '../core/generate/generated-file.ts';
import { printableJson } from './printable.ts';

export function fileText(file: GeneratedFile): string {
  return 'text' in file ? file.text : file.documents.map(documentText).join('---\n');
}

/** Several files on one stream: YAML documents, so that `kubectl apply -f -` takes them all. */
export function filesText(files: readonly GeneratedFile[]): string {
  return files.map(fileText).join('---\n');
}

export function filesJson(kind: string, files: readonly GeneratedFile[]): string {
  const found = files.map((file) => ({ path: file.path, text: fileText(file) }));
  return `${printableJson(JSON.stringify({ schemaVersion: 1, command: 'generate', kind, files: found }, null, 2))}\n`;
}

function documentText(value: unknown): string {
  const document = new Document();
  document.contents = toNode(value);
  return printableJson(document.toString({ lineWidth: 0, flowCollectionPadding: false, singleQuote: true }));
}

function toNode(value: unknown): Node {
  if (value instanceof Commented) {
    const node = toNode(value.value);
    node.commentBefore = ` ${value.comment}`;
    return node;
  }
  if (Array.isArray(value)) return toSequence(value);
  if (typeof value === 'object' && value !== null) {
    const map = new YAMLMap();
    for (const [key, entry] of Object.entries(value)) map.items.push(new Pair(new Scalar(key), toNode(entry)));
    return map;
  }
  return new Scalar(value);
}

/** Lists of words stand on one line, as people write them in Roles. */
function toSequence(values: readonly unknown[]): Node {
  const sequence = new YAMLSeq();
  sequence.items = values.map(toNode);
  sequence.flow = values.every((value) => typeof value === 'string');
  return sequence;
}
