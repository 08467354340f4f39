import type { ApplicationState } from '../../core/audit/audit-report.ts';
import type { ComponentState } from '../../core/audit/component-state.ts';
import { refId, refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { groupFindings, otherEffects, type FindingGroup } from '../findings/finding-groups.ts';
import { groupWords } from '../findings/findings-text.ts';

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
  /** The one object that the report is about, which itself tells what stands before and behind it. */
  readonly subject?: unknown;
}

const mostRoots = 10;
const mostBeneath = 15;

/** The dependency chain of a report: its most serious roots, and beneath them what they block and explain. */
export function causeGraph(source: GraphSource): CauseGraph {
  const groups = source.subject === undefined ? groupFindings(source.findings).filter(isDrawn) : [];
  const draft = new Draft(source);
  for (const group of groups.slice(0, mostRoots)) draft.addGroup(group);
  return { ...draft.graph(), rootsLeftOut: Math.max(0, groups.length - mostRoots) };
}

/** What nothing hangs on is told well enough in words. */
function isDrawn({ blocks, effects }: FindingGroup): boolean {
  return blocks.length + effects.length > 0;
}

/** `stuck: CreateContainerConfigError`: the pod's name says little, and takes the room of what it is. */
function stateText({ state, detail }: ComponentState): string {
  return `${state}: ${detail.replace(/^\S+ is (?=\S+$)/, '')}`;
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
      title: refText(group.object),
      state: this.#placed(group.object, `${group.severity}: ${groupWords(group)}`),
      tone: severityTones[group.severity],
      isRoot: true,
    });
    const drawn = group.blocks.slice(0, mostBeneath);
    for (const object of drawn) this.#addObject(object);
    const others = otherEffects(group);
    const effects = others.slice(0, mostBeneath);
    for (const { object, severity, message } of effects) {
      const id = refId(object);
      if (!this.#nodes.has(id)) this.#nodes.set(id, this.#effectNode(object, { severity, message }));
    }
    const nodeOf = new Map([
      ...group.findings.map(({ id }) => [id, root] as const),
      ...effects.map(({ id, object }) => [id, refId(object)] as const),
    ]);
    for (const effect of effects) this.#connectEffect(effect, effects, nodeOf);
    this.#connectBlocked(drawn, [...group.findings, ...effects], nodeOf);
    this.#addRest(root, group.blocks.length - drawn.length, 'workloads');
    this.#addRest(root, others.length - effects.length, 'findings');
  }

  graph(): Pick<CauseGraph, 'nodes' | 'edges'> {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }

  #addObject(object: ObjectRef): void {
    const id = refId(object);
    const component = this.#components.get(id);
    this.#nodes.set(id, {
      id,
      title: refText(object),
      state: this.#placed(object, component === undefined ? 'blocked' : stateText(component)),
      tone: component === undefined ? 'caution' : stateTones[component.state],
      isRoot: false,
    });
  }

  /** From the nearest of its causes: one that is itself explained by another of them stands between. */
  #connectEffect(effect: Finding, effects: readonly Finding[], nodeOf: ReadonlyMap<string, string>): void {
    const causes = new Set(effect.causes);
    const further = new Set(effects.filter(({ id }) => causes.has(id)).flatMap((cause) => cause.causes));
    for (const id of causes) {
      const from = nodeOf.get(id);
      const to = refId(effect.object);
      if (from !== undefined && from !== to && !further.has(id)) this.#edge(from, to);
    }
  }

  /** An arrow from the nearest finding that a workload is a direct user of, and from what it waits for. */
  #connectBlocked(
    drawn: readonly ObjectRef[],
    findings: readonly Finding[],
    nodeOf: ReadonlyMap<string, string>,
  ): void {
    const ids = new Set(drawn.map(refId));
    const [first] = findings;
    for (const id of ids) {
      const direct = findings.filter(({ references = [] }) => references.some((reference) => refId(reference) === id));
      const further = new Set(direct.flatMap(({ causes }) => causes));
      const nearest = direct.filter((finding) => !further.has(finding.id));
      const needs = (this.#components.get(id)?.dependsOn ?? []).flatMap((name) => this.#idsByComponent.get(name) ?? []);
      const inside = needs.filter((need) => ids.has(need) && need !== id);
      const from = nearest.length > 0 || inside.length > 0 || first === undefined ? nearest : [first];
      for (const need of inside) this.#edge(need, id);
      for (const finding of from) this.#edge(nodeOf.get(finding.id) ?? '', id);
    }
  }

  #effectNode(object: ObjectRef, { severity, message }: Pick<Finding, 'severity' | 'message'>): GraphNode {
    const application = object.kind === 'Application' ? this.#applications.get(object.name) : undefined;
    const state = application === undefined ? message : `${application.health}, ${application.sync}`;
    return { id: refId(object), title: refText(object), state, tone: severityTones[severity], isRoot: false };
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

  /** In which namespace goes without saying where there is only one. */
  #placed({ kind, namespace }: ObjectRef, state: string): string {
    const isSaid = this.#source.namespaces.length > 1 && kind !== 'Application' && namespace !== '';
    return isSaid ? `${state} (in ${namespace})` : state;
  }
}
