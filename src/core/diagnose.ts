import type { Finding } from './findings.ts';
import type { Snapshot } from './snapshot.ts';
import type { Stack } from './stack.ts';

export function diagnose(snapshot: Snapshot, stack?: Stack): Finding[] {
  void snapshot;
  void stack;
  return [];
}
