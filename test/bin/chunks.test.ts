import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const chunks = fileURLToPath(new URL('../../dist/chunks/', import.meta.url));

test('every part of the build can be loaded, also those that few commands need', () => {
  const names = readdirSync(chunks).filter((name) => name.endsWith('.js'));
  const script = `for (const name of ${JSON.stringify(names)}) require(${JSON.stringify(chunks)} + name); process.exit()`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(names.length).toBeGreaterThan(50);
});
