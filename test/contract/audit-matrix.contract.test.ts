import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mapLimited } from '../../src/core/map-limited.ts';
import { playRow, type RowOutcome } from './matrix/play-row.ts';
import type { MatrixRow } from './matrix/row.ts';
import { envRows } from './matrix/rows-env.ts';
import { nextStartRows } from './matrix/rows-next-start.ts';
import { placementRows, podRows, templateRows } from './matrix/rows-pods.ts';
import { secretRows } from './matrix/rows-secrets.ts';
import { volumeRows } from './matrix/rows-volumes.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(300_000);

const matrix: readonly (readonly [group: string, rows: readonly MatrixRow[]])[] = [
  ['variables from a Secret', envRows],
  ['mounted Secrets', volumeRows],
  ['Secrets that are there', secretRows],
  ['the next start', nextStartRows],
  ['what looks alike', podRows],
  ['where pods run', placementRows],
  ['templates and their pods', templateRows],
];

/** The real cluster has one node, which takes 110 pods. */
const rowsAtOnce = 12;

describe.each(worldKinds)('audit on $name', (kind) => {
  const run = kind.isThere ? test : test.skip;
  const outcomes = new Map<MatrixRow, RowOutcome | Error>();
  let world: World;

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start();
    const rows = matrix.flatMap(([, group]) => group);
    await mapLimited(rows, rowsAtOnce, async (row) => {
      const namespace = `${world.namespace}-${rows.indexOf(row)}`;
      outcomes.set(row, await playRow(world, row, namespace).catch((error: unknown) => error as Error));
    });
  });

  afterAll(async () => {
    if (kind.isThere) await world.close();
  });

  describe.each(matrix)('%s', (_, rows) => {
    run.each(rows.map((row) => [row.situation, row] as const))('%s', (_situation, row) => {
      const outcome = outcomes.get(row);
      if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('the row was not played');
      expect(outcome.findings).toEqual(row.findings);
      for (const words of row.says ?? []) expect(outcome.messages.join('\n')).toMatch(new RegExp(words, 'm'));
    });
  });
});
