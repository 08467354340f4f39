import { describe, expect, test } from '@jest/globals';

import type { Observation, Target } from '../../../src/core/watch/targets.ts';
import { watchRound, type Round } from '../../../src/core/watch/watch-round.ts';
import { watchSchema } from '../../../src/core/watch/watch-schema.ts';
import { emptyWatchState, type Notice, type WatchState } from '../../../src/core/watch/watch-state.ts';

type Outcome = Observation['outcome'];

const target = (id: string, needs: readonly string[] = [], more: Partial<Target> = {}): Target => ({
  id,
  group: id,
  needs,
  critical: true,
  place: 'endpoint',
  ...more,
});

/** api hangs on db, web on api; the certificate of web on web. */
const chain = [target('web', ['api']), target('api', ['db']), target('db'), target('mail')];

const settings = watchSchema.parse({
  failureThreshold: 2,
  successThreshold: 2,
  reminder: '10m',
  notify: [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK' } }],
});

/** Rounds a minute apart; each names what does not pass, by its outcome where that is not a failure. */
class Play {
  state: WatchState = emptyWatchState;
  readonly notices: Notice[] = [];
  readonly targets: readonly Target[];
  readonly section: typeof settings;
  #at = Date.parse('2026-11-25T12:00:00Z');

  constructor(targets: readonly Target[] = chain, section = settings) {
    this.targets = targets;
    this.section = section;
  }

  round(failing: readonly string[] | Readonly<Record<string, Outcome>> = [], more: Partial<Round> = {}): string[] {
    const outcomeOf = (id: string): Outcome => {
      if (failing instanceof Array) return failing.includes(id) ? 'fail' : 'pass';
      return failing[id] ?? 'pass';
    };
    this.#at += 60_000;
    const observations = this.targets.map(({ id }): Observation => {
      const outcome = outcomeOf(id);
      return { id, outcome, detail: `${id} ${outcome}`, durationMs: 1 };
    });
    const round = { targets: this.targets, observations, isClusterPartial: false, isOffline: false, ...more };
    const result = watchRound(
      this.state,
      { at: new Date(this.#at), elapsedMs: 60_000, ...round },
      { section: this.section, source: 'shop' },
    );
    this.state = result.state;
    this.notices.push(...result.notices);
    return result.notices.map(({ kind, roots, beneath }) => {
      const names = (parts: readonly { id: string }[]) => parts.map(({ id }) => id).join('+');
      return `${kind} ${names(roots)}${beneath.length === 0 ? '' : ` > ${names(beneath)}`}`;
    });
  }

  rounds(count: number, failing: readonly string[] = []): string[] {
    return Array.from({ length: count }, () => this.round(failing)).flat();
  }
}

describe('thresholds', () => {
  test('one failure tells nobody, the second does, and once', () => {
    const play = new Play();
    expect([play.round(['db']), play.round(['db']), play.round(['db'])]).toEqual([[], ['opened db'], []]);
  });

  test('a failure that is gone in time was none', () => {
    const play = new Play();
    expect([play.round(['db']), play.round(), play.round(['db']), play.round()].flat()).toEqual([]);
  });

  test('one pass is no recovery, and a failure begins the count anew', () => {
    const play = new Play();
    play.rounds(2, ['db']);
    expect([play.round(), play.round(['db']), play.round(), play.round()]).toEqual([[], [], [], ['recovered db']]);
  });

  test('the duration counts from the first failure, by elapsed time', () => {
    const play = new Play();
    play.rounds(3, ['db']);
    play.rounds(2);
    const [opened, recovered] = play.notices;
    expect([opened?.durationMs, recovered?.durationMs]).toEqual([60_000, 240_000]);
    expect(recovered?.startedAt).toBe('2026-11-25T12:01:00.000Z');
  });

  test('what cannot be looked at is told in its own words, and is no recovery', () => {
    const play = new Play();
    play.rounds(2, ['db']);
    expect(play.round({ db: 'unreadable' })).toEqual([]);
    expect(play.round({ db: 'unreadable' })).toEqual([]);
    const blind = new Play();
    blind.round({ db: 'unreadable' });
    expect(blind.round({ db: 'unreadable' })).toEqual(['opened db']);
    expect(blind.notices[0]?.roots).toEqual([{ id: 'db', detail: 'db unreadable' }]);
  });
});

describe('one incident for a chain', () => {
  test('what hangs on it is listed beneath, confirmed or not', () => {
    const play = new Play();
    play.round(['db']);
    expect(play.round(['db', 'api', 'web'])).toEqual(['opened db > web+api']);
    expect(play.rounds(3, ['db', 'api', 'web'])).toEqual([]);
  });

  test('who fails first waits for what it hangs on', () => {
    const play = new Play();
    expect([play.round(['web']), play.round(['web', 'db']), play.round(['web', 'db'])]).toEqual([
      [],
      [],
      ['opened db > web'],
    ]);
  });

  test('a cause that is found after its effect joins the incident', () => {
    const play = new Play();
    expect(play.rounds(2, ['web'])).toEqual(['opened web']);
    expect(play.rounds(4, ['web', 'db'])).toEqual([]);
    expect(play.state.incidents.map(({ members }) => members)).toEqual([['web', 'db']]);
    expect(play.rounds(2)).toEqual(['recovered web+db']);
  });

  test('it lasts until the last of the chain is back', () => {
    const play = new Play();
    play.rounds(3, ['db', 'api', 'web']);
    expect(play.rounds(3, ['api', 'web'])).toEqual([]);
    expect(play.rounds(3, ['web'])).toEqual([]);
    expect(play.rounds(2)).toEqual(['recovered db']);
    expect(play.state.incidents).toEqual([]);
  });

  test('what has another cause is another incident', () => {
    const play = new Play();
    expect(play.rounds(2, ['db', 'mail'])).toEqual(['opened db', 'opened mail']);
    expect(play.rounds(2, ['mail'])).toEqual(['recovered db']);
    expect(play.rounds(2)).toEqual(['recovered mail']);
  });

  test('what hangs on two moves to the one that is left', () => {
    const play = new Play([target('a'), target('b'), target('c', ['a', 'b'])]);
    play.rounds(3, ['a', 'b', 'c']);
    expect(play.rounds(2, ['b', 'c'])).toEqual(['recovered a']);
    expect(play.state.incidents.map(({ members }) => members)).toEqual([['b', 'c']]);
  });

  test('a component stands for all that is checked of it', () => {
    const checks = [target('db: ready', [], { group: 'db' }), target('db: login', ['db: ready'], { group: 'db' })];
    const play = new Play([target('shop', ['db']), ...checks]);
    expect(play.rounds(2, ['shop', 'db: login'])).toEqual(['opened db: login > shop']);
  });

  test('a second incident of the same moment has another id', () => {
    const play = new Play();
    play.rounds(2, ['db']);
    const [first] = play.state.incidents;
    expect(first?.id).toBe('20261125T120200Z-db');
    expect(play.notices.map(({ id }) => id)).toEqual(['20261125T120200Z-db/opened']);
  });
});

describe('reminders', () => {
  test('come as often as they are asked for', () => {
    const play = new Play();
    play.rounds(2, ['db']);
    expect(play.rounds(9, ['db'])).toEqual([]);
    expect(play.round(['db'])).toEqual(['reminder db']);
    expect(play.rounds(10, ['db'])).toEqual(['reminder db']);
    expect(play.notices.map(({ id }) => id.split('/')[1])).toEqual(['opened', 'reminder-1', 'reminder-2']);
  });

  test('a jump of the clock brings none and lengthens nothing', () => {
    const play = new Play();
    play.rounds(2, ['db']);
    expect(play.round(['db'], { at: new Date('2031-01-01T00:00:00Z') })).toEqual([]);
    expect(play.round(['db'], { at: new Date('1999-01-01T00:00:00Z') })).toEqual([]);
    expect(play.state.incidents[0]?.durationMs).toBe(180_000);
  });
});

describe('maintenance', () => {
  const during = (from: string, to: string, targets?: string[]) =>
    watchSchema.parse({
      ...settings,
      maintenance: [
        { name: 'release', from: `2026-11-25T${from}Z`, to: `2026-11-25T${to}Z`, ...(targets && { targets }) },
      ],
    });

  test('nobody is told in a window; what is down when it ends is told then', () => {
    const play = new Play(chain, during('12:00:00', '12:05:00'));
    expect(play.rounds(4, ['db', 'api'])).toEqual([]);
    expect(play.round(['db', 'api'])).toEqual(['opened db > api']);
  });

  test('what hangs on a target in its window is not told either', () => {
    const play = new Play(chain, during('12:00:00', '13:00:00', ['db']));
    expect(play.rounds(5, ['db', 'api', 'mail'])).toEqual(['opened mail']);
  });

  test('an incident from before still tells of its recovery, and reminds nobody', () => {
    const play = new Play(chain, during('12:03:00', '13:00:00'));
    expect(play.rounds(2, ['db'])).toEqual(['opened db']);
    expect(play.rounds(20, ['db'])).toEqual([]);
    expect(play.rounds(2)).toEqual(['recovered db']);
  });
});

describe('what cannot be seen', () => {
  test('offline nothing counts, whatever was seen', () => {
    const play = new Play();
    play.round(['db']);
    for (let round = 0; round < 5; round += 1) {
      expect(play.round(['web', 'api', 'db', 'mail'], { isOffline: true })).toEqual([]);
    }
    expect(play.state.offlineSince).toBe('2026-11-25T12:02:00.000Z');
    expect(play.round(['db'])).toEqual(['opened db']);
    expect(play.state.offlineSince).toBeUndefined();
  });

  test('an incident of the cluster outlives that the cluster cannot be seen, and a restart', () => {
    const checks = [target('db', [], { place: 'cluster' })];
    const play = new Play([target('api-server'), ...checks]);
    play.rounds(2, ['db']);
    const unseen = {
      targets: [target('api-server')],
      observations: [{ id: 'api-server', outcome: 'fail', detail: 'refused', durationMs: 1 }],
      isClusterPartial: true,
    } as const;
    expect(play.round([], unseen)).toEqual([]);
    play.state = JSON.parse(JSON.stringify(play.state)) as WatchState;
    expect(play.round([], unseen)).toEqual(['opened api-server']);
    expect(play.state.incidents.map(({ members }) => members)).toEqual([['db'], ['api-server']]);
    expect(play.rounds(2)).toEqual(['recovered db', 'recovered api-server']);
  });

  test('what is watched no more ends its incident, and says why', () => {
    const play = new Play();
    play.rounds(2, ['db']);
    const without = { targets: chain.filter(({ id }) => id !== 'db'), observations: [] };
    expect(play.round([], without)).toEqual(['recovered db']);
    expect(play.notices.at(-1)?.roots).toEqual([{ id: 'db', detail: 'is not watched any more' }]);
    expect(play.state.targets['db']).toBeUndefined();
  });
});

test('the outcome depends on nothing but what was seen: replayed, it is the same', () => {
  const outage = [['db'], ['db', 'api'], ['db', 'api', 'web'], ['web'], [], []];
  const played = [new Play(), new Play()].map((play) => {
    for (const failing of outage) play.round(failing);
    return play.state;
  });
  expect(played[0]).toEqual(played[1]);
});
