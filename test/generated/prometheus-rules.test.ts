import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';

import { findingCodes } from '../../src/core/findings/findings.ts';
import { generatePrometheusRules } from '../../src/core/generate/prometheus-rules.ts';
import { parseStack } from '../../src/core/stack/parse-stack.ts';
import { fileText } from '../../src/render/generated-files.ts';
import { check, hasProgram, ruleTest, type RuleCase, type Series } from './promtool.ts';

const parsed = parseStack({
  version: 1,
  name: 'shop',
  namespaces: ['shop'],
  runbooks: 'https://shop.example/finding-codes.md',
  argocd: { applications: ['db', 'api'] },
  secrets: [{ name: 'shop-secrets', keys: { 'db-password': {} } }],
  components: [
    { name: 'db', workload: 'StatefulSet/db' },
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
    { name: 'web', workload: 'Deployment/web', dependsOn: ['api'] },
    { name: 'agent', workload: 'DaemonSet/agent', critical: false },
  ],
  watch: { endpoints: [{ name: 'front', url: 'https://shop.example/' }] },
});
if (!parsed.ok) throw new Error(parsed.problems[0].message);
const files = new Map(
  generatePrometheusRules({ stack: parsed.stack, namespaces: ['shop'], all: false, argocdNamespace: 'argocd' }, '')
    .map((file) => fileText({ file, madeBy: 'c2l generate prometheus-rules' }))
    .map(({ path, text }) => [path, text]),
);
const rules = files.get('rules.yaml')!;

interface Rule {
  readonly alert?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const groups = parse(rules) as { groups: { rules: Rule[] }[] };
/** The file with one of its alerts alone: hours of all of them are long to play. */
function only(name: string): string {
  return stringify({
    groups: groups.groups.map((group) => ({
      ...group,
      rules: group.rules.filter(({ alert }) => alert === undefined || alert === name),
    })),
  });
}

const alerts = groups.groups.flatMap((group) => group.rules).filter((rule) => rule.alert !== undefined);

test('the operator is given the same groups as a plain Prometheus', () => {
  expect(parse(files.get('prometheus-rule.yaml')!)).toMatchObject({ kind: 'PrometheusRule', spec: groups });
});

test('every alert names a finding code, its page, and the command to type next', () => {
  for (const { labels, annotations } of alerts) {
    expect(Object.keys(findingCodes)).toContain(labels['finding']);
    expect(annotations).toMatchObject({
      runbook_url: `https://shop.example/finding-codes.md#${labels['finding']}`,
      description: expect.stringMatching(/^next: c2l /),
    });
  }
});

test('without an address where the pages are no alert has a link, and each still names the command that shows its page', () => {
  const stack = { ...parsed.stack, runbooks: undefined };
  const [, plain] = generatePrometheusRules({ stack, namespaces: ['shop'], all: false, argocdNamespace: 'argocd' }, '');
  const { text } = fileText({ file: plain!, madeBy: 'c2l generate prometheus-rules' });
  const bare = (parse(text) as typeof groups).groups.flatMap((group) => group.rules).filter(({ alert }) => alert);
  expect(bare).toHaveLength(alerts.length);
  for (const { labels, annotations } of bare) {
    expect(annotations).not.toHaveProperty('runbook_url');
    expect(annotations['runbook']).toBe(`c2l explain ${labels['finding'] ?? ''}`);
  }
});

const minutes = (count: number): number => count * 60;
const owner = (pod: string, kind: string, name: string): Series => ({
  [`kube_pod_owner{namespace="shop",pod="${pod}",owner_kind="${kind}",owner_name="${name}"}`]: '1x400',
});
const db = owner('db-0', 'StatefulSet', 'db');
const apiPod = 'api-7d9f8c6b5-x2x4z';
const api = owner(apiPod, 'ReplicaSet', 'api-7d9f8c6b5');
const waiting = (pod: string, reason: string, values: string, { init = false, more = '' } = {}): Series => ({
  [`kube_pod_${init ? 'init_' : ''}container_status_waiting_reason{namespace="shop",pod="${pod}",container="c",reason="${reason}"${more}}`]:
    values,
});
const ofDb = { namespace: 'shop', component: 'db', workload: 'StatefulSet/db', severity: 'critical' };
const ofApi = { namespace: 'shop', component: 'api', workload: 'Deployment/api', severity: 'critical' };
const app = (labels: string, values: string, name = 'db'): Series => ({
  [`argocd_app_info{namespace="argocd",name="${name}",${labels}}`]: values,
});
const healthy = 'health_status="Healthy"';
const synced = 'sync_status="Synced"';

/** Fires once the condition has held since the beginning for so long, and not one round before. */
function after(delay: number, alert: string, labels: object, ...series: Series[]): RuleCase {
  return {
    series: Object.assign({}, ...series) as Series,
    alert,
    silentAt: [delay - 30],
    firesAt: delay,
    labels: [labels as Record<string, string>],
  };
}

/** Looked at until well after the alert would have fired, had the condition held. */
function never(alert: string, ...series: Series[]): RuleCase {
  const horizon = { C2lNoRecentDrill: minutes(400), C2lCertificateExpires: minutes(90) }[alert] ?? minutes(45);
  const silentAt = Array.from({ length: 15 }, (_, index) => Math.round((horizon / 15 / 30) * (index + 1)) * 30);
  return { series: Object.assign({}, ...series) as Series, alert, silentAt };
}

const alternating = (first: string, second: string, rounds = 100): string =>
  `${first} ${second} `.repeat(rounds).trim();

const firing: [string, RuleCase][] = [
  [
    'a key is missing, and the component was given another name a moment ago',
    after(210, 'C2lContainerCannotStart', ofDb, waiting('db-0', 'CreateContainerConfigError', '1x40'), {
      'c2l:component_pods:info{namespace="shop",pod="db-0",component="database",workload="StatefulSet/db",severity="critical"}':
        '1 stale',
      'kube_pod_owner{namespace="shop",pod="db-0",owner_kind="StatefulSet",owner_name="db"}': '_ 1x400',
    }),
  ],
  [
    'a key is missing',
    after(180, 'C2lContainerCannotStart', ofDb, db, waiting('db-0', 'CreateContainerConfigError', '1x40')),
  ],
  [
    'a key is missing in an init container',
    after(
      180,
      'C2lContainerCannotStart',
      ofApi,
      api,
      waiting(apiPod, 'CreateContainerConfigError', '1x40', { init: true }),
    ),
  ],
  [
    'the reason goes away between two tries',
    after(
      180,
      'C2lContainerCannotStart',
      ofDb,
      db,
      waiting('db-0', 'CreateContainerConfigError', alternating('1', '_')),
    ),
  ],
  [
    'the exporter restarts under another address',
    after(
      180,
      'C2lContainerCannotStart',
      ofDb,
      db,
      waiting('db-0', 'CreateContainerConfigError', '1x2 stale', { more: ',instance="a"' }),
      waiting('db-0', 'CreateContainerConfigError', '_x3 1x40', { more: ',instance="b"' }),
    ),
  ],
  [
    'the pod is replaced by one of another name',
    after(
      180,
      'C2lContainerCannotStart',
      ofApi,
      api,
      owner('api-5c4b7-zzzzz', 'ReplicaSet', 'api-5c4b7'),
      waiting(apiPod, 'CreateContainerConfigError', '1x2 stale'),
      waiting('api-5c4b7-zzzzz', 'CreateContainerConfigError', '_x3 1x40'),
    ),
  ],
  [
    'a pod that belongs to no component',
    after(
      180,
      'C2lContainerCannotStart',
      { namespace: 'shop', component: 'none', workload: 'a pod of no component', severity: 'warning' },
      owner('once-abcde', 'Job', 'once'),
      waiting('once-abcde', 'CreateContainerConfigError', '1x40'),
    ),
  ],
  [
    'two reasons of a failing pull take turns',
    after(
      300,
      'C2lImagePullFails',
      ofDb,
      db,
      waiting('db-0', 'ErrImagePull', alternating('1', '_')),
      waiting('db-0', 'ImagePullBackOff', alternating('_', '1')),
    ),
  ],
  [
    'a volume cannot be mounted',
    after(600, 'C2lContainerStuckCreating', ofDb, db, waiting('db-0', 'ContainerCreating', '1x40')),
  ],
  [
    'a volume cannot be mounted, with init containers none of which runs',
    after(600, 'C2lContainerStuckCreating', ofApi, api, waiting(apiPod, 'PodInitializing', '1x40', { init: true })),
  ],
  [
    'a container crashes, and runs for a while between',
    after(600, 'C2lContainerCrashLoops', ofDb, db, waiting('db-0', 'CrashLoopBackOff', '1x3 _x4 1x8 _x4 1x40')),
  ],
  [
    'an init container waits',
    after(900, 'C2lInitContainerWaits', ofApi, api, {
      [`kube_pod_init_container_status_running{namespace="shop",pod="${apiPod}",container="wait"}`]: '1x60',
    }),
  ],
  [
    'a StatefulSet is not ready',
    after(600, 'C2lWorkloadNotReady', ofDb, {
      'kube_statefulset_status_replicas_ready{namespace="shop",statefulset="db"}': '0x60',
      'kube_statefulset_replicas{namespace="shop",statefulset="db"}': '1x60',
    }),
  ],
  [
    'a Deployment is not available',
    after(600, 'C2lWorkloadNotReady', ofApi, {
      'kube_deployment_status_replicas_available{namespace="shop",deployment="api"}': '1x60',
      'kube_deployment_spec_replicas{namespace="shop",deployment="api"}': '2x60',
    }),
  ],
  [
    'a DaemonSet that is not critical is not ready',
    after(
      600,
      'C2lWorkloadNotReady',
      { namespace: 'shop', component: 'agent', workload: 'DaemonSet/agent', severity: 'warning' },
      {
        'kube_daemonset_status_number_ready{namespace="shop",daemonset="agent"}': '1x60',
        'kube_daemonset_status_desired_number_scheduled{namespace="shop",daemonset="agent"}': '3x60',
      },
    ),
  ],
  [
    'a workload is gone',
    after(300, 'C2lWorkloadMissing', ofDb, {
      'kube_deployment_spec_replicas{namespace="shop",deployment="api"}': '1x60',
      'kube_deployment_spec_replicas{namespace="shop",deployment="web"}': '1x60',
      'kube_daemonset_status_desired_number_scheduled{namespace="shop",daemonset="agent"}': '1x60',
    }),
  ],
  [
    'Degraded, while other labels change with each sync',
    after(
      900,
      'C2lArgoCdDegraded',
      { name: 'db', severity: 'critical' },
      app('health_status="Degraded",sync_status="Synced"', alternating('1', '_')),
      app('health_status="Degraded",sync_status="OutOfSync"', alternating('_', '1')),
    ),
  ],
  [
    'Progressing and Degraded in turns',
    after(
      1200,
      'C2lArgoCdNotHealthy',
      { name: 'db', severity: 'critical' },
      app('health_status="Progressing"', alternating('1', 'stale')),
      app('health_status="Degraded"', alternating('_', '1')),
      app('health_status="Degraded"', alternating('_', 'stale'), 'api'),
    ),
  ],
  [
    'Missing',
    after(1200, 'C2lArgoCdNotHealthy', { name: 'db', severity: 'critical' }, app('health_status="Missing"', '1x60')),
  ],
  [
    'Unknown',
    after(1200, 'C2lArgoCdNotHealthy', { name: 'db', severity: 'critical' }, app('health_status="Unknown"', '1x60')),
  ],
  [
    'not in sync',
    after(
      1800,
      'C2lArgoCdOutOfSync',
      { name: 'api', severity: 'warning' },
      app('sync_status="OutOfSync"', '1x90', 'api'),
    ),
  ],
  [
    'Argo CD says nothing of one application',
    after(600, 'C2lArgoCdMetricsAbsent', { name: 'api', severity: 'warning' }, app(healthy, '1x60')),
  ],
  [
    'kube-state-metrics is silent',
    after(600, 'C2lKubernetesMetricsAbsent', { namespace: 'shop', severity: 'critical' }),
  ],
  [
    'an ExternalSecret is not Ready, seen by a Prometheus that does not honor labels',
    after(
      300,
      'C2lExternalSecretNotReady',
      { name: 'shop-secrets', severity: 'warning' },
      {
        'externalsecret_status_condition{namespace="external-secrets",exported_namespace="shop",name="shop-secrets",condition="Ready",status="False"}':
          '1x60',
      },
    ),
  ],
  [
    'a SealedSecret was not unsealed',
    after(
      300,
      'C2lSealedSecretNotUnsealed',
      { name: 'shop-secrets', severity: 'warning' },
      {
        'sealed_secrets_controller_condition_info{namespace="shop",name="shop-secrets",condition="Synced"}': '-1x60',
      },
    ),
  ],
  [
    'a certificate that c2l watch sees ends in ten days',
    after(
      3600,
      'C2lCertificateExpires',
      { target: 'endpoint/web', severity: 'warning' },
      {
        'c2l_watch_certificate_end_timestamp_seconds{target="endpoint/web"}': '864000x130',
      },
    ),
  ],
  [
    'a certificate of cert-manager',
    after(
      3600,
      'C2lCertificateExpires',
      { target: 'shop-tls', severity: 'warning' },
      {
        'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-tls"}': '864000x130',
      },
    ),
  ],
  ['no drill at all', after(6 * 3600, 'C2lNoRecentDrill', { severity: 'warning' })],
  [
    'the last drill is long ago',
    after(
      6 * 3600,
      'C2lNoRecentDrill',
      { severity: 'warning' },
      {
        'kube_cronjob_status_last_successful_time{namespace="shop",cronjob="c2l-drill"}': `${-31 * 86_400}x800`,
      },
    ),
  ],
  [
    'a drill of another stack only',
    after(
      6 * 3600,
      'C2lNoRecentDrill',
      { severity: 'warning' },
      { 'kube_cronjob_status_last_successful_time{namespace="c2l-drill",cronjob="c2l-drill-other"}': '-604800x900' },
    ),
  ],
  ['c2l watch never ran', after(300, 'C2lWatchSilent', { severity: 'warning' })],
  [
    'c2l watch ended, and its series with it',
    after(
      600 + 30 + 300,
      'C2lWatchSilent',
      { severity: 'warning' },
      { c2l_watch_last_round_timestamp_seconds: '0 stale' },
    ),
  ],
];

const silent: [string, RuleCase][] = [
  [
    'a key that is missing elsewhere',
    never('C2lContainerCannotStart', {
      'kube_pod_container_status_waiting_reason{namespace="other",pod="db-0",reason="CreateContainerConfigError"}':
        '1x100',
    }),
  ],
  [
    'a key that came within a minute',
    never('C2lContainerCannotStart', db, waiting('db-0', 'CreateContainerConfigError', '1x1 stale')),
  ],
  ['a pull that failed once', never('C2lImagePullFails', db, waiting('db-0', 'ErrImagePull', '1x2 stale'))],
  ['a large image', never('C2lContainerStuckCreating', db, waiting('db-0', 'ContainerCreating', '1x18 stale'))],
  [
    'a second init container waits while the first runs',
    never('C2lContainerStuckCreating', api, waiting(apiPod, 'PodInitializing', '1x200', { init: true }), {
      [`kube_pod_init_container_status_running{namespace="shop",pod="${apiPod}",container="wait"}`]: '1x200',
    }),
  ],
  [
    'a second init container waits while the first lacks a key: that is told in its own words',
    never(
      'C2lContainerStuckCreating',
      api,
      waiting(apiPod, 'PodInitializing', '1x200', { init: true }),
      waiting(apiPod, 'CreateContainerConfigError', '1x200', { init: true }),
    ),
  ],
  [
    'two crashes at the start',
    never('C2lContainerCrashLoops', db, waiting('db-0', 'CrashLoopBackOff', '1x1 _ 1x1 stale')),
  ],
  [
    'a rollout that goes on',
    never('C2lWorkloadNotReady', {
      'kube_statefulset_status_replicas_ready{namespace="shop",statefulset="db"}': '0x15 1x200',
      'kube_statefulset_replicas{namespace="shop",statefulset="db"}': '1x220',
    }),
  ],
  [
    'a workload that is scaled to 0',
    never('C2lWorkloadNotReady', {
      'kube_statefulset_status_replicas_ready{namespace="shop",statefulset="db"}': '0x200',
      'kube_statefulset_replicas{namespace="shop",statefulset="db"}': '0x200',
    }),
  ],
  ['Degraded for twelve minutes', never('C2lArgoCdDegraded', app('health_status="Degraded"', '1x24 stale'))],
  [
    'healthy and suspended',
    never('C2lArgoCdNotHealthy', app(healthy, '1x200'), app('health_status="Suspended"', '1x200', 'api')),
  ],
  ['Degraded, of another stack', never('C2lArgoCdDegraded', app('health_status="Degraded"', '1x200', 'other'))],
  ['in sync', never('C2lArgoCdOutOfSync', app(synced, '1x200'))],
  ['both applications seen', never('C2lArgoCdMetricsAbsent', app(healthy, '1x200'), app(healthy, '1x200', 'api'))],
  [
    'an ExternalSecret that is Ready',
    never('C2lExternalSecretNotReady', {
      'externalsecret_status_condition{namespace="shop",name="x",condition="Ready",status="False"}': '0x200',
      'externalsecret_status_condition{namespace="shop",name="x",condition="Ready",status="True"}': '1x200',
    }),
  ],
  [
    'a SealedSecret that was unsealed',
    never('C2lSealedSecretNotUnsealed', {
      'sealed_secrets_controller_condition_info{namespace="shop",name="x",condition="Synced"}': '1x200',
    }),
  ],
  [
    'a certificate of two months',
    never('C2lCertificateExpires', { 'c2l_watch_certificate_end_timestamp_seconds{target="t"}': '5184000x300' }),
  ],
  [
    'a drill of last week',
    never('C2lNoRecentDrill', {
      'kube_cronjob_status_last_successful_time{namespace="shop",cronjob="c2l-drill"}': '-604800x900',
    }),
  ],
  [
    'a drill of last week, on the schedule that c2l generates',
    never('C2lNoRecentDrill', {
      'kube_cronjob_status_last_successful_time{namespace="c2l-drill",cronjob="c2l-drill-shop"}': '-604800x900',
    }),
  ],
  [
    'a drill of last week that no CronJob ran',
    never('C2lNoRecentDrill', {
      'c2l_drill_last_success_timestamp_seconds{namespace="shop",scenario="total-secret-loss"}': '-604800x900',
    }),
  ],
  ['c2l watch at work', never('C2lWatchSilent', { c2l_watch_last_round_timestamp_seconds: '0+30x200' })],
];

const withPromtool = hasProgram('promtool', '--version') ? describe : describe.skip;

withPromtool('in the eyes of promtool', () => {
  test('the rules are well formed and none stands twice', () => {
    expect(check('promtool', ['check', 'rules', 'rules.yaml'], { 'rules.yaml': rules })).toEqual({
      code: 0,
      output: expect.stringContaining('SUCCESS'),
    });
  });

  test.each(firing)('fires, and not before its time: %s', (_case, rule) => {
    const { finding } = alerts.find(({ alert }) => alert === rule.alert)!.labels;
    const files = { 'rules.yaml': only(rule.alert), 'test.yaml': ruleTest(rule, { stack: 'shop', finding }) };
    expect(check('promtool', ['test', 'rules', 'test.yaml'], files)).toMatchObject({
      code: 0,
      output: expect.any(String),
    });
  });

  test.each(silent)('stays silent: %s', (_case, rule) => {
    const files = { 'rules.yaml': only(rule.alert), 'test.yaml': ruleTest(rule, {}) };
    expect(check('promtool', ['test', 'rules', 'test.yaml'], files)).toMatchObject({
      code: 0,
      output: expect.any(String),
    });
  });

  test('every alert is seen to fire', () => {
    expect(new Set(firing.map(([, { alert }]) => alert))).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });
});

const withAmtool = hasProgram('amtool', '--version') ? describe : describe.skip;

withAmtool('in the eyes of amtool', () => {
  test('the inhibition rules are a part of a configuration', () => {
    const base = 'route: {receiver: chat, group_by: [stack]}\nreceivers: [{name: chat}]\n';
    const configuration = { 'alertmanager.yaml': `${base}${files.get('alertmanager.yaml')!}` };
    expect(check('amtool', ['check-config', 'alertmanager.yaml'], configuration)).toMatchObject({ code: 0 });
  });
});
