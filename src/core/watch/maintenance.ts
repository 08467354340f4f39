import { durationMs } from './duration.ts';
import type { Target } from './targets.ts';
import type { MaintenanceWindow } from './watch-schema.ts';

const dayMs = 86_400_000;
/** As `Date.getUTCDay` counts them. */
const weekDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The window in which nobody is told of this target at this time; undefined where there is none. */
export function maintenanceOf(
  target: Pick<Target, 'id' | 'group'>,
  at: Date,
  windows: readonly MaintenanceWindow[],
): MaintenanceWindow | undefined {
  return windows.find((window) => isMeant(target, window) && isOpen(window, at.getTime()));
}

function isMeant({ id, group }: Pick<Target, 'id' | 'group'>, { targets }: MaintenanceWindow): boolean {
  return targets === undefined || targets.includes(group) || targets.includes(id);
}

/** When a window is open, in words. */
export function windowText(window: MaintenanceWindow): string {
  if ('from' in window) return `from ${window.from} to ${window.to}`;
  return `${window.days?.join(', ') ?? 'every day'} at ${window.at} UTC for ${window.for}`;
}

export function isOpen(window: MaintenanceWindow, now: number): boolean {
  if ('from' in window) return now >= Date.parse(window.from) && now < Date.parse(window.to);
  const length = durationMs(window.for);
  // A window may reach over midnight, and a long one over several.
  for (let day = now - (now % dayMs); day > now - length - dayMs; day -= dayMs) {
    const start = day + timeOfDayMs(window.at);
    if (isItsDay(window, new Date(day)) && now >= start && now < start + length) return true;
  }
  return false;
}

function isItsDay({ days }: { days?: readonly string[] | undefined }, day: Date): boolean {
  return days === undefined || days.includes(weekDays[day.getUTCDay()] ?? '');
}

function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
