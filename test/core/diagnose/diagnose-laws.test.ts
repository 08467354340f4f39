import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReadFailureCause } from '../../../src/core/cluster/observed.ts';
import type { Gap, Listing, Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { allGaps } from '../../../src/core/cluster/unreadable.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { verdictOf } from '../../../src/core/reports/report.ts';
import { auditReportOf, everyForm } from '../../support/audit-report-of.ts';
import { bounded } from '../../support/bounded.ts';
import { valueOf, withoutKey } from '../../support/builders.ts';
import { ended, pending, waiting } from '../../support/pod-statuses.ts';
import { blockedBy, randomWorld, reordered } from '../../support/random-world.ts';

const serious = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity !== 'info').map(({ id, message }) => `${id}: ${message}`);

describe('whatever the cluster is made of', () => {
  test('where all is well there is no error and no warning', () => {
    fc.assert(
      fc.property(randomWorld, ({ snapshot }) => {
        expect(serious(diagnose(snapshot))).toEqual([]);
      }),
      bounded(200),
    );
  });

  test('one lost key is exactly one root, which blocks its users and all that waits for them', () => {
    const losses = randomWorld
      .map((world) => ({ world, required: world.needs.filter(({ optional }) => !optional) }))
      .filter(({ required }) => required.length > 0)
      .chain(({ world, required }) => fc.record({ world: fc.constant(world), lost: fc.constantFrom(...required) }));
    fc.assert(
      fc.property(losses, ({ world, lost }) => {
        const findings = diagnose(withoutKey(world.snapshot, lost.secret, lost.key));
        const told = findings.filter(({ severity }) => severity !== 'info');
        const root = `secret-key-missing/shop/${lost.secret}/${lost.key}`;

        expect(told.filter(({ causes }) => causes.length === 0).map(({ id }) => id)).toEqual([root]);
        for (const { causes } of told.filter(({ id }) => id !== root)) expect(causes).toEqual([root]);
        const { blocks = [] } = told.find(({ id }) => id === root) ?? {};
        expect(blocks.map(({ kind, name }) => `${kind}/${name}`).sort()).toEqual(blockedBy(world, lost));
      }),
      bounded(200),
    );
  });

  test('the order in which the API lists things changes no word', () => {
    const lossy = fc.record({
      world: randomWorld,
      keys: fc.subarray(['alpha', 'beta', 'gamma', 'delta']),
      ranks: fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
    });
    fc.assert(
      fc.property(lossy, ({ world, keys, ranks }) => {
        const broken = keys.reduce((snapshot, key) => withoutKey(snapshot, 's0', key), world.snapshot);
        const other = reordered(broken, (index) => ranks[index % ranks.length]!);

        expect(diagnose(other)).toEqual(diagnose(broken));
      }),
      bounded(200),
    );
  });
});

describe('what could not be read', () => {
  const cause: fc.Arbitrary<ReadFailureCause> = fc.constantFrom('forbidden', 'timeout', 'unreachable', 'server-error');
  const lists = [
    ['secrets', 'secrets'],
    ['pods', 'pods'],
    ['deployments', 'deployments'],
    ['statefulSets', 'statefulsets'],
    ['daemonSets', 'daemonsets'],
    ['replicaSets', 'replicasets'],
    ['jobs', 'jobs'],
    ['cronJobs', 'cronjobs'],
    ['services', 'services'],
    ['serviceAccounts', 'serviceaccounts'],
    ['ingresses', 'ingresses'],
    ['events', 'events'],
  ] as const;

  interface Hole {
    readonly list: (typeof lists)[number];
    readonly namespace: string;
    readonly cause: ReadFailureCause;
    /** Whether nothing of the list was seen, or only one namespace of it was not. */
    readonly isEmpty: boolean;
  }
  const unseen: fc.Arbitrary<Hole> = fc.record({
    list: fc.constantFrom<(typeof lists)[number]>(...lists),
    namespace: fc.constantFrom('', 'shop'),
    cause,
    isEmpty: fc.boolean(),
  });

  function withGaps(snapshot: Snapshot, holes: readonly Hole[]): Snapshot {
    return holes.reduce<Snapshot>((seen, { list: [name, resource], namespace, cause: why, isEmpty }) => {
      const { items, gaps }: Listing<unknown> = seen[name];
      const gap: Gap = { resource, namespace, cause: why, reason: 'it was refused' };
      return { ...seen, [name]: { items: isEmpty ? [] : items, gaps: [...gaps, gap] } };
    }, snapshot);
  }

  test('is a finding, each gap of it, and the verdict is never ok', () => {
    const worlds = fc.record({ world: randomWorld, holes: fc.array(unseen, { minLength: 1, maxLength: 4 }) });
    fc.assert(
      fc.property(worlds, ({ world, holes }) => {
        const snapshot = withGaps(world.snapshot, holes);
        const findings = diagnose(snapshot);
        const told = findings.filter(({ code }) => code === 'unreadable').map(({ message }) => message);

        for (const { resource, namespace } of allGaps(snapshot)) {
          const place = namespace === '' ? 'of all namespaces' : `in namespace ${namespace}`;
          expect(told).toContainEqual(expect.stringContaining(`${resource} ${place} could not be read`));
        }
        expect(verdictOf(findings)).not.toBe('ok');
      }),
      bounded(200),
    );
  });

  test('is never called missing: where Secrets were not seen no Secret and no key is', () => {
    const worlds = fc.record({ world: randomWorld, hole: unseen });
    fc.assert(
      fc.property(worlds, ({ world, hole }) => {
        const secrets = { ...hole, list: lists[0], isEmpty: true };
        const codes = diagnose(withGaps(world.snapshot, [secrets])).map(({ code }) => code);

        expect(codes).not.toContain('secret-missing');
        expect(codes).not.toContain('secret-key-missing');
      }),
      bounded(200),
    );
  });
});

test('no form of a report holds a value, also where programs say theirs as they end', async () => {
  const said = fc.record({
    world: randomWorld,
    lost: fc.subarray(['alpha', 'beta', 'gamma']),
    spoken: fc.constantFrom('alpha', 'beta', 'gamma', 'delta'),
  });
  const keys = ['alpha', 'beta', 'gamma', 'delta'];
  await fc.assert(
    fc.asyncProperty(said, async ({ world, lost, spoken }) => {
      const broken = lost.reduce((snapshot, key) => withoutKey(snapshot, 's1', key), world.snapshot);
      const words = `login with ${valueOf(spoken)} refused`;
      const isKnown = broken.secrets.items.some(({ data }) => data.has(spoken));
      const status = pending(
        [ended('prepare', 1, 'Error')],
        [{ ...waiting('main', 'CrashLoopBackOff', words), lastState: { terminated: { exitCode: 1, message: words } } }],
      );
      const items = isKnown ? broken.pods.items.map((pod) => ({ ...pod, status })) : broken.pods.items;
      for (const form of await everyForm(auditReportOf({ ...broken, pods: { ...broken.pods, items } }))) {
        for (const key of keys) expect(form).not.toContain(valueOf(key));
      }
    }),
    bounded(60),
  );
});
