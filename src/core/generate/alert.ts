import type { FindingCode } from '../findings/findings.ts';

/** One alert of a stack, before it is written down for Prometheus. */
export interface Alert {
  readonly name: string;
  /** Why it is asked in this way. */
  readonly why: string;
  readonly expr: string;
  /** How long it must hold. */
  readonly for: string;
  /** Where it is the same for all; else each series brings its own. */
  readonly severity?: 'critical' | 'warning';
  /** The finding that c2l will make of it, and so the page to read. */
  readonly code: FindingCode;
  readonly summary: string;
  /** The command to type next. */
  readonly next: string;
}

/** Names of alerts stand in inhibition rules, routes and silences: they are part of what c2l promises. */
export const alertNames = {
  cannotStart: 'C2lContainerCannotStart',
  imagePull: 'C2lImagePullFails',
  stuckCreating: 'C2lContainerStuckCreating',
  crashLoop: 'C2lContainerCrashLoops',
  initWaits: 'C2lInitContainerWaits',
  notReady: 'C2lWorkloadNotReady',
  missing: 'C2lWorkloadMissing',
  degraded: 'C2lArgoCdDegraded',
  notHealthy: 'C2lArgoCdNotHealthy',
  outOfSync: 'C2lArgoCdOutOfSync',
  argoCdSilent: 'C2lArgoCdMetricsAbsent',
  kubernetesSilent: 'C2lKubernetesMetricsAbsent',
  externalSecret: 'C2lExternalSecretNotReady',
  sealedSecret: 'C2lSealedSecretNotUnsealed',
  certificate: 'C2lCertificateExpires',
  drill: 'C2lNoRecentDrill',
  watchSilent: 'C2lWatchSilent',
} as const;

/** Names as a regular expression of PromQL and of Alertmanager, which both match the whole text. */
export function oneOf(names: readonly string[]): string {
  return names.map((name) => name.replaceAll('.', String.raw`\\.`)).join('|');
}
