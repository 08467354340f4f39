import { isRecord } from '../core/is-record.ts';

export function parseObject(text: string): Record<string, unknown> | undefined {
  // Asked of every Secret of a cluster; an error that is thrown and caught costs more than all else that is done to one.
  if (text === '') return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined;
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
