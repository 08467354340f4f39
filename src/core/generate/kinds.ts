import { admissionModes } from './admission-modes.ts';
import { drillRunners } from './drill-runners.ts';
import type { GenerateKind } from './generate-kind.ts';
import { rbacPurposes } from './rbac-purposes.ts';
import { watchRunners } from './watch-runners.ts';

/**
 * Every kind, in the order in which help and `--all` go through them. A new one is a file beside this one and an entry
 * here; every start of c2l reads the list, so that the bodies are loaded when they are asked for.
 */
export const generateKinds: readonly GenerateKind[] = [
  kind({
    name: 'rbac',
    description: 'the smallest rights with which a command does its work: ServiceAccount, Roles, bindings',
    example: 'c2l generate rbac --for audit | kubectl apply -f -',
    option: { flags: '--for <command>', description: 'command that the rights are for', choices: rbacPurposes },
    load: async () => (await import('./rbac.ts')).generateRbac,
  }),
  kind({
    name: 'watch',
    description: 'what runs c2l watch: a systemd unit, a line of cron, or a workflow that needs no server',
    example: 'c2l generate watch --as systemd',
    option: { flags: '--as <runner>', description: 'who is to run it', choices: watchRunners },
    load: async () => (await import('./watch.ts')).generateWatch,
  }),
  kind({
    name: 'prometheus-rules',
    description: 'alerts: a PrometheusRule, a plain rule file, and inhibition rules for Alertmanager',
    example: 'c2l generate prometheus-rules --out monitoring',
    load: async () => (await import('./prometheus-rules.ts')).generatePrometheusRules,
  }),
  kind({
    name: 'admission-policy',
    description: 'what keeps the Secrets of the stack from losing keys: a ValidatingAdmissionPolicy and its binding',
    example: 'c2l generate admission-policy --mode warn | kubectl apply -f -',
    option: {
      flags: '--mode <mode>',
      description: 'what becomes of a write that breaks a rule',
      choices: admissionModes,
      default: 'deny',
    },
    load: async () => (await import('./admission-policy.ts')).generateAdmissionPolicy,
  }),
  kind({
    name: 'bootstrap',
    description: 'what an empty cluster needs, in its order: namespaces, and a guide to the rest',
    example: 'c2l generate bootstrap --out bootstrap',
    load: async () => (await import('./bootstrap.ts')).generateBootstrap,
  }),
  kind({
    name: 'resilience',
    description: 'probes that keep a component up and unready while what it depends on is away: a kustomize component',
    example: 'c2l generate resilience --out overlays/resilience',
    load: async () => (await import('./resilience.ts')).generateResilience,
  }),
  kind({
    name: 'external-secrets',
    description: 'what lets External Secrets write the Secrets of the stack from Azure Key Vault',
    example: 'c2l generate external-secrets --out secrets',
    load: async () => (await import('./external-secrets.ts')).generateExternalSecrets,
  }),
  kind({
    name: 'sync-policy',
    description: 'how Argo CD heals and prunes the stack, and never takes Secrets or data along: a kustomize component',
    example: 'c2l generate sync-policy --out overlays/sync-policy',
    load: async () => (await import('./sync-policy.ts')).generateSyncPolicy,
  }),
  kind({
    name: 'decouple-monitoring',
    description:
      'a Secret of its own for the monitoring, so that it outlives that of the applications: a kustomize component',
    example: 'c2l generate decouple-monitoring --out overlays/monitoring',
    load: async () => (await import('./decouple-monitoring.ts')).generateDecoupleMonitoring,
  }),
  kind({
    name: 'argocd-notifications',
    description: "triggers and templates for Argo CD's notifications: degraded for long, and recovered",
    example: 'c2l generate argocd-notifications | kubectl apply -f -',
    load: async () => (await import('./argocd-notifications.ts')).generateArgocdNotifications,
  }),
  kind({
    name: 'grafana-dashboard',
    description: 'a dashboard of the stack, to import or for the sidecar',
    example: 'c2l generate grafana-dashboard --out monitoring',
    load: async () => (await import('./grafana-dashboard.ts')).generateGrafanaDashboard,
  }),
  kind({
    name: 'drill-schedule',
    description: 'what drills twice a month and tells how it went: a CronJob, a workflow, or a timer; with alerts',
    example: 'c2l generate drill-schedule --on kubernetes --out drills',
    option: { flags: '--on <runner>', description: 'who is to run it', choices: drillRunners },
    load: async () => (await import('./drill-schedule.ts')).generateDrillSchedule,
  }),
];

/** A body only ever gets one of its own choices, which commander and `--all` take from the entry. */
function kind<Choice extends string>(entry: GenerateKind<Choice>): GenerateKind {
  return entry as unknown as GenerateKind;
}
