/** Grafana takes at most so many characters, letters, digits, `-` and `_`. */
const longestUid = 40;

/** The same for the same stack, and another one for another stack. */
export function dashboardUid(stack: string): string {
  const usual = `c2l-${stack}`;
  if (usual.length <= longestUid && !usual.includes('.')) return usual;
  const mark = `-${checksum(usual).toString(36).padStart(7, '0')}`;
  return `${usual.replaceAll('.', '-').slice(0, longestUid - mark.length)}${mark}`;
}

/** FNV-1a: short, and no secret depends on it. */
function checksum(text: string): number {
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}
