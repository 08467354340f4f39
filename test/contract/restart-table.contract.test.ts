import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mapLimited } from '../../src/core/map-limited.ts';
import { playRestart, type RestartSeen } from './restarts/play-restart.ts';
import type { RestartRow } from './restarts/row.ts';
import { immutableRows } from './restarts/rows-immutable.ts';
import { lostNodeRows } from './restarts/rows-lost-node.ts';
import { neededRows } from './restarts/rows-needed.ts';
import { orderRows } from './restarts/rows-order.ts';
import { withheldRows } from './restarts/rows-withheld.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(600_000);

const table: readonly (readonly [group: string, rows: readonly RestartRow[]])[] = [
  ['what must begin anew', neededRows],
  ['what kubelet holds on to', immutableRows],
  ['what is left alone all the same', withheldRows],
  ['what comes before what, and stops there', orderRows],
  ['a node that is lost', lostNodeRows],
];

const rowsAtOnce = 6;

/** Slow enough that a pod that waits for kubelet still does when c2l has looked at it. */
const speed = 3;

describe.each(worldKinds)('restart on $name', (kind) => {
  const outcomes = new Map<RestartRow, RestartSeen | Error>();
  let world: World;

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start({ speed });
    const rows = table.flatMap(([, group]) => group);
    await mapLimited(rows, rowsAtOnce, async (row) => {
      const namespace = `${world.namespace}-${rows.indexOf(row)}`;
      outcomes.set(row, await playRestart(world, row, namespace).catch((error: unknown) => error as Error));
    });
  });

  afterAll(async () => {
    if (kind.isThere) await world.close();
  });

  describe.each(table)('%s', (_, rows) => {
    for (const row of rows) {
      (kind.isThere ? test : test.skip)(row.situation, () => {
        const seen = outcomes.get(row);
        // An error of Node's own is of another realm than the test's.
        if (seen === undefined || !('steps' in seen)) throw seen ?? new Error('the row was not played');
        const { restarts, exit, steps } = seen;
        expect({ restarts, exit, steps }).toEqual({ restarts: row.restarts, exit: row.exit, steps });
        for (const [name, count] of Object.entries(seen.replaces)) {
          expect({ name, isMeant: count <= (row.replaces?.[name] ?? 0), steps }).toMatchObject({ isMeant: true });
        }
        for (const words of row.says ?? []) expect(steps.join('\n')).toMatch(new RegExp(words, 'm'));
      });
    }
  });
});
