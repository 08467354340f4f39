import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { parsedJson } from '../../src/core/parsed-json.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

export interface ReportSchema {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The schema that scripts are promised. */
export const reportSchemaFile = fileURLToPath(new URL('../../docs/report.schema.json', import.meta.url));

type Judge = (document: ReportLike) => readonly string[];

interface ReportLike {
  readonly command: string;
}

let judge: Judge | undefined;

/** What of a document on standard output is not as the schema says, where it is a report; a field too many counts as well. */
export function reportTroubles(stdout: string): readonly string[] {
  if (!stdout.startsWith('{\n  "schemaVersion": ')) return [];
  judge ??= createJudge(JSON.parse(readFileSync(reportSchemaFile, 'utf8')) as ReportSchema);
  const document = parsedJson(stdout) as ReportLike | undefined;
  return document === undefined ? ['what it printed is not one JSON document'] : judge(document);
}

function createJudge(schema: ReportSchema): Judge {
  const ajv = new Ajv({ allErrors: true }).addSchema(closed(schema) as ReportSchema, 'report');
  return (document) => {
    const names = definitionsOf(document, schema);
    if (names.length === 0) return [`no report of the schema is of command ${document.command}`];
    const troubles = names.map((name) => {
      const isValid = ajv.validate(`report#/definitions/${name}`, document);
      return isValid === true ? '' : `${name}: ${ajv.errorsText(ajv.errors, { dataVar: document.command })}`;
    });
    return troubles.includes('') ? [] : troubles;
  };
}

/** Told by its command: what none of two dozen forms fits has two dozen times as many complaints. */
function definitionsOf(document: ReportLike, { definitions }: ReportSchema): readonly string[] {
  if ('error' in document && !('phases' in document) && !('examinations' in document)) return ['ErrorReport'];
  return Object.keys(definitions).filter((name) => {
    const told = definitions[name]?.properties;
    const word = told?.['command'];
    const isReport = told?.['schemaVersion'] !== undefined;
    return isReport && (word?.const === document.command || word?.enum?.includes(document.command) === true);
  });
}

/** Readers must expect fields that they do not know; the program of this version has none. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => [
    key,
    // Stack files have a schema of their own.
    key === 'StackFile' ? value : closed(value),
  ]);
  const isOpen = 'properties' in node && !('additionalProperties' in node) && 'type' in node;
  return Object.fromEntries(isOpen ? [...entries, ['additionalProperties', false]] : entries);
}
