import type { Stack } from '../stack/stack.ts';
import { oneOf } from './alert.ts';
import { madeByLine } from './compare-files.ts';
import { dashboardUid } from './dashboard-uid.ts';
import { madeOfStack, needsComponents } from './generate-kind.ts';
import type { GeneratedFile } from './generated-file.ts';

/** A dashboard of the stack: as a file to import, and as the ConfigMap that Grafana's sidecar loads. */
export const generateGrafanaDashboard = madeOfStack(
  'grafana-dashboard',
  [needsComponents],
  (stack): GeneratedFile[] => {
    const json = `${JSON.stringify(dashboard(stack), null, 2)}\n`;
    return [
      { path: 'dashboard.json', text: json },
      {
        path: 'dashboard-configmap.yaml',
        comment:
          'For the sidecar that loads what is labelled grafana_dashboard; import dashboard.json by hand where none runs.',
        use: 'apply',
        documents: [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {
              name: `c2l-dashboard-${stack.name}`,
              namespace: stack.namespaces[0],
              labels: { grafana_dashboard: '1' },
            },
            data: { [`c2l-${stack.name}.json`]: json },
          },
        ],
      },
    ];
  },
);

const datasource = { type: 'prometheus', uid: '${datasource}' };

function dashboard(stack: Stack): object {
  return {
    uid: dashboardUid(stack.name),
    title: `c2l: ${stack.name}`,
    description: madeByLine('c2l generate grafana-dashboard'),
    tags: ['c2l'],
    schemaVersion: 39,
    version: 1,
    editable: false,
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    annotations: { list: [] },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0 }],
    },
    panels: panels(stack).map((panel, index) => ({ id: index + 1, datasource, ...panel })),
  };
}

function panels(stack: Stack): object[] {
  const inside = `namespace=~"${oneOf(stack.namespaces)}"`;
  const hasApplications = stack.argocd.applications.length > 0;
  const apps = `name=~"${oneOf(stack.argocd.applications)}"`;
  const cannotStart = (family: string): string =>
    `${family}_status_waiting_reason{${inside}, reason="CreateContainerConfigError"}`;
  return [
    stat('Alerts that fire', {
      x: 0,
      expr: `count(ALERTS{stack="${stack.name}", alertstate="firing"}) or vector(0)`,
      description: 'Those of c2l generate prometheus-rules.',
    }),
    ...(hasApplications
      ? [
          stat('Argo CD applications that are not Healthy', {
            x: 8,
            expr: `count(max by (name) (argocd_app_info{${apps}, health_status!="Healthy"})) or vector(0)`,
            description: 'Progressing counts: a StatefulSet that lacks a key stays so.',
          }),
        ]
      : []),
    stat('Containers that cannot start', {
      x: 16,
      expr: `count(${cannotStart('kube_pod_container')} or ${cannotStart('kube_pod_init_container')}) or vector(0)`,
      description: 'Each lacks a Secret, a key or a ConfigMap: c2l audit names all of them.',
    }),
    series('Replicas that are wanted and not ready', { x: 0, y: 5 }, [
      [
        `sum by (statefulset) (kube_statefulset_replicas{${inside}} - kube_statefulset_status_replicas_ready{${inside}})`,
        'StatefulSet/{{statefulset}}',
      ],
      [
        `sum by (deployment) (kube_deployment_spec_replicas{${inside}} - kube_deployment_status_replicas_available{${inside}})`,
        'Deployment/{{deployment}}',
      ],
      [
        `sum by (daemonset) (kube_daemonset_status_desired_number_scheduled{${inside}} - kube_daemonset_status_number_ready{${inside}})`,
        'DaemonSet/{{daemonset}}',
      ],
    ]),
    series('Why containers wait', { x: 12, y: 5 }, [
      [`sum by (pod, reason) (kube_pod_container_status_waiting_reason{${inside}})`, '{{pod}} {{reason}}'],
      [`sum by (pod, reason) (kube_pod_init_container_status_waiting_reason{${inside}})`, '{{pod}} {{reason}} (init)'],
    ]),
    series('Restarts in an hour', { x: 0, y: 13 }, [
      [`sum by (pod) (increase(kube_pod_container_status_restarts_total{${inside}}[1h]))`, '{{pod}}'],
    ]),
    ...(hasApplications
      ? [
          series('Health by Argo CD', { x: 12, y: 13 }, [
            [`sum by (name, health_status) (argocd_app_info{${apps}})`, '{{name}} {{health_status}}'],
          ]),
        ]
      : []),
    series('Days until certificates end', { x: 0, y: 21 }, [
      ['(c2l_watch_certificate_end_timestamp_seconds - time()) / 86400', '{{target}}'],
    ]),
    series('What c2l watch sees from outside', { x: 12, y: 21 }, [['c2l_watch_target_up', '{{target}}']]),
  ];
}

const target = (expr: string, legendFormat: string, index = 0): object => ({
  refId: String.fromCharCode('A'.charCodeAt(0) + index),
  datasource,
  expr,
  legendFormat,
});

/** Grafana's published schema leaves out nothing of these. */
const plainStat = {
  graphMode: 'none',
  justifyMode: 'auto',
  textMode: 'value',
  wideLayout: true,
  showPercentChange: false,
  percentChangeColorMode: 'standard',
  orientation: 'auto',
};

/** A count that should be 0. */
function stat(title: string, { x, expr, description }: { x: number; expr: string; description: string }): object {
  const steps = [
    { color: 'green', value: null },
    { color: 'red', value: 1 },
  ];
  return {
    type: 'stat',
    title,
    description,
    gridPos: { h: 5, w: 8, x, y: 0 },
    targets: [target(expr, title)],
    fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps } }, overrides: [] },
    options: {
      ...plainStat,
      colorMode: 'background',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}

function series(title: string, at: { x: number; y: number }, queries: [expr: string, legend: string][]): object {
  return {
    type: 'timeseries',
    title,
    gridPos: { h: 8, w: 12, ...at },
    targets: queries.map(([expr, legend], index) => target(expr, legend, index)),
    fieldConfig: { defaults: { min: 0 }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}
