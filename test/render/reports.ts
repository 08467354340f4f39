import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { ComponentState } from '../../src/core/audit/component-state.ts';
import type { ObjectRef } from '../../src/core/cluster/kubernetes.ts';
import type { Finding, FindingReference } from '../../src/core/findings/findings.ts';
import type { FixReport, HistoryReport, RollbackReport } from '../../src/core/fix/secret-reports.ts';
import type { ReportHead } from '../../src/core/reports/report.ts';
import type { Phase, PhaseName, WalkReport } from '../../src/core/reports/walk-report.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import type { CheckResult, TimelineEntry, VerifyReport } from '../../src/core/verify/verify-report.ts';

const namespace = 'cloudtolocalllm';

export const head: Omit<ReportHead, 'command' | 'verdict' | 'findings'> = {
  schemaVersion: 1,
  context: 'prod-west',
  server: 'https://10.0.0.1:6443',
  namespaces: [namespace],
  stack: 'cloudtolocalllm',
  takenAt: '2026-03-01T04:05:06.000Z',
};

export function ref(kind: string, name: string): ObjectRef {
  return { kind, namespace, name };
}

export const secret = ref('Secret', 'cloudtolocalllm-secrets');
const postgresAuth = ref('StatefulSet', 'postgres-auth');
const apiBackend = ref('Deployment', 'api-backend');
const web = ref('Deployment', 'web');
const grafana = ref('Deployment', 'grafana');

export function missingKey(key: string, users: readonly ObjectRef[], blocks: readonly ObjectRef[]): Finding {
  return {
    id: `secret-key-missing/${namespace}/${secret.name}/${key}`,
    code: 'secret-key-missing',
    severity: 'error',
    object: secret,
    secret: secret.name,
    key,
    references: users.map((user): FindingReference => ({ ...user, container: user.name, via: 'env', optional: false })),
    message: `key ${key} is missing`,
    causes: [],
    blocks,
    fix: 'c2l fix-secrets',
  };
}

function notReady(object: ObjectRef, cause: string): Finding {
  return {
    id: `workload-not-ready/${object.kind}/${object.name}`,
    code: 'workload-not-ready',
    severity: 'error',
    object,
    message: `${object.name} is not ready`,
    causes: [`secret-key-missing/${namespace}/${secret.name}/${cause}`],
    blocks: [],
    fix: 'c2l restart',
  };
}

export function absentOptional(key: string, user: ObjectRef): Finding {
  return { ...missingKey(key, [user], []), id: `optional/${key}`, code: 'optional-key-absent', severity: 'info' };
}

const apiOnly = [
  'auth0-audience',
  'auth0-client-id',
  'auth0-client-secret',
  'auth0-issuer-url',
  'stripe-test-publishable-key',
  'stripe-test-secret-key',
  'stripe-test-webhook-secret',
];

export const incidentFindings: readonly Finding[] = [
  missingKey('admin-password', [grafana], [grafana]),
  ...apiOnly.map((key) => missingKey(key, [apiBackend], [apiBackend, web])),
  missingKey('postgres-auth-password', [postgresAuth, apiBackend], [postgresAuth, apiBackend, web]),
  notReady(postgresAuth, 'postgres-auth-password'),
  notReady(apiBackend, 'auth0-audience'),
  absentOptional('sentry-dsn', apiBackend),
  absentOptional('smtp-host', ref('Deployment', 'alertmanager')),
];

export const components: readonly ComponentState[] = [
  component('postgres-auth', postgresAuth, 'stuck', { detail: 'CreateContainerConfigError' }),
  component('postgres', ref('StatefulSet', 'postgres'), 'ready', { detail: '1 of 1 ready' }),
  component('api-backend', apiBackend, 'stuck', {
    detail: 'Init:CreateContainerConfigError in container db-migrate',
    dependsOn: ['postgres-auth', 'postgres'],
  }),
  component('web', web, 'waiting', { detail: 'Init:0/1, waits for api-backend', dependsOn: ['api-backend'] }),
  component('grafana', grafana, 'stuck', { detail: 'CreateContainerConfigError' }),
];

export function component(
  name: string,
  object: ObjectRef,
  state: ComponentState['state'],
  { detail = '', dependsOn = [] }: { detail?: string; dependsOn?: readonly string[] } = {},
): ComponentState {
  return { component: name, object, state, detail, dependsOn };
}

export const incident: AuditReport = {
  ...head,
  command: 'audit',
  verdict: 'problems',
  findings: incidentFindings,
  ignored: [],
  lapsedIgnores: [],
  components,
  applications: [
    { name: 'api-backend', health: 'Degraded', sync: 'Synced' },
    { name: 'postgres', health: 'Progressing', sync: 'Synced' },
  ],
};

const verifyChecks: readonly CheckResult[] = [
  check('postgres-auth', 'ready', { detail: '1 of 1 pod is ready', durationMs: 1210 }),
  check('postgres-auth', 'login over TCP', { detail: 'login accepted, and a password is demanded' }),
  check('api-backend', 'ready', { detail: '1 of 1 pod is ready', durationMs: 8020 }),
  check('api-backend', 'GET /health, database.status is connected', {
    detail: 'answered 200, database.status is "connected"',
  }),
];

export const verified: VerifyReport = {
  ...head,
  command: 'verify',
  verdict: 'ok',
  findings: [],
  checks: [
    ...verifyChecks,
    check('argocd/postgres', 'Healthy and Synced', {
      outcome: 'fail',
      critical: false,
      detail: 'Progressing, Synced',
      durationMs: 5003,
    }),
  ],
  timeline: [entry('postgres-auth', 'ready', 1210, 'pass', '1 of 1 pod is ready')],
};

const failedHealth = 'answered 503 instead of 200, database.status is "disconnected" instead of "connected"';

export const notVerified: VerifyReport = {
  ...head,
  command: 'verify',
  verdict: 'problems',
  findings: [
    {
      id: 'check-failed/api-backend: GET /health',
      code: 'check-failed',
      severity: 'error',
      object: apiBackend,
      message: `api-backend: GET /health: ${failedHealth}`,
      causes: [],
      blocks: [web],
      fix: 'c2l audit',
    },
  ],
  checks: [
    ...verifyChecks.slice(0, 3),
    check('api-backend', 'GET /health, database.status is connected', {
      outcome: 'fail',
      detail: failedHealth,
      durationMs: 60_031,
      likely: {
        cause: 'likely the data was initialised with another password',
        ways: [{ what: 'put the old value back', command: 'c2l rollback cloudtolocalllm-secrets' }],
      },
    }),
    check('web', 'ready', { outcome: 'skipped', detail: 'because "api-backend: GET /health" did not pass' }),
    check('prometheus', 'ready', { outcome: 'unreadable', critical: false, detail: 'pods is forbidden' }),
  ],
  timeline: [
    entry('api-backend', 'ready', 40, 'waiting', 'api-backend-1 is Init:0/1'),
    entry('postgres-auth', 'ready', 1210, 'pass', '1 of 1 pod is ready'),
    entry('api-backend', 'ready', 8020, 'pass', '1 of 1 pod is ready'),
    entry('api-backend', 'GET /health', 8100, 'waiting', 'connection refused'),
    entry('api-backend', 'GET /health', 68_130, 'fail', 'answered 503 instead of 200'),
  ],
};

function entry(
  component: string,
  name: string,
  afterMs: number,
  outcome: TimelineEntry['outcome'],
  detail: string,
): TimelineEntry {
  return { at: new Date(Date.parse(head.takenAt) + afterMs).toISOString(), afterMs, component, name, outcome, detail };
}

export function check(
  component: string,
  name: string,
  { outcome = 'pass', critical = true, detail = '', durationMs = 40, likely }: Partial<CheckResult> = {},
): CheckResult {
  return { component, name, outcome, critical, detail, durationMs, ...(likely && { likely }) };
}

export const fixed: FixReport = {
  ...head,
  command: 'fix-secrets',
  verdict: 'ok',
  findings: [],
  dryRun: false,
  sources: ['env:backup.env', 'azure-key-vault:prod'],
  plan: [
    {
      object: secret,
      action: 'patch',
      keys: [
        { key: 'admin-password', change: 'ADD', source: 'env:backup.env (line 3)' },
        { key: 'jwt-secret', change: 'KEEP', differsIn: 'env:backup.env (line 5)' },
        {
          key: 'postgres-auth-password',
          change: 'ADD',
          source: 'azure-key-vault:prod (version 0a1b0a1b…)',
          passedOver: ['env:backup.env: ends in a line break'],
        },
        { key: 'stripe-test-secret-key', change: 'CHANGE', source: 'prompt' },
      ],
    },
  ],
  outcomes: [
    {
      action: 'keep-revision',
      object: { ...secret, name: 'cloudtolocalllm-secrets.c2l-0001' },
      outcome: 'kept',
      detail: 'holds cloudtolocalllm-secrets as it was',
    },
    { action: 'patch-secret', object: secret, outcome: 'done', detail: '3 keys, read back' },
  ],
};

const plannedKeys = fixed.plan[0]!.keys;

export const kept: HistoryReport = {
  ...head,
  command: 'history',
  verdict: 'ok',
  findings: [],
  outcomes: [],
  secrets: [
    {
      object: secret,
      isPresent: true,
      revisions: [
        {
          id: '20260102t091500000z',
          name: 'cloudtolocalllm-secrets.c2l-20260102t091500000z',
          keptAt: '2026-01-02T09:15:00.000Z',
          keptBy: 'someone@laptop',
          command: 'fix-secrets',
          version: '1.2.3',
          changes: plannedKeys.filter(({ change }) => change !== 'KEEP'),
          changedLater: ['admin-password'],
          removedLater: ['postgres-auth-password'],
          lacks: [],
        },
      ],
    },
  ],
};

export const rolledBack: RollbackReport = {
  ...head,
  command: 'rollback',
  verdict: 'ok',
  findings: [],
  dryRun: false,
  revision: {
    id: '20260102t091500000z',
    name: 'cloudtolocalllm-secrets.c2l-20260102t091500000z',
    keptAt: '2026-01-02T09:15:00.000Z',
    keptBy: 'someone@laptop',
  },
  plan: [
    {
      object: secret,
      action: 'patch',
      keys: [
        { key: 'admin-password', change: 'REMOVE' },
        { key: 'jwt-secret', change: 'CHANGE', source: 'revision 20260102t091500000z' },
      ],
    },
  ],
  outcomes: [
    { action: 'patch-secret', object: secret, outcome: 'done', detail: '1 key written, 1 key removed, read back' },
  ],
  restarts: [{ object: ref('Deployment', 'api-backend'), reason: 'runs with an older value of key jwt-secret' }],
};

export const restarted: RestartReport = {
  ...head,
  command: 'restart',
  verdict: 'partial',
  findings: [],
  dryRun: false,
  outcomes: [
    {
      action: 'replace-pod',
      object: ref('Pod', 'postgres-auth-0'),
      outcome: 'done',
      detail: 'was Pending for key postgres-auth-password',
    },
    { action: 'wait-ready', object: postgresAuth, outcome: 'done', detail: 'ready after 2.1 s' },
    { action: 'restart-workload', object: apiBackend, outcome: 'failed', detail: 'deployments.apps is forbidden' },
    { action: 'wait-ready', object: web, outcome: 'skipped', detail: 'because api-backend was not restarted' },
    { action: 'keep-pod', object: ref('Pod', 'redis-0'), outcome: 'kept', detail: 'needs no key that changed' },
  ],
  next: 'c2l audit',
};

function phase(name: PhaseName, verdict: Phase['verdict'], summary: string, report?: Phase['report']): Phase {
  const base = { name, verdict, startedAt: head.takenAt, durationMs: 1200, summary };
  return report === undefined ? base : { ...base, report };
}

export const stabilized: WalkReport = {
  ...head,
  command: 'stabilize',
  verdict: 'ok',
  findings: [],
  phases: [
    phase('audit', 'problems', '9 required keys missing, 1 of 5 components ready', incident),
    phase('fix-secrets', 'ok', 'wrote 3 keys to secret/cloudtolocalllm-secrets', fixed),
    phase('restart', 'ok', '2 pods replaced, 4 workloads ready'),
    phase('verify', 'ok', '4 of 5 checks passed, 1 warning', verified),
  ],
};

export const notStabilized: WalkReport = {
  ...stabilized,
  verdict: 'problems',
  findings: notVerified.findings,
  phases: [
    ...stabilized.phases.slice(0, 3),
    phase('verify', 'problems', '3 of 6 checks passed, 1 failed', notVerified),
  ],
};

export const refusedWalk: WalkReport = {
  ...stabilized,
  verdict: 'error',
  error: { code: 'values-missing', message: 'no source has key admin-password', hint: 'c2l stabilize --from env:FILE' },
  phases: [
    ...stabilized.phases.slice(0, 1),
    phase('fix-secrets', 'error', 'no source has key admin-password'),
    phase('restart', 'skipped', 'because fix-secrets did not end well'),
    phase('verify', 'skipped', 'because fix-secrets did not end well'),
  ],
};
