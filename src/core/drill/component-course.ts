import type { ComponentState } from '../audit/component-state.ts';

/** How long a component was in one state, from the fault on. */
export interface CourseSpan {
  readonly state: ComponentState['state'];
  readonly detail: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ComponentCourse {
  readonly component: string;
  readonly spans: readonly CourseSpan[];
}

/** All components at one moment, from the fault on. */
export interface CourseLook {
  readonly atMs: number;
  readonly states: readonly Pick<ComponentState, 'component' | 'state' | 'detail'>[];
}

/** What became of each component: a state lasts until the look that sees another one. */
export function componentCourses(looks: readonly CourseLook[]): ComponentCourse[] {
  const names = [...new Set(looks.flatMap(({ states }) => states.map(({ component }) => component)))];
  return names.map((component) => ({ component, spans: spansOf(component, looks) }));
}

/** The last look is one after the proof: what it saw was so at the proof. */
export function coursesUntil({
  components = [],
  recovery: { tookMs: endMs } = { tookMs: Infinity },
}: {
  readonly components?: readonly ComponentCourse[];
  readonly recovery?: { readonly tookMs: number };
}): ComponentCourse[] {
  return components.map(({ component, spans }) => ({
    component,
    spans: spans.map((span) => ({
      ...span,
      fromMs: Math.min(span.fromMs, endMs),
      toMs: Math.min(span.toMs, endMs),
    })),
  }));
}

function spansOf(component: string, looks: readonly CourseLook[]): CourseSpan[] {
  const spans: CourseSpan[] = [];
  for (const { atMs, states } of looks) {
    const seen = states.find((state) => state.component === component);
    const last = spans.at(-1);
    if (last !== undefined) spans[spans.length - 1] = { ...last, toMs: atMs };
    if (seen === undefined || last?.state === seen.state) continue;
    spans.push({ state: seen.state, detail: seen.detail, fromMs: atMs, toMs: atMs });
  }
  return spans;
}
