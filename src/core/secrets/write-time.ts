/** Kubernetes tells times in whole seconds; within the same second nobody knows what came first. */
export function isLater(time: string | undefined, than: string | undefined): boolean {
  if (time === undefined || time === '') return false;
  if (than === undefined || than === '') return true;
  return isWhole(time) && isWhole(than) ? time > than : secondOf(time) > secondOf(than);
}

/** As the API writes most times: these sort as they are. */
function isWhole(time: string): boolean {
  return time.length === '2026-01-02T03:04:05Z'.length;
}

export function isSameSecond(time: string | undefined, other: string): boolean {
  return time !== undefined && secondOf(time) === secondOf(other);
}

function secondOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
