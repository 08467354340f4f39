import { expect, test } from '@jest/globals';

import type { Interruption } from '../../../src/core/drill/random-drill.ts';
import { mortalSession } from '../../../src/shell/drill/mortal-session.ts';
import { sandbox } from '../../support/sandbox.ts';
import { testSession } from '../../support/test-session.ts';

const namespace = 'cloudtolocalllm';

function page(name: string) {
  return { namespace, name, type: 'c2l.dev/drill', labels: {}, annotations: {}, data: new Map() };
}

async function stoppedAt(how: Interruption['how']) {
  const cluster = await sandbox({ scenario: 'healthy' });
  const mortal = mortalSession(await testSession(cluster), { how, line: 2 });
  const write = (name: string) => mortal.session.cluster.createSecret(page(name));
  await write('c2l-drill-20260101t000000000z');
  await write('c2l-drill-20260101t000000000z-0');
  expect(mortal.isInterrupted()).toBe(false);
  const second = write('c2l-drill-20260101t000000001z');
  const isThere = () => cluster.store.get('secrets', namespace, 'c2l-drill-20260101t000000001z') !== undefined;
  return { cluster, mortal, second, isThere };
}

test.each([
  ['killed-before', false],
  ['killed-after', true],
] as const)('one that is %s a line has written it: %s, and does nothing more', async (how, isWritten) => {
  const { cluster, mortal, isThere } = await stoppedAt(how);
  await mortal.killed;

  expect(isThere()).toBe(isWritten);
  expect(mortal.isInterrupted()).toBe(true);
  expect(mortal.session.deps.signal.aborted).toBe(false);
  const after = mortal.session.cluster.readNamespace(namespace).then(() => 'answered');
  const slept = mortal.session.deps.clock.sleep(1, new AbortController().signal).then(() => 'woke up');
  const other = await testSession(cluster);
  const alive = other.cluster.readNamespace(namespace).then(() => 'others go on');
  await expect(Promise.race([after, slept, alive])).resolves.toBe('others go on');
});

test('one that is interrupted after a line learns of it, and can go on', async () => {
  const { mortal, second, isThere } = await stoppedAt('ctrl-c');
  await second;

  expect(isThere()).toBe(true);
  expect(mortal.session.deps.signal.aborted).toBe(true);
  await expect(mortal.session.cluster.readNamespace(namespace)).resolves.toMatchObject({ state: 'present' });
});
