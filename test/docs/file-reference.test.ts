import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

import { drillJsonSchema } from '../../src/core/drill/drill-schema.ts';
import { stackJsonSchema } from '../../src/core/stack/parse-stack.ts';
import { schemaReference, type Schema } from '../support/schema-reference.ts';

const file = fileURLToPath(new URL('../../docs/file-reference.md', import.meta.url));
const options = fileURLToPath(new URL('../../.prettierrc.json', import.meta.url));

test('the reference of the files says what their schemas say; npm run docs writes it', async () => {
  const text = [
    '# Fields of the stack file and of scenarios',
    '',
    'Made from the schemas by `npm run docs`. A duration is a number with its unit, `s`, `m`, `h` and in places `d`. `NAME` stands',
    'for names of your own, `[http]` for an entry whose `kind` (or `path`) is `http`; what is needed `in one form` has others.',
    '',
    '## The stack file',
    '',
    'What it is for: [the stack file](stack-file.md).',
    '',
    schemaReference(stackJsonSchema() as Schema),
    '',
    '## Scenarios of drills',
    '',
    'What they are for: [drills](drills.md).',
    '',
    schemaReference(drillJsonSchema()),
  ].join('\n');
  const made = await format(text, { parser: 'markdown', ...(JSON.parse(readFileSync(options, 'utf8')) as object) });
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, made);
  expect(readFileSync(file, 'utf8')).toBe(made);
});
