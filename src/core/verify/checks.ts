import { acyclic } from '../acyclic.ts';
import type { ComponentState } from '../audit/component-state.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { serviceTargets } from '../cluster/service-targets.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Stack, StackCheck, StackComponent } from '../stack/stack.ts';
import { durationMs } from '../watch/duration.ts';
import { componentStates } from '../workloads/component-states.ts';
import { defaultSteadyMs } from '../workloads/steadiness.ts';
import { workloads } from '../workloads/workloads.ts';

interface CheckHead {
  /** `COMPONENT: NAME`, unique within a run. */
  readonly id: string;
  readonly name: string;
  readonly component: string;
  /** What a finding of this check is about. */
  readonly object: ObjectRef;
  readonly critical: boolean;
  /** Ids of checks without whose success this one means nothing. */
  readonly needs: readonly string[];
  /** Made up by c2l, so that nothing may hang on it. */
  readonly isDerived?: boolean;
  readonly pace?: CheckPace;
}

/** What the stack says of trying a check; what it is silent on is the run's. */
export interface CheckPace {
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly intervalMs?: number;
}

type SpecOf<K extends StackCheck['kind']> = Extract<StackCheck, { kind: K }>;

export type PlannedCheck = CheckHead &
  (
    | { readonly kind: 'ready'; readonly steadyMs: number }
    | { [K in StackCheck['kind']]: { readonly kind: K; readonly spec: SpecOf<K> } }[StackCheck['kind']]
    | { readonly kind: 'application'; readonly application: string }
  );

/**
 * The claims that verify proves, each after those that it hangs on. Without a stack every workload that should run is
 * checked for readiness; a stack adds logins, endpoints and its Argo CD applications, and every live Service that selects
 * a workload of it must lead somewhere.
 */
export function planChecks(snapshot: Snapshot, stack?: Stack): PlannedCheck[] {
  const states = componentStates(snapshot, stack).filter((state) => stack !== undefined || shouldRun(state));
  const declared = new Map(stack?.components.map((component) => [component.name, component]));
  const services = stack === undefined ? new Map<string, readonly string[]>() : servedComponents(snapshot, states);
  const order = acyclic(new Map(states.map(({ component, dependsOn }) => [component, dependsOn])));
  const byComponent = new Map<string, readonly PlannedCheck[]>();

  for (const name of order.levels.flat()) {
    const state = states.find(({ component }) => component === name);
    if (state === undefined) continue;
    const needs = [...(order.edges.get(name) ?? [])].flatMap((need) => byComponent.get(need) ?? []);
    const critical = needs.filter(holdsUp).map(({ id }) => id);
    byComponent.set(name, componentChecks(state, declared.get(name), critical, services.get(name) ?? []));
  }
  const checks = states.flatMap(({ component }) => byComponent.get(component) ?? []);
  return [...inOrder(checks), ...applicationChecks(snapshot, checks, stack)];
}

/** Whether what hangs on a component is skipped where this check of it does not pass. */
function holdsUp({ critical, isDerived }: CheckHead): boolean {
  return critical && isDerived !== true;
}

/** What runs nothing at the moment, and is as it should be. */
const idle: ReadonlySet<string> = new Set(['is scaled to 0', 'is suspended', 'runs on its schedule']);

function shouldRun({ detail }: ComponentState): boolean {
  return !idle.has(detail);
}

/** By component, the Services that lead to it; one that leads to several stands at the first that should run. */
function servedComponents(
  snapshot: Snapshot,
  states: readonly ComponentState[],
): ReadonlyMap<string, readonly string[]> {
  const leadsTo = serviceTargets(snapshot.services.items, workloads(snapshot));
  const byComponent = new Map<string, string[]>();
  for (const { metadata } of snapshot.services.items) {
    const { name, namespace = '' } = metadata;
    const behind = new Set(leadsTo({ namespace, name }).map(refId));
    const served = states.find((state) => behind.has(refId(state.object)) && shouldRun(state));
    if (served !== undefined) byComponent.set(served.component, [...(byComponent.get(served.component) ?? []), name]);
  }
  return byComponent;
}

function componentChecks(
  { component, object }: ComponentState,
  declared: StackComponent | undefined,
  needs: readonly string[],
  services: readonly string[],
): PlannedCheck[] {
  const critical = declared?.critical ?? true;
  const head = (name: string, hangsOn: readonly string[]): CheckHead => ({
    id: `${component}: ${name}`,
    name,
    component,
    object,
    critical,
    needs: hangsOn,
  });
  const steadyMs = declared?.steady === undefined ? defaultSteadyMs : durationMs(declared.steady);
  const ready: PlannedCheck = { ...head('ready', needs), kind: 'ready', steadyMs };
  const seen = new Map<string, number>([[ready.name, 1]]);
  const specs = declared?.checks ?? [];
  const others = specs.map((spec): PlannedCheck => {
    const base = spec.name ?? nameOf(spec);
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    const own = head(times === 1 ? base : `${base} (${times})`, [ready.id]);
    const pace = paceOf(spec);
    // The kind of a spec is the kind of its check, which TypeScript cannot follow through a union.
    return {
      ...own,
      critical: spec.critical ?? critical,
      ...(pace && { pace }),
      kind: spec.kind,
      spec,
    } as PlannedCheck;
  });
  const isNamed = (service: string): boolean =>
    specs.some((spec) => spec.kind === 'endpoints' && spec.service === service);
  const derived = services
    .filter((service) => !isNamed(service))
    .map((service): PlannedCheck => {
      const spec: SpecOf<'endpoints'> = { kind: 'endpoints', service, min: 1 };
      return { ...head(nameOf(spec), [ready.id]), isDerived: true, kind: 'endpoints', spec };
    });
  return [ready, ...derived, ...others];
}

function paceOf({ timeout, retries, interval }: StackCheck): CheckPace | undefined {
  if (timeout === undefined && retries === undefined && interval === undefined) return undefined;
  return {
    ...(timeout !== undefined && { timeoutMs: durationMs(timeout) }),
    ...(retries !== undefined && { retries }),
    ...(interval !== undefined && { intervalMs: durationMs(interval) }),
  };
}

function nameOf(spec: StackCheck): string {
  switch (spec.kind) {
    case 'postgres-login':
      return 'login over TCP';
    case 'endpoints':
      return `service ${spec.service} has endpoints`;
    case 'tcp':
      return `TCP ${spec.host === undefined ? 'port ' : `${spec.host}:`}${spec.port}`;
    case 'dns':
      return `${spec.host} resolves`;
    case 'command':
      return `runs ${spec.command[0]}`;
    case 'http':
      return httpName(spec);
  }
}

function httpName({ path, json, basicAuth }: SpecOf<'http'>): string {
  const [field] = Object.entries(json);
  if (basicAuth !== undefined) return `GET ${path} with a login`;
  return field === undefined ? `GET ${path}` : `GET ${path}, ${field[0]} is ${String(field[1])}`;
}

/** Argo CD looks again within minutes, not seconds: what it shows is told, and never fails the whole. */
function applicationChecks(
  { argocd }: Snapshot,
  others: readonly PlannedCheck[],
  stack: Stack | undefined,
): PlannedCheck[] {
  if (stack === undefined || !argocd.installed) return [];
  return stack.argocd.applications.map((application) => ({
    kind: 'application',
    id: `argocd: ${application}`,
    name: 'Healthy and Synced',
    component: `argocd/${application}`,
    object: { kind: 'Application', namespace: argocd.namespace, name: application },
    critical: false,
    needs: others.filter(holdsUp).map(({ id }) => id),
    application,
  }));
}

/** Stable, and such that nothing stands before what it hangs on. */
function inOrder(checks: readonly PlannedCheck[]): PlannedCheck[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const placed = new Set<PlannedCheck>();
  const place = (check: PlannedCheck): void => {
    if (placed.has(check)) return;
    for (const need of check.needs) {
      const earlier = byId.get(need);
      if (earlier !== undefined) place(earlier);
    }
    placed.add(check);
  };
  for (const check of checks) place(check);
  return [...placed];
}
