import type { DrillMenu } from './drill-menu.ts';
import type { DrillFault, DrillScenario, ValueChange } from './drill-schema.ts';
import { scenarioOf } from './drill-menu.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

/** When a program is stopped, by the lines that it writes to the journal itself. */
export interface Interruption {
  /** `killed` ends it at once; before the line, or after it has arrived. `ctrl-c` lets it end by itself. */
  readonly how: 'killed-before' | 'killed-after' | 'ctrl-c';
  /** From 1; one that ends before is not interrupted. */
  readonly line: number;
}

/** One start of the program. */
export interface Attempt {
  readonly command: 'run' | 'resume' | 'abort';
  readonly interruption?: Interruption;
}

/** What one drill of a rehearsal does. */
export interface RandomDrill {
  readonly seed: number;
  readonly scenario: DrillScenario;
  /** Whether the vault is left out of the sources. */
  readonly isWithoutVault: boolean;
  /** In order, until nothing is unfinished; the last one is not interrupted. */
  readonly attempts: readonly Attempt[];
}

/** The same for the same seed and menu. */
export function randomDrill(seed: number, menu: DrillMenu): RandomDrill {
  const random = seededRandom(seed);
  const faults = randomFaults(random, menu);
  const isWithoutVault = random.chance(0.5);
  const refused: DrillFault[] =
    !isWithoutVault && random.chance(0.3) ? [{ kind: 'refuse-source', source: 'azure-key-vault' }] : [];
  return {
    seed,
    scenario: scenarioOf([...faults, ...refused], `random-${seed}`, `random faults of seed ${seed}`),
    isWithoutVault,
    attempts: randomAttempts(random),
  };
}

const changes = ['another-value', 'line-break', 'encoded-twice'] as const satisfies readonly ValueChange[];

function randomFaults(random: SeededRandom, menu: DrillMenu): DrillFault[] {
  const { secrets, keys, changeable, workloads } = menu;
  const revisions = random.chance(0.5);
  const kinds: (() => DrillFault[])[] = [
    ...(secrets.length > 0 ? [(): DrillFault[] => [loseSecrets(random, menu, revisions)]] : []),
    ...(keys.length > 0 ? [(): DrillFault[] => [{ kind: 'lose-keys', keys: nonEmpty(random.some(keys)) }]] : []),
    ...(changeable.length > 0
      ? [
          (): DrillFault[] => [
            { kind: 'change-values', keys: nonEmpty(random.some(changeable)), into: random.pick(changes) },
          ],
        ]
      : []),
  ];
  const [first, ...others] = kinds;
  const main = first === undefined ? [] : random.pick([first, ...others])();
  const lost: DrillFault[] =
    workloads.length > 0 && (main.length === 0 || random.chance(0.2))
      ? [{ kind: 'lose-workloads', workloads: nonEmpty(random.some(workloads)) }]
      : [];
  const undone: DrillFault[] =
    main.length > 0 && random.chance(0.1) ? [{ kind: 'undo-recovery', times: random.between(1, 2) }] : [];
  return [...main, ...lost, ...undone];
}

function loseSecrets(random: SeededRandom, menu: DrillMenu, revisions: boolean): DrillFault {
  const secrets = random.chance(0.3)
    ? ('all' as const)
    : menu.hasPullSecrets && random.chance(0.2)
      ? ('image-pull' as const)
      : nonEmpty(random.some(menu.secrets));
  return { kind: 'lose-secrets', secrets, revisions };
}

/** More than any drill writes, so that the end is reached as well. */
const mostLines = 16;

function randomAttempts(random: SeededRandom): Attempt[] {
  const cuts = random.chance(0.25) ? 0 : random.chance(0.7) ? 1 : 2;
  const attempts: Attempt[] = [];
  for (let index = 0; index <= cuts; index += 1) {
    const command = index === 0 ? 'run' : random.pick<Attempt['command']>(['resume', 'abort']);
    const how = random.chance(0.2) ? 'ctrl-c' : random.pick<Interruption['how']>(['killed-before', 'killed-after']);
    const line = random.between(1, index === 0 ? mostLines : mostLines / 2);
    attempts.push(index === cuts ? { command } : { command, interruption: { how, line } });
  }
  return attempts;
}

function nonEmpty<T>(items: readonly T[]): [T, ...T[]] {
  const [first, ...others] = items;
  if (first === undefined) throw new TypeError('nothing to choose from');
  return [first, ...others];
}
