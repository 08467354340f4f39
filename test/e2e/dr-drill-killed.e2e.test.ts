import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cuttingProxy, killAt, type CuttingProxy } from '../contract/support/cutting-proxy.ts';
import { isJournalLine } from '../support/drill-lines.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { allObjects, differences } from './support/all-objects.ts';
import { drilledShop, type DrilledShop } from './support/drilled-shop.ts';
import { until } from './support/wait.ts';

jest.setTimeout(3_600_000);

const namespace = 'drill-killed';
let shop: DrilledShop;
let proxy: CuttingProxy;
let through: { readonly kubeconfig: string; readonly context: string };

beforeAll(async () => {
  shop = await drilledShop(namespace);
  const allowed = { metadata: { labels: { 'c2l.dev/dr-drill': 'allowed' } } };
  await shop.cluster.patch(`/api/v1/namespaces/${namespace}`, allowed);
  proxy = await cuttingProxy(await readFile(shop.cluster.kubeconfigPath, 'utf8'));
  through = { kubeconfig: join(shop.folder, 'cut-kubeconfig'), context: 'cut' };
  await writeFile(through.kubeconfig, proxy.kubeconfig);
  await until(
    'the shop is healthy',
    async () => ((await shop.c2l('verify').finished).exitCode === 0 ? true : undefined),
    {
      within: 90_000,
    },
  );
});

afterAll(async () => {
  proxy.close();
  await shop.close();
});

/** How many a drill writes that ends by itself. */
async function journalLines(scenario: string): Promise<number> {
  proxy.begin();
  const { exitCode, stderr } = await shop.drill(scenario, through).finished;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return proxy.requests.filter(isJournalLine).length;
}

/** Each takes as long as a drill: otherwise the first line, before any fault, and one in the middle. */
function wanted(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return isExhaustive ? all : [0, Math.floor(count / 2)];
}

/** What others do on the same cluster meanwhile is not the drill's. */
const isOurs = (place: string): boolean => ['', namespace, 'default', 'kube-system'].includes(place);

test.each(isExhaustive ? ['total-secret-loss', 'missing-keys', 'wrong-value', 'namespace-loss'] : ['missing-keys'])(
  '%s, killed after its journal lines: after abort all objects are as they were',
  async (scenario) => {
    const length = await journalLines(scenario);
    expect(length).toBeGreaterThan(7);
    const before = await allObjects(shop.cluster, isOurs);

    const wrong: string[] = [];
    for (const line of wanted(length)) {
      const place = `after journal line ${String(line + 1)} of ${String(length)}`;
      const run = shop.drill(scenario, through);
      let seen = 0;
      await killAt(proxy, run, { isMeant: (request) => isJournalLine(request) && seen++ === line, moment: 'after' });
      const { exitCode, stdout, stderr } = await shop.c2l('dr-drill', 'abort', '--yes').finished;
      const isNone = stdout.includes('drill-not-found') && stdout.includes('no drill is unfinished');
      if (exitCode !== 0 && !isNone) wrong.push(`${place}: abort exit ${String(exitCode)}: ${stdout}${stderr}`);
      const left = [...differences(before, await allObjects(shop.cluster, isOurs)), ...(await shop.leftovers())];
      wrong.push(...left.map((each) => `${place}: ${each} is not as it was`));
    }
    expect(wrong).toEqual([]);
  },
);
