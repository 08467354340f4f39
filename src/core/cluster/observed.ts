/** Why a read gave no answer. Each cause has its own next step, so it is kept apart from the human words. */
export type ReadFailureCause =
  'unauthorized' | 'forbidden' | 'unreachable' | 'timeout' | 'rate-limited' | 'server-error' | 'not-kubernetes';

export interface Unreadable {
  readonly state: 'unreadable';
  readonly cause: ReadFailureCause;
  /** One lower-case clause, free of response bodies, headers and values. */
  readonly reason: string;
}

/** "Not there" and "could not look" are different answers; only the first is a fact about the cluster. */
export type Observed<T> = { readonly state: 'present'; readonly value: T } | { readonly state: 'absent' } | Unreadable;

export function present<T>(value: T): Observed<T> {
  return { state: 'present', value };
}

export const absent = { state: 'absent' } as const;

export function unreadable(cause: ReadFailureCause, reason: string): Unreadable {
  return { state: 'unreadable', cause, reason };
}
