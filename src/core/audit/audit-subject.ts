import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { FindingReference } from '../findings/findings.ts';
import type { RequirementState } from '../secrets/requirements.ts';
import type { ComponentState } from './component-state.ts';

/** One key, or one whole Secret, that a place of a workload names, and whether it is as it must be. */
export interface ReferenceState {
  readonly secret: string;
  /** Left out where the Secret is needed as a whole. */
  readonly key?: string;
  readonly via: FindingReference['via'];
  readonly optional: boolean;
  /** `kept`: it is as it must be, and kubelet gives the pods an older one. */
  readonly state: RequirementState | 'kept';
  /** What is wrong, in words that quote no value. */
  readonly detail?: string;
}

export interface ContainerState {
  readonly name: string;
  readonly init: boolean;
  /** Of the pod that shows best where the workload stands: `running`, `waiting: CreateContainerConfigError: …`. */
  readonly status: string;
  readonly references: readonly ReferenceState[];
}

/** One workload by itself: every container, every reference, and what stands before and behind it. */
export interface WorkloadSubject {
  readonly kind: 'workload';
  readonly object: ObjectRef;
  readonly state: ComponentState['state'];
  readonly detail: string;
  /** Live pods with the STATUS column of kubectl, newest first. */
  readonly pods: readonly { readonly name: string; readonly status: string }[];
  readonly containers: readonly ContainerState[];
  /** Of volumes and image pulls, which belong to no container. */
  readonly references: readonly ReferenceState[];
  readonly dependsOn: readonly { readonly object: ObjectRef; readonly state: ComponentState['state'] }[];
  readonly blocks: readonly ObjectRef[];
}

export interface SecretKeyUse {
  readonly key: string;
  readonly required: boolean;
  readonly state: RequirementState;
  readonly detail?: string;
  readonly references: readonly FindingReference[];
  /** What cannot start any more once the key is gone, nearest first. */
  readonly blocks: readonly ObjectRef[];
}

/** One Secret by itself: who uses which key, and what breaks if it goes. */
export interface SecretSubject {
  readonly kind: 'secret';
  readonly object: ObjectRef;
  readonly state: 'present' | 'missing' | 'unreadable';
  readonly type?: string;
  /** Who writes it beside c2l. */
  readonly owner?: string;
  readonly keys: readonly SecretKeyUse[];
  /** Places that take the Secret as a whole. */
  readonly references: readonly FindingReference[];
  /** Keys that it holds and nothing names; where something takes it as a whole, that may use them all the same. */
  readonly unnamedKeys: readonly string[];
  readonly blocks: readonly ObjectRef[];
}

export type AuditSubject = WorkloadSubject | SecretSubject;
