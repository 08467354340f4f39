import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mapLimited } from '../../src/core/map-limited.ts';
import { playRow, type RowOutcome } from './matrix/play-row.ts';
import type { MatrixRow } from './matrix/row.ts';
import { envRows } from './matrix/rows-env.ts';
import { nextStartRows } from './matrix/rows-next-start.ts';
import { placementRows, podRows, templateRows } from './matrix/rows-pods.ts';
import { certificateRows } from './matrix/rows-certificates.ts';
import { ownerRows } from './matrix/rows-owners.ts';
import { secretRows } from './matrix/rows-secrets.ts';
import { volumeRows } from './matrix/rows-volumes.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(300_000);

const matrix: readonly (readonly [group: string, rows: readonly MatrixRow[]])[] = [
  ['variables from a Secret', envRows],
  ['mounted Secrets', volumeRows],
  ['Secrets that are there', secretRows],
  ['certificates', certificateRows],
  ['who else writes a Secret', ownerRows],
  ['the next start', nextStartRows],
  ['what looks alike', podRows],
  ['where pods run', placementRows],
  ['templates and their pods', templateRows],
];

/** Whether External Secrets and Sealed Secrets run beside the real cluster. */
const hasControllers = process.env['C2L_E2E_CONTROLLERS'] === '1';

/** The real cluster has one node, which takes 110 pods. */
const rowsAtOnce = 12;

describe.each(worldKinds)('audit on $name', (kind) => {
  const isPlayed = ({ needs }: MatrixRow): boolean =>
    kind.isThere && (needs === undefined || kind.isSandbox || hasControllers);
  const outcomes = new Map<MatrixRow, RowOutcome | Error>();
  let world: World;

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start();
    const rows = matrix.flatMap(([, group]) => group).filter(isPlayed);
    await mapLimited(rows, rowsAtOnce, async (row) => {
      const namespace = `${world.namespace}-${rows.indexOf(row)}`;
      outcomes.set(row, await playRow(world, row, namespace).catch((error: unknown) => error as Error));
    });
  });

  afterAll(async () => {
    if (kind.isThere) await world.close();
  });

  describe.each(matrix)('%s', (_, rows) => {
    for (const row of rows) {
      (isPlayed(row) ? test : test.skip)(row.situation, () => {
        const outcome = outcomes.get(row);
        if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('the row was not played');
        expect(outcome.findings).toEqual(row.findings);
        expect(outcome.states).toEqual(row.states ?? {});
        for (const words of row.says ?? []) expect(outcome.messages.join('\n')).toMatch(new RegExp(words, 'm'));
      });
    }
  });
});
