/** As much of JSON Schema as the schemas of c2l's files make use of. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

type Row = readonly [path: string, type: string, given: string, meaning: string];

/** A table for each field at the top: every field beneath it by its path. */
export function schemaReference(schema: Schema): string {
  const parts = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const isNeeded = schema.required?.includes(name) === true;
    return [
      `### ${name}`,
      '',
      `${sentence(field.description ?? '')}${typeOf(field)}, ${given(field, isNeeded) || (isNeeded ? 'required' : 'optional')}.`,
      '',
      ...table(beneath(name, field)),
    ];
  });
  return parts.flat().join('\n').trimEnd();
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}. `;
}

function table(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const body = rows.map(([path, ...cells]) => `| \`${path}\` | ${cells.map(escaped).join(' | ')} |`);
  return ['| field | type | | meaning |', '| --- | --- | --- | --- |', ...body, ''];
}

function escaped(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

/** `isOneOf`: another form may stand in its place, so that what this one needs is not needed there. */
function beneath(path: string, schema: Schema, isOneOf = false): readonly Row[] {
  const { properties, required = [], items, additionalProperties } = schema;
  const need = (name: string, field: Schema): string => {
    const told = given(field, required.includes(name));
    return told === 'required' && isOneOf ? 'in one form' : told;
  };
  const fields = Object.entries(properties ?? {}).flatMap(([name, field]): readonly Row[] => [
    [`${path}.${name}`, typeOf(field), need(name, field), field.description ?? ''],
    ...beneath(`${path}.${name}`, field),
  ]);
  return [
    ...fields,
    ...(items === undefined ? [] : beneath(`${path}[]`, items)),
    ...(typeof additionalProperties === 'object' ? beneath(`${path}.NAME`, additionalProperties) : []),
    ...alternatives(schema).flatMap((each) => beneath(alternativePath(path, each), each, kindOf(each) === undefined)),
  ];
}

function alternatives({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [];
}

/** Those that a `kind` tells apart are called by it: `checks[http].port`. */
function alternativePath(path: string, schema: Schema): string {
  const kind = kindOf(schema);
  return kind === undefined ? path : `${path.replace(/\[\]$/, '')}[${kind}]`;
}

function kindOf({ properties }: Schema): string | undefined {
  const kind = (properties?.['kind'] ?? properties?.['path'])?.const;
  return typeof kind === 'string' ? kind : undefined;
}

function typeOf(schema: Schema): string {
  const { type, items, additionalProperties } = schema;
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const others = alternatives(schema);
  if (others.length > 0) return [...new Set(others.map(typeOf))].join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (typeof additionalProperties === 'object') return `names with ${typeOf(additionalProperties)}`;
  if (schema.format === 'date' || schema.format === 'date-time') return schema.format.replace('-', ' and ');
  if (/\(s\|m\|h/.test(schema.pattern ?? '')) return 'duration';
  return typeof type === 'string' ? type : (type ?? ['anything']).join(' or ');
}

function given({ default: fallback, const: only }: Schema, isNeeded: boolean): string {
  const isEmpty = typeof fallback === 'object' && JSON.stringify(fallback).length === 2;
  if (fallback !== undefined && !isEmpty) return `default ${code(fallback)}`;
  return isNeeded && only === undefined ? 'required' : '';
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
