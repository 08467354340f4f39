import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import type { Finished, Started } from '../support/built-program.ts';
import { allObjects, differences } from './support/all-objects.ts';
import { leakedKeys } from './support/canary.ts';
import { drilledShop, type DrilledShop } from './support/drilled-shop.ts';
import { collection } from './support/stack.ts';
import { until } from './support/wait.ts';

const namespace = 'drill-e2e';
const runs: Finished[] = [];
let shop: DrilledShop;

/** What people would type is what is drilled. */
const byRunbook = `
version: 1
name: by-runbook
description: every key gone, and repaired as the runbook says
faults: [{ kind: lose-keys }]
recovery: { path: runbook, runbook: restoring-application-secrets }
`;

beforeAll(async () => {
  shop = await drilledShop(namespace);
  await writeFile(join(shop.folder, 'by-runbook.yaml'), byRunbook);
});

afterAll(async () => {
  await shop.close();
});

async function finished(run: Started): Promise<{ exitCode: number | null; report: DrillReport }> {
  const ran = await run.finished;
  runs.push(ran);
  return { exitCode: ran.exitCode, report: JSON.parse(ran.stdout) as DrillReport };
}

test('nothing is broken where nobody agreed to it', async () => {
  const before = await shop.secrets();
  await until(
    'the stack is healthy',
    async () => ((await shop.c2l('verify').finished).exitCode === 0 ? true : undefined),
    {
      within: 90_000,
    },
  );

  const { exitCode, stdout } = await shop.drill('total-secret-loss').finished;

  expect(exitCode).toBe(2);
  expect(stdout).toContain(`label namespace ${namespace} c2l.dev/dr-drill=allowed`);
  expect(await shop.secrets()).toEqual(before);
});

test('total-secret-loss is recovered from the backup, with the data, and all is as it was', async () => {
  await shop.cluster.patch(`/api/v1/namespaces/${namespace}`, {
    metadata: { labels: { 'c2l.dev/dr-drill': 'allowed' } },
  });
  const before = await shop.secrets();

  const { exitCode, report } = await finished(shop.drill('total-secret-loss'));

  expect({ exitCode, outcome: report.outcome, wrong: report.wrong }).toEqual({
    exitCode: 0,
    outcome: 'recovered',
    wrong: [`only the copy had key unused of secret ${shop.secretName}`],
  });
  expect(report.data.map(({ component, state }) => `${component} ${state}`)).toEqual(['db kept']);
  expect(report.evicted.map(({ name }) => name.split('-')[0]).sort()).toEqual(['api', 'db']);
  expect(await shop.secrets()).toEqual(before);
  expect(await shop.leftovers()).toEqual([]);
});

/** The volumes have no namespace; what others do on the same cluster meanwhile is not the drill's. */
const isOurs = (place: string) => ['', namespace, 'argocd', 'default', 'kube-system'].includes(place);

test.each(['namespace-loss', 'owner-fight', 'corrupted-value', 'wrong-value', 'by-runbook.yaml'])(
  '%s: nothing of any namespace is other than before, volumes and claims included',
  async (name) => {
    const before = await allObjects(shop.cluster, isOurs);

    const { exitCode, report } = await finished(shop.drill(name.endsWith('.yaml') ? join(shop.folder, name) : name));

    expect({ exitCode, outcome: report.outcome }).toEqual({ exitCode: 0, outcome: 'recovered' });
    expect(report.data.map(({ component, state }) => `${component} ${state}`)).toEqual(['db kept']);
    expect(before.size).toBeGreaterThan(20);
    expect(differences(before, await allObjects(shop.cluster, isOurs))).toEqual([]);
  },
);

test('a drill that is killed is told by audit, and ended by abort', async () => {
  const before = await shop.secrets();
  const killed = shop.drill('missing-keys');
  await until(
    'the Secret is broken',
    async () => (JSON.stringify(await shop.secrets()) === JSON.stringify(before) ? undefined : true),
    { within: 30_000, every: 20 },
  );
  const broken = await until(
    'its keys are gone',
    async () => {
      const found = (await shop.cluster.get(`${collection('Secret', namespace)}/${shop.secretName}`)) as
        { data?: object } | undefined;
      return Object.keys(found?.data ?? {}).length < 3 ? true : undefined;
    },
    { within: 30_000, every: 20 },
  );
  killed.child.kill('SIGKILL');
  await killed.finished;
  expect(broken).toBe(true);

  const audit = await shop.c2l('audit').finished;
  expect(audit.stderr).toContain(`drill missing-keys in namespace ${namespace} is not finished`);
  const { exitCode, report } = await finished(shop.c2l('dr-drill', 'abort', '--yes'));
  expect({ exitCode, outcome: report.outcome }).toEqual({ exitCode: 0, outcome: 'put-back' });
  expect(await shop.secrets()).toEqual(before);
  expect(await shop.leftovers()).toEqual([]);
});

test('current-state recovers what is broken right now', async () => {
  await shop.cluster.patch(`${collection('Secret', namespace)}/${shop.secretName}`, { data: { 'session-key': null } });
  for (const { metadata } of await shop.cluster.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dapi`)) {
    await shop.cluster.remove(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`);
  }

  const { exitCode, report } = await finished(shop.drill('current-state'));

  expect({ exitCode, outcome: report.outcome, wrong: report.wrong }).toEqual({
    exitCode: 0,
    outcome: 'recovered',
    wrong: [],
  });
});

test('no value stands in what was said', () => {
  expect(runs.length).toBeGreaterThan(2);
  expect(leakedKeys(runs.map(({ stdout, stderr }) => stdout + stderr).join('\n'), shop.values)).toEqual([]);
});
