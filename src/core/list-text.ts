const shown = 5;

/** `a`, `a and b`, `a, b and c`; long lists end in how many more there are. */
export function listText(items: readonly string[]): string {
  if (items.length > shown) return `${items.slice(0, shown - 1).join(', ')} and ${items.length - shown + 1} more`;
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 key`, `9 keys`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** `1 of 1 pod is`, `1 of 3 pods are`. */
export function shareText(amount: number, total: number, one: string): string {
  return `${amount} of ${count(total, one)} ${total === 1 ? 'is' : 'are'}`;
}
