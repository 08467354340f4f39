import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOutputFolder } from '../../../src/adapters/files/output-folder.ts';
import type { OutputFolder } from '../../../src/ports.ts';

let cwd: string;
let output: OutputFolder;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'c2l-output-'));
  output = createOutputFolder({ cwd });
});
afterEach(() => rm(cwd, { recursive: true }));

const write = (...paths: string[]) => paths.map((path) => ({ path, text: `new ${path}` }));
const tree = async (): Promise<string[]> =>
  (await readdir(cwd, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
    .sort();

test('a folder that is not there yet is made whole, with those above it', async () => {
  await output.change('some/where/new', { write: write('a.yaml', 'sub/b.yaml'), remove: [] });
  expect(await tree()).toEqual(['some/where/new/a.yaml', 'some/where/new/sub/b.yaml']);
});

test('a link that leads nowhere is there all the same', async () => {
  await symlink('nowhere', join(cwd, 'a.yaml'));
  expect([...(await output.read('.', { paths: ['a.yaml', 'b.yaml'], folders: [] })).keys()]).toEqual(['a.yaml']);
});

describe('a folder that is there', () => {
  beforeEach(async () => {
    await mkdir(join(cwd, 'out'));
    for (const name of ['a.yaml', 'old.yaml', 'mine.txt']) await writeFile(join(cwd, 'out', name), `was ${name}`);
  });

  test('gets what is new, loses what is removed, and keeps the rest', async () => {
    await output.change('out', { write: write('a.yaml', 'sub/b.yaml'), remove: ['old.yaml'] });
    expect(await tree()).toEqual(['out/a.yaml', 'out/mine.txt', 'out/sub/b.yaml']);
    expect(await readFile(join(cwd, 'out/a.yaml'), 'utf8')).toBe('new a.yaml');
    expect(await readFile(join(cwd, 'out/mine.txt'), 'utf8')).toBe('was mine.txt');
  });

  test('is as it was where a later file cannot be written', async () => {
    const before = await tree();
    const change = output.change('out', {
      write: write('a.yaml', 'sub/b.yaml', 'mine.txt/c.yaml'),
      remove: ['old.yaml'],
    });
    await expect(change).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringMatching(/^cannot write out\/mine.txt\/c.yaml: E/),
    });
    expect(await tree()).toEqual(before);
    expect(await readdir(join(cwd, 'out'))).not.toContain('sub');
    for (const name of ['a.yaml', 'old.yaml'])
      expect(await readFile(join(cwd, 'out', name), 'utf8')).toBe(`was ${name}`);
  });

  test('is read: what is asked for, and what lies in the named folders, but no folder that is not there', async () => {
    const found = await output.read('out', { paths: ['a.yaml', 'none.yaml'], folders: ['.', 'nowhere'] });
    expect([...found.keys()].sort()).toEqual(['a.yaml', 'mine.txt', 'old.yaml']);
    expect([...(await output.read('out', { paths: ['a.yaml'], folders: [] })).values()]).toEqual(['was a.yaml']);
  });
});
