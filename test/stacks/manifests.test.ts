import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { createStackFiles } from '../../src/adapters/files/stack-file.ts';

const folder = new URL('../../manifests/cloudtolocalllm/', import.meta.url);

/** Every `secretKeyRef` anywhere in the manifests, as key to whether a workload needs it. */
async function referencedKeys(): Promise<Map<string, boolean>> {
  const required = new Map<string, boolean>();
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { secretKeyRef } = node as { secretKeyRef?: { key: string; optional?: boolean } };
    if (secretKeyRef !== undefined) {
      const needed = secretKeyRef.optional !== true;
      required.set(secretKeyRef.key, needed || required.get(secretKeyRef.key) === true);
    }
    Object.values(node).forEach(collect);
  };
  for (const name of await readdir(folder)) {
    const text = await readFile(new URL(name, folder), 'utf8');
    parseAllDocuments(text).forEach((document) => {
      collect(document.toJS());
    });
  }
  return required;
}

test('the built-in stack declares exactly the keys that the manifests refer to', async () => {
  const stack = await createStackFiles({ cwd: '/' }).builtIn('cloudtolocalllm');
  const keys = stack.secrets.find(({ name }) => name === 'cloudtolocalllm-secrets')?.keys ?? {};
  const declared = new Map(Object.entries(keys).map(([key, { required }]) => [key, required]));

  expect(declared).toEqual(await referencedKeys());
});
