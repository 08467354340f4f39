import type { Finding } from '../core/findings.ts';
import { refId, refText, type ObjectRef } from '../core/kubernetes.ts';
import type { ApplicationState, ComponentState } from '../core/report.ts';
import { groupFindings, otherEffects, type FindingGroup } from './finding-groups.ts';
import { groupWords } from './findings-text.ts';

/** How bad a node is; what color says is said by `state` in words too. */
export type Tone = 'bad' | 'caution' | 'good' | 'neutral';

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly tone: Tone;
  readonly isRoot: boolean;
}

/** Roots on one side, and along the arrows what each holds up. */
export interface CauseGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** Roots that are not drawn: a picture of hundreds tells nothing. */
  readonly rootsLeftOut: number;
}

export interface GraphSource {
  readonly namespaces: readonly string[];
  readonly findings: readonly Finding[];
  readonly components: readonly ComponentState[];
  readonly applications: readonly ApplicationState[];
}

const mostRoots = 10;
const mostBeneath = 15;

/** The dependency chain of a report: its most serious roots, and beneath them what they block and explain. */
export function causeGraph(source: GraphSource): CauseGraph {
  const groups = groupFindings(source.findings).filter(isDrawn);
  const draft = new Draft(source);
  for (const group of groups.slice(0, mostRoots)) draft.addGroup(group);
  return { ...draft.graph(), rootsLeftOut: Math.max(0, groups.length - mostRoots) };
}

/** What nothing hangs on is told well enough in words. */
function isDrawn({ severity, blocks, effects }: FindingGroup): boolean {
  return severity === 'error' || blocks.length + effects.length > 0;
}

const severityTones = { error: 'bad', warning: 'caution', info: 'neutral' } as const;
const stateTones: Record<ComponentState['state'], Tone> = {
  ready: 'good',
  waiting: 'caution',
  stuck: 'bad',
  missing: 'bad',
  unknown: 'neutral',
};

class Draft {
  readonly #source: GraphSource;
  readonly #components: ReadonlyMap<string, ComponentState>;
  readonly #idsByComponent: ReadonlyMap<string, string>;
  readonly #applications: ReadonlyMap<string, ApplicationState>;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, readonly [string, string]>();

  constructor(source: GraphSource) {
    this.#source = source;
    this.#components = new Map(source.components.map((component) => [refId(component.object), component]));
    this.#idsByComponent = new Map(source.components.map(({ component, object }) => [component, refId(object)]));
    this.#applications = new Map(source.applications.map((application) => [application.name, application]));
  }

  addGroup(group: FindingGroup): void {
    const [first] = group.findings;
    if (first === undefined) return;
    const root = `finding ${first.id}`;
    this.#nodes.set(root, {
      id: root,
      title: this.#name(group.object),
      state: `${group.severity}: ${groupWords(group)}`,
      tone: severityTones[group.severity],
      isRoot: true,
    });
    const drawn = group.blocks.slice(0, mostBeneath);
    for (const object of drawn) this.#addObject(object);
    this.#connect(root, group, drawn);
    this.#addRest(root, group.blocks.length - drawn.length, 'workloads');

    const effects = otherEffects(group);
    for (const { object, severity, message } of effects.slice(0, mostBeneath)) {
      const id = refId(object);
      if (!this.#nodes.has(id)) this.#nodes.set(id, this.#effectNode(object, { severity, message }));
      this.#edge(root, id);
    }
    this.#addRest(root, effects.length - mostBeneath, 'findings');
  }

  graph(): Pick<CauseGraph, 'nodes' | 'edges'> {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }

  #addObject(object: ObjectRef): void {
    const id = refId(object);
    const component = this.#components.get(id);
    this.#nodes.set(id, {
      id,
      title: this.#name(object),
      state: component === undefined ? 'blocked' : `${component.state}: ${component.detail}`,
      tone: component === undefined ? 'caution' : stateTones[component.state],
      isRoot: false,
    });
  }

  /** An arrow to each direct user, and to whatever no other arrow of this group reaches. */
  #connect(root: string, { findings }: FindingGroup, drawn: readonly ObjectRef[]): void {
    const ids = new Set(drawn.map(refId));
    const users = new Set(findings.flatMap(({ references = [] }) => references.map(refId)));
    for (const id of ids) {
      const needs = (this.#components.get(id)?.dependsOn ?? []).flatMap((name) => this.#idsByComponent.get(name) ?? []);
      const inside = needs.filter((need) => ids.has(need) && need !== id);
      for (const need of inside) this.#edge(need, id);
      if (inside.length === 0 || users.has(id)) this.#edge(root, id);
    }
  }

  #effectNode(object: ObjectRef, { severity, message }: Pick<Finding, 'severity' | 'message'>): GraphNode {
    const application = object.kind === 'Application' ? this.#applications.get(object.name) : undefined;
    const state = application === undefined ? message : `${application.health}, ${application.sync}`;
    return { id: refId(object), title: this.#name(object), state, tone: severityTones[severity], isRoot: false };
  }

  #addRest(root: string, amount: number, what: string): void {
    if (amount <= 0) return;
    const id = `${root} ${what}`;
    this.#nodes.set(id, { id, title: `${amount} more ${what}`, state: 'not drawn', tone: 'neutral', isRoot: false });
    this.#edge(root, id);
  }

  #edge(from: string, to: string): void {
    this.#edges.set(`${from} -> ${to}`, [from, to]);
  }

  #name(object: ObjectRef): string {
    return this.#source.namespaces.length === 1 || object.kind === 'Application'
      ? refText(object)
      : `${object.namespace} ${refText(object)}`;
  }
}
