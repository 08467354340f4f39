import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createStackFiles } from '../../src/adapters/files/stack-file.ts';
import { stackJsonSchema } from '../../src/core/stack/parse-stack.ts';

const shipped = (name: string): string => fileURLToPath(new URL(`../../src/stacks/${name}`, import.meta.url));

/** UPDATE_SCHEMA=1 rewrites what is generated. */
async function expectCurrent(name: string, content: unknown): Promise<void> {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(shipped(name), text);
  expect(await readFile(shipped(name), 'utf8')).toBe(text);
}

test('the shipped JSON Schema is the one that the definition gives', async () => {
  await expectCurrent('c2l.schema.json', { title: 'c2l stack file', ...stackJsonSchema() });
});

test('the built-in stack that is loaded is the one that people read', async () => {
  const found = await createStackFiles({ cwd: '/' }).find(shipped('cloudtolocalllm.yaml'));

  await expectCurrent('cloudtolocalllm.json', found?.stack);
});
