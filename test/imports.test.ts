import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acyclic } from '../src/core/acyclic.ts';

const root = fileURLToPath(new URL('../src/', import.meta.url));

/** What a file imports of the others, for its types alone as well. */
function importsOf(file: string): string[] {
  const named = readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import) '(\.[^']+\.ts)'/g);
  return [...named].map(([, path = '']) => normalize(join(dirname(file), path)));
}

test('no file of src comes back to itself by what it imports', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const graph = new Map(files.map((file) => [file, importsOf(file)]));
  expect(graph.get('main.ts')).toContain('cli.ts');

  const { edges } = acyclic(graph);
  const closing = [...graph].flatMap(([file, imported]) =>
    imported.filter((each) => !edges.get(file)?.has(each)).map((each) => `${file} -> ${each}`),
  );
  expect(closing).toEqual([]);
});
