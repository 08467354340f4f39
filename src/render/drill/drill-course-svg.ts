import type { CourseSpan } from '../../core/drill/component-course.ts';
import type { DrillPhase, DrillReport } from '../../core/drill/drill-report.ts';
import { durationText } from '../layout.ts';
import { markup, type Markup } from '../markup.ts';
import { phaseText } from './drill-words.ts';

const left = 150;
const width = 960;
const right = 20;
const rowHeight = 26;
const top = 64;

const tones: Readonly<Record<CourseSpan['state'], string>> = {
  ready: 'good',
  waiting: 'caution',
  stuck: 'bad',
  missing: 'bad',
  unknown: 'neutral',
};

/** The recovery drawn to scale: its phases, and beneath them the state of every component. */
export function courseSvg({ recovery, components, noticed }: DrillReport): Markup | undefined {
  if (recovery === undefined || components.length === 0) return undefined;
  const ends = components.flatMap(({ spans }) => spans.map(({ toMs }) => toMs));
  const scale = scaleTo(Math.max(recovery.tookMs, ...ends, 1));
  const height = top + components.length * rowHeight + 28;
  const rows = components.map(({ component, spans }, index) => {
    const y = top + index * rowHeight;
    const bars = spans.map((span) => barMarkup(span, y, scale));
    return markup`<text class="name" x="${left - 10}" y="${y + 17}" text-anchor="end">${short(component)}</text>${bars}\n`;
  });
  const seen = noticed.flatMap(({ by, afterMs }) =>
    afterMs === undefined
      ? []
      : markup`<g class="seen"><title>${by} noticed after ${durationText(afterMs)}</title><line x1="${scale.x(afterMs)}" y1="${top - 8}" x2="${scale.x(afterMs)}" y2="${height - 26}"/></g>\n`,
  );
  return markup`<svg class="course" role="img" aria-label="the recovery, drawn to scale" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
${tickMarkup(scale, height)}${phaseMarkup(recovery.phases, scale)}${rows}${seen}</svg>`;
}

interface Scale {
  readonly endMs: number;
  readonly x: (ms: number) => number;
}

function scaleTo(endMs: number): Scale {
  return { endMs, x: (ms) => Math.round((left + (Math.min(ms, endMs) / endMs) * (width - left - right)) * 10) / 10 };
}

/** Less than this is drawn all the same, so that it can be seen. */
const leastWidth = 2;

function barMarkup({ state, detail, fromMs, toMs }: CourseSpan, y: number, scale: Scale): Markup {
  const x = scale.x(fromMs);
  const wide = Math.max(leastWidth, scale.x(toMs) - x);
  const label =
    wide > state.length * 7 + 10 ? markup`<text class="state" x="${x + 6}" y="${y + 16}">${state}</text>` : undefined;
  return markup`<g class="${tones[state]}"><title>${state} from ${durationText(fromMs)} to ${durationText(toMs)}: ${detail}</title><rect x="${x}" y="${y + 2}" width="${Math.round(wide * 10) / 10}" height="${rowHeight - 6}"/>${label}</g>`;
}

function phaseMarkup(phases: readonly DrillPhase[], scale: Scale): Markup[] {
  let from = 0;
  return phases.map((phase, index) => {
    const { name, durationMs } = phase;
    const x = scale.x(from);
    from += durationMs;
    const wide = Math.max(leastWidth, scale.x(from) - x);
    const label =
      wide > name.length * 6.5 + 10 ? markup`<text class="state" x="${x + 6}" y="41">${name}</text>` : undefined;
    return markup`<g class="phase p${index % 6}"><title>${name}: ${phaseText(phase)}</title><rect x="${x}" y="26" width="${Math.round(wide * 10) / 10}" height="22"/>${label}</g>\n`;
  });
}

function tickMarkup({ endMs, x }: Scale, height: number): Markup[] {
  const step = tickStep(endMs);
  const ticks = Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
  return ticks.map(
    (ms) =>
      markup`<line class="tick" x1="${x(ms)}" y1="20" x2="${x(ms)}" y2="${height - 24}"/><text class="state" x="${x(ms)}" y="${height - 8}" text-anchor="middle">${tickText(ms, step)}</text>\n`,
  );
}

const steps = [100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000];

function tickStep(endMs: number): number {
  return steps.find((step) => endMs / step <= 10) ?? Math.ceil(endMs / 10);
}

function tickText(ms: number, step: number): string {
  if (step >= 60_000) return `${ms / 60_000} min`;
  return `${(ms / 1000).toFixed(step < 1000 ? 1 : 0)} s`;
}

function short(text: string): string {
  return text.length <= 20 ? text : `${text.slice(0, 19)}…`;
}
