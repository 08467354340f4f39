import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { findingPages } from '../../src/core/finding-pages/finding-pages.ts';
import { findingCodes } from '../../src/core/findings/findings.ts';
import { findingCodesMarkdown } from '../../src/render/findings/finding-page-markdown.ts';

const file = new URL('../../docs/finding-codes.md', import.meta.url);

test('docs/finding-codes.md is what the table of pages gives; npm run docs writes it', async () => {
  const text = findingCodesMarkdown();
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, text);
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('there is a page for every code and none for another', () => {
  expect(Object.keys(findingPages).sort()).toEqual(Object.keys(findingCodes).sort());
});

test.each(Object.entries(findingPages))('the page of %s says something in each part', (_, page) => {
  const { title, ...parts } = page;
  expect(title).toMatch(/^[a-z].*[^.]$/);
  for (const [part, passages] of Object.entries(parts)) {
    expect([part, passages.length > 0]).toEqual([part, true]);
    for (const passage of passages) {
      if (typeof passage === 'string') expect(passage).toMatch(/^([A-Z`]|c2l|kubelet).*[.:]$/s);
      else expect(passage.lines.length).toBeGreaterThan(0);
    }
  }
});
