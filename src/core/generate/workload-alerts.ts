import { namespaceOf, type Stack, type StackComponent } from '../stack/stack.ts';
import { alertNames, oneOf, type Alert } from './alert.ts';

/** Which pods belong to which component, by their owner: what says so of every other alert. */
const componentPods = 'c2l:component_pods:info';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The letters of which Kubernetes makes the hash in the name of a ReplicaSet. */
const hash = '[bcdfghjklmnpqrstvwxz2456789]+';

export function componentPodRules(stack: Stack): RecordingRule[] {
  const owned = stack.components.map((component) => {
    const [kind = '', name = ''] = component.workload.split('/');
    const owner =
      kind === 'Deployment'
        ? `owner_kind="ReplicaSet", owner_name=~"${oneOf([name])}-${hash}"`
        : `owner_kind="${kind}", owner_name="${name}"`;
    return {
      record: componentPods,
      expr: `max by (namespace, pod) (kube_pod_owner{namespace="${namespaceOf(stack, component)}", ${owner}})`,
      labels: { component: component.name, workload: component.workload, severity: severityOf(component) },
    };
  });
  const others = {
    record: componentPods,
    expr: `max by (namespace, pod) (kube_pod_owner{namespace=~"${oneOf(stack.namespaces)}"})
unless on (namespace, pod)
${componentPods}{component!="none"}`,
    labels: { component: 'none', workload: 'a pod of no component', severity: 'warning' },
  };
  return [...owned, others];
}

function severityOf({ critical }: StackComponent): 'critical' | 'warning' {
  return critical ? 'critical' : 'warning';
}

export function workloadAlerts(stack: Stack): Alert[] {
  return [...podAlerts(stack), ...rolloutAlerts(stack)];
}

const pod = '{{ $labels.namespace }}/{{ $labels.workload }}';
const audit = 'c2l audit -n {{ $labels.namespace }}';

/**
 * What the containers of the stack's namespaces say themselves, minutes before a rollout counts as failed. A window that
 * bridges a flap is shorter than `for`: what was over before is not told.
 */
function podAlerts(stack: Stack): Alert[] {
  const waiting = (reasons: string, window: string): string =>
    perComponent(
      either('status_waiting_reason', `namespace=~"${oneOf(stack.namespaces)}", reason=~"${reasons}"`, window),
    );
  return [
    {
      name: alertNames.cannotStart,
      why: 'A missing Secret, or a missing key of one. kubelet tries again every few seconds and the reason goes away for a moment: the last two minutes count, so that `for` does not begin anew. Init containers have a metric of their own.',
      expr: waiting('CreateContainerConfigError|CreateContainerError', '2m'),
      for: '3m',
      code: 'secret-key-missing',
      summary: `${pod} cannot start a container: a Secret, a key or a ConfigMap that it needs is missing`,
      next: audit,
    },
    {
      name: alertNames.imagePull,
      why: 'Both reasons take turns while kubelet backs off: seen as one, they hold.',
      expr: waiting('ErrImagePull|ImagePullBackOff|InvalidImageName|ImageInspectError', '3m'),
      for: '5m',
      code: 'image-pull-failed',
      summary: `${pod} cannot pull an image`,
      next: audit,
    },
    {
      name: alertNames.stuckCreating,
      why: 'A Secret that is mounted as a volume and missing shows nowhere but here: the container stays in ContainerCreating, with init containers in PodInitializing although none of them runs or fails.',
      expr: perComponent(stuckCreating(oneOf(stack.namespaces))),
      for: '10m',
      code: 'secret-missing',
      summary: `${pod} is stuck before its first container: likely a volume whose Secret or ConfigMap is missing`,
      next: audit,
    },
    {
      name: alertNames.crashLoop,
      why: 'A container that crashes is seen waiting only between two attempts, at most five minutes each.',
      expr: waiting('CrashLoopBackOff', '5m'),
      for: '10m',
      code: 'container-crashing',
      summary: `${pod} ends again and again`,
      next: audit,
    },
    {
      name: alertNames.initWaits,
      why: 'An init container that waits for another component runs, so that nothing else calls it wrong.',
      expr: perComponent(
        `max by (namespace, pod) (min_over_time(kube_pod_init_container_status_running{namespace=~"${oneOf(stack.namespaces)}"}[1m]) == 1)`,
      ),
      for: '15m',
      code: 'dependency-unavailable',
      summary: `${pod} has waited in an init container for 15 minutes`,
      next: audit,
    },
  ];
}

/** Main and init containers, one series a pod whatever the labels of the container or of the exporter. */
function either(metric: string, labels: string, window: string): string {
  const one = (family: string): string => `max_over_time(${family}_${metric}{${labels}}[${window}])`;
  return `max by (namespace, pod) (\n  ${one('kube_pod_container')}\n  or\n  ${one('kube_pod_init_container')}\n)`;
}

function stuckCreating(namespaces: string): string {
  const pods = (selector: string): string => `max by (namespace, pod) (${selector})`;
  const inside = `namespace=~"${namespaces}"`;
  const early = 'reason=~"ContainerCreating|PodInitializing"';
  const busy = `reason!~"ContainerCreating|PodInitializing"`;
  return `(
  ${pods(`kube_pod_container_status_waiting_reason{${inside}, reason="ContainerCreating"}`)}
  or
  (
    ${pods(`kube_pod_init_container_status_waiting_reason{${inside}, ${early}}`)}
    unless
    ${pods(`kube_pod_init_container_status_running{${inside}} == 1`)}
    unless
    ${pods(`max_over_time(kube_pod_init_container_status_waiting_reason{${inside}, ${busy}}[3m])`)}
  )
)`;
}

/** One series a component, so that a pod which is replaced does not start the wait anew. */
function perComponent(podExpr: string): string {
  // A pod that was just deleted still counts as the component's while its last state does, and one whose component was
  // given another name counts once.
  return `max by (namespace, component, workload, severity) (
${podExpr.replaceAll(/^/gm, '  ')}
  * on (namespace, pod) group_left (component, workload, severity)
  (
    ${componentPods}
    or on (namespace, pod)
    topk by (namespace, pod) (1, last_over_time(${componentPods}[10m]))
  )
)`;
}

/** The schema of the stack takes these kinds and no other. */
const replicas = {
  Deployment: {
    ready: 'kube_deployment_status_replicas_available',
    wanted: 'kube_deployment_spec_replicas',
    label: 'deployment',
  },
  StatefulSet: {
    ready: 'kube_statefulset_status_replicas_ready',
    wanted: 'kube_statefulset_replicas',
    label: 'statefulset',
  },
  DaemonSet: {
    ready: 'kube_daemonset_status_number_ready',
    wanted: 'kube_daemonset_status_desired_number_scheduled',
    label: 'daemonset',
  },
} as const;

/** What the workloads themselves say, whatever the reason; and that they are there at all. */
function rolloutAlerts(stack: Stack): Alert[] {
  const each = (expr: (of: (metric: 'ready' | 'wanted') => string) => string): string =>
    stack.components
      .map((component) =>
        labelled(
          expr((metric) => replicaMetric(stack, component, metric)),
          component,
        ),
      )
      .join('\nor\n');
  return [
    {
      name: alertNames.notReady,
      why: 'Argo CD never calls a StatefulSet Degraded, and a Deployment only after its progress deadline: ready replicas are counted instead.',
      expr: each(
        (of) => `max by (namespace) (max_over_time(${of('ready')}[1m])) < max by (namespace) (${of('wanted')})`,
      ),
      for: '10m',
      code: 'workload-not-ready',
      summary: `${pod} has {{ $value }} ready replicas, fewer than it should`,
      next: 'c2l audit {{ $labels.workload }} -n {{ $labels.namespace }}',
    },
    {
      name: alertNames.missing,
      why: 'A workload that is gone has no metric that could be wrong.',
      expr: each((of) => `max by (namespace) (absent(${of('wanted')}))`),
      for: '5m',
      code: 'workload-missing',
      summary: `${pod} is not in the cluster, or kube-state-metrics is not seen`,
      next: audit,
    },
  ];
}

function replicaMetric(stack: Stack, component: StackComponent, metric: 'ready' | 'wanted'): string {
  const [kind = '', name = ''] = component.workload.split('/');
  const metrics = replicas[kind as keyof typeof replicas];
  return `${metrics[metric]}{namespace="${namespaceOf(stack, component)}", ${metrics.label}="${name}"}`;
}

function labelled(expr: string, component: StackComponent): string {
  const labels = { component: component.name, workload: component.workload, severity: severityOf(component) };
  return Object.entries(labels).reduce(
    (inner, [label, value]) => `label_replace(${inner}, "${label}", "${value}", "", "")`,
    expr,
  );
}
