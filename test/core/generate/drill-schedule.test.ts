import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

import { drillRunners } from '../../../src/core/generate/drill-runners.ts';
import { generateDrillSchedule } from '../../../src/core/generate/drill-schedule.ts';
import type { GeneratedFile } from '../../../src/core/generate/generated-file.ts';
import { generatePrometheusRules } from '../../../src/core/generate/prometheus-rules.ts';
import { fileText } from '../../../src/render/generated-files.ts';
import { stackOf } from '../../support/builders.ts';

const notify = [{ kind: 'webhook', name: 'chat', template: 'slack', url: { env: 'CHAT_URL' } }];
const components = [{ name: 'db', workload: 'StatefulSet/db' }];
const stack = stackOf({ components });
const told = stackOf({ components, watch: { notify } } as unknown as Parameters<typeof stackOf>[0]);

const subjectOf = (of: typeof stack) => ({
  stack: of,
  namespaces: of.namespaces,
  all: false,
  argocdNamespace: 'argocd',
  version: '1.2.3',
});

function textOf(of: typeof stack, runner: (typeof drillRunners)[number]): string {
  const files = generateDrillSchedule(subjectOf(of), runner);
  return files
    .map((file) => `${file.path}\n${fileText({ file, madeBy: 'c2l generate drill-schedule' }).text}`)
    .join('\n');
}

test.each(drillRunners)('%s runs the drill in the namespace of the stack, and alerts after 30 days', (runner) => {
  const text = textOf(stack, runner);
  expect(text).toMatch(/dr-drill[\s,-]+run[\s,-]+total-secret-loss/);
  expect(text).toMatch(new RegExp(`(-n|--namespace)[\\s,-]+${stack.namespaces[0]}`));
  expect(text).toContain('> 30 * 86400');
  expect(text).toMatch(/absent\(\s+kube_cronjob/);
});

test.each(drillRunners)(
  'of %s the alert on missing drills is that of prometheus-rules, so that one gap is one alert',
  (runner) => {
    const alertIn = (files: readonly GeneratedFile[], path: string): unknown => {
      const file = files.find((each) => each.path === path);
      const { text } = fileText({ file: file!, madeBy: 'c2l' });
      const { groups } = parse(text) as { groups: { rules: { alert?: string }[] }[] };
      return groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === 'C2lNoRecentDrill');
    };
    const own = alertIn(generateDrillSchedule(subjectOf(stack), runner), `drill-rules-${runner}.yaml`);
    expect(own).toBeDefined();
    expect(own).toEqual(alertIn(generatePrometheusRules(subjectOf(stack), ''), 'rules.yaml'));
  },
);

test.each(drillRunners)(
  '%s tells the receivers of the stack, where there are some, and names their secrets',
  (runner) => {
    expect(textOf(stack, runner)).not.toContain('--notify');
    const text = textOf(told, runner);
    expect(text).toContain('--notify');
    expect(text).toContain('CHAT_URL');
  },
);

test('the CronJob lies beside the journals, and so does the account of its Roles', () => {
  const text = textOf(stack, 'kubernetes');
  expect(text).toMatch(/kind: CronJob\n(.*\n)*? +namespace: c2l-drill\n/);
  const subjects = [...text.matchAll(/subjects:\n(?:.*\n){2,4}? +namespace: (\S+)/g)].map(([, namespace]) => namespace);
  expect(new Set(subjects)).toEqual(new Set(['c2l-drill']));
  expect(text).toContain('backoffLimit: 0');
});

test.each(['html', 'json'])('the workflow keeps the report as %s even where the drill failed', (form) => {
  const text = textOf(stack, 'github-actions');
  expect(text).toContain(`--report drill/report.${form}`);
  expect(text.match(/if: always\(\)/g)).toHaveLength(2);
});

test.each(['kubernetes', 'github-actions'] as const)(
  '%s runs the c2l that made it, and can push its metrics',
  (runner) => {
    const text = textOf(stack, runner);
    expect(text).toContain('c2l@1.2.3');
    expect(text).not.toMatch(/npx --yes c2l /);
    expect(text).toContain('C2L_PUSH_METRICS');
  },
);

function stepOf(text: string, name: string): string {
  const [, document = ''] = text.split(/\.github\S+\n/);
  const { jobs } = parse(document.slice(0, document.search(/^drill-rules/m))) as {
    jobs: { drill: { steps: { name?: string; run?: string }[] } };
  };
  return jobs.drill.steps.find((step) => step.name === name)?.run ?? '';
}

test('the CronJob keeps a page of each run', () => {
  expect(textOf(stack, 'kubernetes')).toMatch(/--report\n *- \/report\/\$\(POD_NAME\)\.html/);
});

test('the workflow puts back what was cancelled, and tells of a drill that did not begin', () => {
  const text = textOf(stack, 'github-actions');
  expect(text).toMatch(/if: cancelled\(\) \|\| failure\(\)[^]*dr-drill abort/);
  expect(text).toContain('if [ -f drill/report.md ]');
});

test.each([
  ['put everything back', 0, 'ok', 0],
  ['had nothing to put back', 2, 'drill-not-found', 0],
  ['could not begin', 2, 'no-kubeconfig', 2],
  ['found no journal', 4, 'drill-not-found', 4],
  ['could not prove it', 1, 'ok', 1],
])('the step that puts back ends well or not where abort %s', (_, exitCode, code, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-step-'));
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\necho '{ "error": { "code": "${code}" } }'\nexit ${exitCode}\n`, {
    mode: 0o755,
  });
  try {
    const script = stepOf(textOf(stack, 'github-actions'), 'put back what was stopped');
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    expect(spawnSync('bash', ['-e', '-c', script], { cwd: folder, env }).status).toBe(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
