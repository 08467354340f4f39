import type { ObjectRef } from '../cluster/kubernetes.ts';

/** A component and its state at the moment of the report. */
export interface ComponentState {
  readonly component: string;
  readonly object: ObjectRef;
  readonly state: 'ready' | 'waiting' | 'stuck' | 'missing' | 'unknown';
  readonly detail: string;
  readonly dependsOn: readonly string[];
}
