import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { stackJsonSchema } from '../../src/core/parse-stack.ts';

const shipped = new URL('../../src/stacks/c2l.schema.json', import.meta.url);
const current = `${JSON.stringify({ title: 'c2l stack file', ...stackJsonSchema() }, null, 2)}\n`;

test('the shipped JSON Schema is the one that the definition gives; UPDATE_SCHEMA=1 rewrites it', async () => {
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(shipped, current);

  expect(await readFile(shipped, 'utf8')).toBe(current);
});
