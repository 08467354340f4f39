import type { ComponentState } from '../../../src/core/audit/component-state.ts';
import type { Manifest } from './manifests.ts';

/**
 * One situation of the fault matrix and everything that `audit` must say of it. Each row gets a namespace of its own and
 * is set up in both worlds.
 */
export interface MatrixRow {
  readonly situation: string;
  /** Those of External Secrets and Sealed Secrets: the row is skipped where they do not run. */
  readonly needs?: 'controllers';
  readonly objects: readonly Manifest[];
  /** Whether a node is there that no kubelet ever spoke for; pods go to it by `lostNodeName`. */
  readonly hasLostNode?: true;
  /**
   * Pods by the start of their name, with what kubectl prints in the STATUS column once the situation is there. It holds
   * the two worlds to the same behaviour before `audit` is asked.
   */
  readonly shows?: Readonly<Record<string, string | RegExp>>;
  /** What happens once it shows that. */
  readonly then?: readonly Change[];
  /** What the pods show after that. */
  readonly thenShows?: Readonly<Record<string, string | RegExp>>;
  /**
   * Exactly these and no others, in the order of the report, as in
   * `error secret-key-missing secret/app jwt-secret blocks pod/api, pod/web because …`.
   */
  readonly findings: readonly string[];
  /** The state that the table of components gives to some, by what they are called there: `deployment/api`. */
  readonly states?: Readonly<Record<string, ComponentState['state']>>;
  /** What the messages say, each of at least one finding. */
  readonly says?: readonly RegExp[];
}

/** A merge patch of an object or its status, its end, or an object that comes later. Paths are as in `secrets/app`. */
export type Change =
  | { readonly patch: string; readonly body: object }
  | { readonly patchStatus: string; readonly body: object }
  | { readonly delete: string }
  | { readonly create: Manifest }
  /** A Job `NAME-COMMAND` of a CronJob, begun by hand, that tries once and does this instead. */
  | { readonly run: string; readonly command: 'true' | 'false' }
  /** Kubernetes tells times in whole seconds: what comes after is of a later one than all that was before. */
  | 'a second later'
  /** A container has just ended again, so that kubelet leaves it alone for as long as a back-off takes. */
  | 'as its back-off begins anew';
