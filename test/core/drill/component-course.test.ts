import { expect, test } from '@jest/globals';

import { componentCourses, type CourseLook } from '../../../src/core/drill/component-course.ts';

const look = (atMs: number, states: Readonly<Record<string, 'ready' | 'stuck' | 'waiting'>>): CourseLook => ({
  atMs,
  states: Object.entries(states).map(([component, state]) => ({ component, state, detail: `at ${atMs}` })),
});

test('a state lasts until the look that sees another one, and is told as it was first seen', () => {
  const courses = componentCourses([
    look(100, { db: 'stuck', api: 'ready' }),
    look(600, { db: 'stuck', api: 'waiting' }),
    look(1100, { db: 'ready', api: 'waiting' }),
  ]);

  expect(courses).toEqual([
    {
      component: 'db',
      spans: [
        { state: 'stuck', detail: 'at 100', fromMs: 100, toMs: 1100 },
        { state: 'ready', detail: 'at 1100', fromMs: 1100, toMs: 1100 },
      ],
    },
    {
      component: 'api',
      spans: [
        { state: 'ready', detail: 'at 100', fromMs: 100, toMs: 600 },
        { state: 'waiting', detail: 'at 600', fromMs: 600, toMs: 1100 },
      ],
    },
  ]);
});

test('a component that is not seen in a look keeps the state it had', () => {
  const [course] = componentCourses([look(0, { db: 'stuck' }), look(500, {}), look(900, { db: 'ready' })]);
  expect(course?.spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 900],
    [900, 900],
  ]);
});
