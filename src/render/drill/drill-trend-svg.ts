import type { DrillResult } from '../../core/drill/drill-report.ts';
import { endOf, recoveryMs } from '../../core/drill/drill-trend.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { durationText } from '../layout.ts';
import { markup, type Markup } from '../markup.ts';
import { outcomeTone } from './drill-words.ts';

const left = 70;
const width = 960;
const height = 200;
const base = 160;
const top = 16;
const mostDrawn = 30;

type Drawn = Pick<DrillResult, 'takenAt' | 'outcome' | 'verdict' | 'scenario' | 'recovery'>;

/** Recovery times from the oldest to the newest, with the objective of each. */
export function trendSvg(newestFirst: readonly Drawn[]): Markup | undefined {
  const drawn = newestFirst.slice(0, mostDrawn).reverse();
  const times = drawn.flatMap((result) => recoveryMs(result) ?? []);
  if (times.length < 2) return undefined;
  const most = Math.max(...times);
  const step = (width - left - 10) / drawn.length;
  const y = (ms: number): number => Math.round(base - (ms / most) * (base - top));
  const bars = drawn.map((result, index) => barMarkup(result, { x: left + index * step, step, y }));
  const [first, last] = [drawn[0], drawn.at(-1)];
  return markup`<svg class="course" role="img" aria-label="recovery times of earlier drills" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<line class="tick" x1="${left}" y1="${top}" x2="${width}" y2="${top}"/><line class="tick" x1="${left}" y1="${base}" x2="${width}" y2="${base}"/>
<text class="state" x="${left - 8}" y="${top + 4}" text-anchor="end">${durationText(most)}</text><text class="state" x="${left - 8}" y="${base + 4}" text-anchor="end">0 s</text>
${bars}<text class="state" x="${left}" y="${base + 22}">${first?.takenAt.slice(0, 10) ?? ''}</text><text class="state" x="${width - 10}" y="${base + 22}" text-anchor="end">${last?.takenAt.slice(0, 10) ?? ''}</text>
</svg>`;
}

interface Place {
  readonly x: number;
  readonly step: number;
  readonly y: (ms: number) => number;
}

/** A drill that did not recover has no time: a mark stands where its bar would. */
function barMarkup(result: Drawn, { x, step, y }: Place): Markup {
  const { takenAt, scenario, recovery } = result;
  const wide = Math.min(48, step - 6);
  const ms = recoveryMs(result);
  const took = ms ?? 0;
  const told =
    ms === undefined || recovery === undefined
      ? endOf(result)
      : `${durationText(ms)}, objective ${spokenDuration(recovery.objectiveMs)}`;
  const label =
    wide > 38 && ms !== undefined
      ? markup`<text class="state" x="${x + step / 2}" y="${y(took) - 4}" text-anchor="middle">${durationText(took)}</text>`
      : undefined;
  return markup`<g class="${outcomeTone(endOf(result))}"><title>${takenAt} ${scenario}: ${told}</title><rect x="${Math.round(x + (step - wide) / 2)}" y="${y(took)}" width="${Math.round(wide)}" height="${Math.max(2, base - y(took))}"/>${label}</g>\n`;
}
