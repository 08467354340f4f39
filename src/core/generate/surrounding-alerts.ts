import type { Stack } from '../stack/stack.ts';
import { alertNames, oneOf, type Alert } from './alert.ts';
import { drillAlert } from './drill-alert.ts';

/** What Argo CD, the writers of Secrets, certificates, drills and c2l watch say. */
export function surroundingAlerts(stack: Stack): Alert[] {
  return [
    ...argocdAlerts(stack),
    kubernetesSilent(stack),
    ...writerAlerts(stack),
    certificateAlert(stack),
    drillAlert(stack),
    watchAlert(stack),
  ];
}

const status = 'c2l verify';

function argocdAlerts({ argocd: { applications }, namespaces }: Stack): Alert[] {
  if (applications.length === 0) return [];
  const info = (labels: string): string =>
    `max by (name) (max_over_time(argocd_app_info{name=~"${oneOf(applications)}", ${labels}}[2m]))`;
  const audit = `c2l audit -n ${namespaces[0]}`;
  return [
    {
      name: alertNames.degraded,
      why: 'The labels of argocd_app_info change with every sync: one series an Application, held over two minutes.',
      expr: info('health_status="Degraded"'),
      for: '15m',
      severity: 'critical',
      code: 'argocd-application-unhealthy',
      summary: 'Argo CD application {{ $labels.name }} is Degraded for more than 15 minutes',
      next: audit,
    },
    {
      name: alertNames.notHealthy,
      why: 'Degraded alone misses a StatefulSet, which stays Progressing for ever, and what is Missing or Unknown.',
      expr: `max by (name) (argocd_app_info{name=~"${oneOf(applications)}", health_status!~"Healthy|Suspended"})`,
      for: '20m',
      severity: 'critical',
      code: 'argocd-application-unhealthy',
      summary: 'Argo CD application {{ $labels.name }} is not Healthy for 20 minutes: Progressing, Missing or Unknown',
      next: audit,
    },
    {
      name: alertNames.outOfSync,
      why: 'Unknown too: it means that Argo CD cannot read Git or the cluster.',
      expr: info('sync_status!="Synced"'),
      for: '30m',
      severity: 'warning',
      code: 'argocd-sync-failed',
      summary: 'Argo CD application {{ $labels.name }} is not in sync with Git for 30 minutes',
      next: audit,
    },
    {
      name: alertNames.argoCdSilent,
      why: 'What is not seen is not healthy.',
      expr: applications.map((name) => `absent(argocd_app_info{name="${name}"})`).join('\nor\n'),
      for: '10m',
      severity: 'warning',
      code: 'argocd-unhealthy',
      summary: 'Argo CD says nothing of application {{ $labels.name }}: it is gone, or its metrics are',
      next: status,
    },
  ];
}

/** Both families that the other alerts stand on; kube-state-metrics can be told to leave either out. */
function kubernetesSilent({ namespaces }: Stack): Alert {
  const absent = namespaces.flatMap((namespace) =>
    ['kube_pod_owner', 'kube_pod_container_status_waiting'].map(
      (metric) => `absent(${metric}{namespace="${namespace}"})`,
    ),
  );
  return {
    name: alertNames.kubernetesSilent,
    why: 'What is not seen is not healthy: without these metrics none of the alerts on pods can fire.',
    expr: absent.join('\nor\n'),
    for: '10m',
    severity: 'critical',
    code: 'unreadable',
    summary: 'kube-state-metrics says nothing of pods in namespace {{ $labels.namespace }}: the alerts on it are blind',
    next: 'c2l audit -n {{ $labels.namespace }}',
  };
}

/** An exporter's own `namespace` is renamed where Prometheus does not honor labels. */
function inNamespaces(metric: string, namespaces: readonly string[], labels: string): string {
  const of = (label: string): string => `${metric}{${label}=~"${oneOf(namespaces)}", ${labels}}`;
  return `max by (name) (${of('namespace')} or ${of('exported_namespace')})`;
}

function writerAlerts({ namespaces }: Stack): Alert[] {
  const next = `c2l audit -n ${namespaces[0]}`;
  return [
    {
      name: alertNames.externalSecret,
      why: 'The Secret keeps its last values for now: this is the time to repair, before the next change or deletion.',
      expr: `${inNamespaces('externalsecret_status_condition', namespaces, 'condition="Ready", status="False"')} == 1`,
      for: '5m',
      severity: 'warning',
      code: 'external-secret-not-ready',
      summary: 'ExternalSecret {{ $labels.name }} is not Ready: its store does not give what it asks for',
      next,
    },
    {
      name: alertNames.sealedSecret,
      why: 'The controller says -1 where it could not unseal.',
      expr: `${inNamespaces('sealed_secrets_controller_condition_info', namespaces, 'condition="Synced"')} < 0`,
      for: '5m',
      severity: 'warning',
      code: 'sealed-secret-not-synced',
      summary: 'SealedSecret {{ $labels.name }} was not unsealed',
      next,
    },
  ];
}

function certificateAlert({ namespaces }: Stack): Alert {
  const managed = `certmanager_certificate_expiration_timestamp_seconds{namespace=~"${oneOf(namespaces)}"}`;
  return {
    name: alertNames.certificate,
    why: 'As c2l watch sees the certificates that are served, and cert-manager those that it renews.',
    expr: `(
  max by (target) (c2l_watch_certificate_end_timestamp_seconds)
  or
  max by (target) (label_replace(${managed}, "target", "$1", "name", "(.*)"))
) - time() < 14 * 86400`,
    for: '1h',
    severity: 'warning',
    code: 'tls-certificate-expiring',
    summary: 'the certificate of {{ $labels.target }} ends in {{ $value | humanizeDuration }}',
    next: 'c2l explain tls-certificate-expiring',
  };
}

/** Only a stack that says what to watch promises that somebody does. */
function watchAlert({ watch }: Stack): Alert {
  const last = 'c2l_watch_last_round_timestamp_seconds';
  const stale = `time() - max(last_over_time(${last}[1d])) > 600`;
  return {
    name: alertNames.watchSilent,
    why: 'Also after its series went away with it.',
    expr: watch === undefined ? stale : `${stale}\nor\nabsent(last_over_time(${last}[1d]))`,
    for: '5m',
    severity: 'warning',
    code: 'unreadable',
    summary: 'c2l watch has made no round for ten minutes: nobody looks from outside',
    next: 'c2l watch --once',
  };
}
