import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

import { parseDrill } from '../../src/core/drill/drill-schema.ts';
import { parseStack } from '../../src/core/stack/parse-stack.ts';
import { runCli } from '../support/run-cli.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((file) => join('docs', file))];
const examples = files
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(({ 1: yaml = '', index }) => ({
      place: `${file}:${text.slice(0, index).split('\n').length}`,
      yaml,
    }));
  });

/** What is wrong with it, by whoever reads such a file. */
type Reader = (value: object, yaml: string) => unknown;

/** By a key that no other kind has at its top. Those of other programs need only be YAML. */
const readers: Readonly<Record<string, Reader>> = {
  faults: (value) => problemsOf(parseDrill(value)),
  components: (value) => problemsOf(parseStack(value)),
  watch: (value) => problemsOf(parseStack(value)),
  contexts: (_, yaml) => settingsProblems(yaml),
  repos: () => [],
  validate: () => [],
};

function problemsOf(parsed: { readonly ok: boolean; readonly problems?: unknown }): unknown {
  return parsed.ok ? [] : parsed.problems;
}

async function settingsProblems(yaml: string): Promise<unknown> {
  const home = mkdtempSync(join(tmpdir(), 'c2l-docs-'));
  mkdirSync(join(home, 'c2l'));
  writeFileSync(join(home, 'c2l', 'config.yaml'), yaml);
  const { code, stderr } = await runCli(['config', 'show'], { env: { XDG_CONFIG_HOME: home } });
  rmSync(home, { recursive: true });
  return code === 0 ? [] : stderr;
}

describe('an example in the documentation is what its reader takes', () => {
  test.each(examples)('$place', async ({ yaml }) => {
    const value: unknown = parse(yaml);
    const parts = Array.isArray(value) ? [] : Object.keys(value as object);
    const [reader] = parts.flatMap((part) => readers[part] ?? []);
    expect({ isKnown: reader !== undefined || Array.isArray(value), parts }).toEqual({ isKnown: true, parts });
    expect(await reader?.(value as object, yaml)).toEqual(reader === undefined ? undefined : []);
  });
});
