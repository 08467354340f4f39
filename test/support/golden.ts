import { readFile, writeFile } from 'node:fs/promises';
import { expect } from '@jest/globals';

const folder = new URL('../golden/', import.meta.url);

/** Compares with a page kept in test/golden, as an operator would see it; `UPDATE_GOLDEN=1` writes it anew. */
export async function expectGolden(name: string, text: string): Promise<void> {
  const file = new URL(name, folder);
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, text);
  expect(text).toBe(await readFile(file, 'utf8'));
}
