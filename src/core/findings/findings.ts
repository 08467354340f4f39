import type { ObjectRef } from '../cluster/kubernetes.ts';
import { compareText } from '../compare-text.ts';
import type { FindingOwner } from '../owners/owner-state.ts';

export type Severity = 'error' | 'warning' | 'info';

/** The ways a workload can need a Secret. */
export type ReferenceVia =
  | 'env'
  | 'envFrom'
  | 'volume'
  | 'projected-volume'
  | 'unmounted-volume'
  | 'csi'
  | 'imagePullSecrets'
  | 'serviceAccount'
  | 'secretStore'
  | 'tls';

/** One place that needs a Secret, counted per template or bare pod, not per replica. */
export interface FindingReference extends ObjectRef {
  readonly container?: string;
  readonly init?: boolean;
  readonly via: ReferenceVia;
  readonly optional: boolean;
}

/** Every code with its usual severity and runbook. A code never changes meaning. */
export const findingCodes = {
  'namespace-missing': { severity: 'error', runbook: 'bootstrapping-the-cluster' },
  'namespace-terminating': { severity: 'error', runbook: 'bootstrapping-the-cluster' },
  'secret-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-terminating': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-key-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-value-placeholder': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-value-invalid': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-values-exposed': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'secret-plain-in-manifest': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'image-pull-secret-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'tls-secret-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-value-empty': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'secret-value-whitespace': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'secret-value-encoded-twice': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'image-pull-secret-invalid': { severity: 'error', runbook: 'restoring-application-secrets' },
  'image-registry-not-covered': { severity: 'error', runbook: 'restoring-application-secrets' },
  'tls-secret-invalid': { severity: 'error', runbook: 'restoring-application-secrets' },
  'tls-host-not-covered': { severity: 'error', runbook: 'restoring-application-secrets' },
  'tls-certificate-expired': { severity: 'error', runbook: 'restoring-application-secrets' },
  'tls-certificate-expiring': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'env-from-key-absent': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'env-from-name-invalid': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'secret-unused': { severity: 'info', runbook: 'restoring-application-secrets' },
  'secret-owners-conflict': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'argocd-application-misreports': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'argocd-sync-failed': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'argocd-secret-missing': { severity: 'error', runbook: 'bootstrapping-the-cluster' },
  'argocd-credentials-invalid': { severity: 'error', runbook: 'bootstrapping-the-cluster' },
  'external-secret-not-ready': { severity: 'error', runbook: 'restoring-application-secrets' },
  'secret-store-not-ready': { severity: 'error', runbook: 'restoring-application-secrets' },
  'sealed-secret-not-synced': { severity: 'error', runbook: 'restoring-application-secrets' },
  'sync-paused': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'backup-value-unusable': { severity: 'error', runbook: 'restoring-application-secrets' },
  'optional-key-absent': { severity: 'info', runbook: 'restoring-application-secrets' },
  'next-start-fails': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'environment-stale': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'workload-missing': { severity: 'error', runbook: 'bootstrapping-the-cluster' },
  'workload-not-ready': { severity: 'error', runbook: 'restoring-application-secrets' },
  'rollout-held-by-old-pod': { severity: 'error', runbook: 'restoring-application-secrets' },
  'rollout-waits-for-delete': { severity: 'info', runbook: 'restoring-application-secrets' },
  'configmap-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'configmap-key-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'image-not-found': { severity: 'error', runbook: 'restoring-application-secrets' },
  'image-pull-unauthorized': { severity: 'error', runbook: 'restoring-application-secrets' },
  'registry-unreachable': { severity: 'error', runbook: 'restoring-application-secrets' },
  'image-pull-failed': { severity: 'error', runbook: 'restoring-application-secrets' },
  'cronjob-run-failed': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'container-crashing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'container-out-of-memory': { severity: 'error', runbook: 'restoring-application-secrets' },
  'readiness-probe-failing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'dependency-unavailable': { severity: 'error', runbook: 'restoring-application-secrets' },
  'insufficient-resources': { severity: 'error', runbook: 'restoring-application-secrets' },
  unschedulable: { severity: 'error', runbook: 'restoring-application-secrets' },
  'volume-claim-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'volume-claim-unbound': { severity: 'error', runbook: 'restoring-application-secrets' },
  'storage-class-missing': { severity: 'error', runbook: 'restoring-application-secrets' },
  'quota-exceeded': { severity: 'error', runbook: 'restoring-application-secrets' },
  'node-not-ready': { severity: 'error', runbook: 'restoring-application-secrets' },
  'argocd-unhealthy': { severity: 'error', runbook: 'bootstrapping-the-cluster' },
  'argocd-application-unhealthy': { severity: 'warning', runbook: 'restoring-application-secrets' },
  'drill-unfinished': { severity: 'error', runbook: 'running-a-dr-drill' },
  'drill-failed': { severity: 'error', runbook: 'running-a-dr-drill' },
  'drill-result-altered': { severity: 'error', runbook: 'running-a-dr-drill' },
  'check-failed': { severity: 'error', runbook: 'restoring-application-secrets' },
  unreadable: { severity: 'warning', runbook: 'restoring-application-secrets' },
} as const satisfies Record<string, { severity: Severity; runbook: string }>;

export type FindingCode = keyof typeof findingCodes;

/** The codes that say why a workload is not ready, where no Secret explains it. */
export const notReadyCodes: ReadonlySet<FindingCode> = new Set([
  'workload-not-ready',
  'rollout-held-by-old-pod',
  'configmap-missing',
  'configmap-key-missing',
  'image-not-found',
  'image-pull-unauthorized',
  'registry-unreachable',
  'image-pull-failed',
  'container-crashing',
  'container-out-of-memory',
  'readiness-probe-failing',
  'dependency-unavailable',
  'insufficient-resources',
  'unschedulable',
  'volume-claim-missing',
  'volume-claim-unbound',
  'storage-class-missing',
  'quota-exceeded',
  'node-not-ready',
]);

/** One thing wrong: the unit of every report, and part of the JSON contract. */
export interface Finding {
  /** Unique and stable within a report: code and object, so that `causes` can point at it. */
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly secret?: string;
  readonly key?: string;
  /** The required keys of a Secret that is missing as a whole. */
  readonly keys?: readonly string[];
  /** A key that is there, and that only its spelling tells apart from the one that is missing. */
  readonly similarKey?: string;
  readonly references?: readonly FindingReference[];
  /** Who else writes the Secret, where the finding is about one. */
  readonly owner?: FindingOwner;
  readonly message: string;
  /** Ids of the findings that explain this one. */
  readonly causes: readonly string[];
  /** Workloads that cannot work because of this, nearest first along the dependency chain. */
  readonly blocks: readonly ObjectRef[];
  /** The command to type next. */
  readonly fix: string;
}

/** Order of every report: errors first, then by place, so that two equal runs print the same. */
export function compareFindings(left: Finding, right: Finding): number {
  const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
  return rank[left.severity] - rank[right.severity] || compareText(left.id, right.id);
}
