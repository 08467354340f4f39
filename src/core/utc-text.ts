/** A time of the API as people read it: `2026-11-23 18:15:30 UTC`. */
export function utcText(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}
