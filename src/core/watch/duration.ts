const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration as the stack file writes it, such as `5m`; the schema has seen to its form. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (unitMs[text.slice(-1)] ?? 1000);
}

/** `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`: as exact as a person needs it. */
export function spokenDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** As a file writes it, in the largest unit that says it exactly; whole seconds are meant. */
export function writtenDuration(ms: number): string {
  const unit = ['d', 'h', 'm'].find((each) => ms > 0 && ms % (unitMs[each] ?? 0) === 0) ?? 's';
  return `${ms / (unitMs[unit] ?? 1000)}${unit}`;
}
