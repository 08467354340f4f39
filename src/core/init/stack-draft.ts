import type { ValueFormat } from '../secrets/value-format.ts';

/** A stack file in the making: what was seen, what was guessed and why, and what nobody could tell. */
export interface StackDraft {
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly productionContexts: readonly string[];
  readonly argocd: { readonly namespace: string; readonly applications: readonly string[] };
  readonly secrets: readonly DraftSecret[];
  readonly components: readonly DraftComponent[];
  /** What runs and is no component, with the reason. */
  readonly leftOut: readonly DraftOmission[];
}

export interface DraftOmission {
  /** KIND/NAME. */
  readonly workload: string;
  readonly note: string;
}

export interface DraftSecret {
  readonly name: string;
  readonly namespace?: string;
  readonly type?: string;
  readonly keys: readonly DraftKey[];
  readonly notes: readonly string[];
}

export interface DraftKey {
  readonly key: string;
  readonly required?: false;
  readonly format?: ValueFormat;
  readonly generate?: true;
  readonly from?: { readonly env: string; readonly azureKeyVault: string };
  readonly note?: string;
  /** Whether it is likely another key, mistyped: that one has the names in sources that both would have. */
  readonly isSlip?: true;
}

export interface DraftComponent {
  readonly name: string;
  /** KIND/NAME. */
  readonly workload: string;
  readonly namespace?: string;
  readonly critical?: false;
  readonly dependsOn: readonly string[];
  readonly checks: readonly DraftCheck[];
  /** Each guess with its reason, and what could not be told; for people. */
  readonly notes: readonly string[];
}

export type DraftValue = { readonly value: string } | { readonly secret: string; readonly key: string };

export type DraftCheck =
  | {
      readonly kind: 'http';
      readonly name?: string;
      readonly service: string;
      readonly port: number;
      readonly path: string;
      readonly json?: Readonly<Record<string, string | number | boolean>>;
      readonly basicAuth?: { readonly user: DraftValue; readonly password: DraftValue };
    }
  | {
      readonly kind: 'postgres-login';
      readonly user: DraftValue;
      readonly password: DraftValue;
      readonly database?: string;
    };

/** The draft as a stack file holds it, with nothing of how it came about. */
export interface StackFile {
  readonly version: number;
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly production?: { readonly contexts: readonly string[] };
  readonly argocd?: StackDraft['argocd'];
  readonly secrets: readonly { readonly name: string; readonly keys: Readonly<Record<string, object>> }[];
  readonly components: readonly { readonly name: string; readonly checks?: readonly DraftCheck[] }[];
}

/** What only a person knows; where nobody can be asked it stays a comment of the file. */
export interface OpenQuestion {
  /** Of the component that it is about. */
  readonly component: string;
  /** The component that it may depend on. */
  readonly on: string;
  readonly question: string;
  /** What the file says where it stays open. */
  readonly note: string;
}

/** The draft with one question answered by yes: a dependency more. */
export function withDependency(draft: StackDraft, { component, on }: OpenQuestion): StackDraft {
  return changed(draft, component, (found) => ({ ...found, dependsOn: [...found.dependsOn, on].sort() }));
}

/** The draft with a question left open, which the file then tells. */
export function withNote(draft: StackDraft, { component, note }: OpenQuestion): StackDraft {
  return changed(draft, component, (found) => ({ ...found, notes: [...found.notes, note] }));
}

function changed(draft: StackDraft, name: string, change: (component: DraftComponent) => DraftComponent): StackDraft {
  const components = draft.components.map((component) => (component.name === name ? change(component) : component));
  return { ...draft, components };
}
