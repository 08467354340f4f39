import { componentStates } from './component-states.ts';
import type { HttpCheck } from './http-answer.ts';
import type { ObjectRef } from './kubernetes.ts';
import type { ComponentState } from './report.ts';
import type { Snapshot } from './snapshot.ts';
import type { Stack, StackCheck, StackComponent } from './stack.ts';
import { acyclic } from './acyclic.ts';

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
}

export type PlannedCheck = CheckHead &
  (
    | { readonly kind: 'ready' }
    | { readonly kind: 'http'; readonly spec: HttpCheck }
    | { readonly kind: 'postgres-login'; readonly spec: Extract<StackCheck, { kind: 'postgres-login' }> }
    | { readonly kind: 'application'; readonly application: string }
  );

/**
 * The claims that verify proves, each after those that it hangs on. Without a stack every workload that should run is
 * checked for readiness; a stack adds logins, endpoints and its Argo CD applications.
 */
export function planChecks(snapshot: Snapshot, stack?: Stack): PlannedCheck[] {
  const states = componentStates(snapshot, stack).filter((state) => stack !== undefined || shouldRun(state));
  const declared = new Map(stack?.components.map((component) => [component.name, component]));
  const order = acyclic(new Map(states.map(({ component, dependsOn }) => [component, dependsOn])));
  const byComponent = new Map<string, readonly PlannedCheck[]>();

  for (const name of order.levels.flat()) {
    const state = states.find(({ component }) => component === name);
    if (state === undefined) continue;
    const needs = [...(order.edges.get(name) ?? [])].flatMap((need) => byComponent.get(need) ?? []);
    const critical = needs.filter((check) => check.critical).map(({ id }) => id);
    byComponent.set(name, componentChecks(state, declared.get(name), critical));
  }
  const checks = states.flatMap(({ component }) => byComponent.get(component) ?? []);
  return [...inOrder(checks), ...applicationChecks(snapshot, checks, stack)];
}

/** What runs nothing at the moment, and is as it should be. */
const idle: ReadonlySet<string> = new Set(['is scaled to 0', 'is suspended', 'runs on its schedule']);

function shouldRun({ detail }: ComponentState): boolean {
  return !idle.has(detail);
}

function componentChecks(
  { component, object }: ComponentState,
  declared: StackComponent | undefined,
  needs: readonly string[],
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
  const ready: PlannedCheck = { ...head('ready', needs), kind: 'ready' };
  const seen = new Map<string, number>([[ready.name, 1]]);
  const others = (declared?.checks ?? []).map((spec): PlannedCheck => {
    const base = spec.name ?? nameOf(spec);
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    const own = head(times === 1 ? base : `${base} (${times})`, [ready.id]);
    return spec.kind === 'http' ? { ...own, kind: 'http', spec } : { ...own, kind: 'postgres-login', spec };
  });
  return [ready, ...others];
}

function nameOf(spec: StackCheck): string {
  if (spec.kind === 'postgres-login') return 'login over TCP';
  const [field] = Object.entries(spec.json);
  if (spec.basicAuth !== undefined) return `GET ${spec.path} with a login`;
  return field === undefined ? `GET ${spec.path}` : `GET ${spec.path}, ${field[0]} is ${String(field[1])}`;
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
    needs: others.filter(({ critical }) => critical).map(({ id }) => id),
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
