import { describe, expect, test } from '@jest/globals';
import { explainWorkload } from '../../src/core/audit/explain-workload.ts';
import { refText, type ObjectRef } from '../../src/core/cluster/kubernetes.ts';
import { buildScene } from '../../src/core/diagnose/diagnosis-scene.ts';
import type { OutputFormat } from '../../src/render/output-format.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { auditReportOf } from '../support/audit-report-of.ts';
import {
  barePod,
  container,
  deployment,
  keyEnv,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  type Parts,
} from '../support/builders.ts';
import { inTurn } from '../support/in-turn.ts';
import { restarted } from './reports.ts';

const spec = { containers: [container('main', { env: ['k1', 'k2'].map((key) => keyEnv('live', key)) })] };

function page(format: OutputFormat, ...parts: readonly Parts[]): Promise<string> {
  return renderReport(auditReportOf(snapshotOf(...parts)), format, createStyle(false));
}

describe('what runs without a key that its next start needs', () => {
  test.each<[string, Parts, string]>([
    ['a Deployment', deployment('env', { spec }), 'deployment/env'],
    ['a pod without a controller', barePod('env', spec), 'pod/env'],
  ])('%s is told at the root and among the components', async (_, parts, name) => {
    const forms = ['text', 'markdown', 'html'] as const;
    const [text, markdown, html] = await inTurn(forms, (format) => page(format, secret('live', ['k1']), parts));

    expect(text).toContain(`\n            next start fails of 1 workload that runs now: ${name}\n`);
    expect(text).toMatch(new RegExp(`\n${name} +ready +runs now; its next start fails: lacks k2\n`));
    expect(markdown).toContain(`\n- next start fails of 1 workload that runs now: ${name}\n`);
    expect(html).toContain(`<dt>next start fails</dt><dd>1 workload that runs now: ${name}</dd>`);
  });

  test.each<[Parts, ObjectRef]>([
    [deployment('env', { spec }), { kind: 'Deployment', namespace, name: 'env' }],
    [barePod('env', spec), { kind: 'Pod', namespace, name: 'env' }],
  ])('is told where it is asked for by itself', async (parts, object) => {
    const snapshot = snapshotOf(secret('live', ['k1']), parts);
    const report = auditReportOf(snapshot);
    const subject = explainWorkload(buildScene(snapshot, undefined), object, report.findings);
    const text = await renderReport({ ...report, subject }, 'text', createStyle(false));

    expect(text).toContain(`${refText(object)} in namespace shop is ready: runs now; its next start fails: lacks`);
    expect(text).toContain(`\n    next start fails of 1 workload that runs now: ${refText(object)}\n`);
  });

  test('is told by restart too, beside the root that it says blocks it', async () => {
    const { findings } = auditReportOf(snapshotOf(secret('live', ['k1']), deployment('env', { spec })));
    const text = await renderReport({ ...restarted, findings }, 'text', createStyle(false));

    expect(text).toContain('\n            next start fails of 1 workload that runs now: deployment/env\n');
  });

  test('a whole Secret is told by its name', async () => {
    expect(await page('text', deployment('env', { spec }))).toMatch(
      /\ndeployment\/env +ready +runs now; its next start fails: lacks Secret live\n/,
    );
  });

  test('nothing is said where every key is there', async () => {
    expect(await page('text', secret('live', ['k1', 'k2']), deployment('env', { spec }))).not.toContain('next start');
  });
});

test.each([
  ['text', /\n {4}affects 1 workload\n {12}env\n/],
  ['markdown', /\n- affects 1 workload: env\n/],
  ['html', /<dt>affects<\/dt><dd>1 workload/],
  ['junit', /affects: deployment\/env/],
] as const)('a placeholder stops no start, which %s does not say either', async (format, told) => {
  const filled = secretWith('live', { k1: 'CHANGE_ME', k2: 'word' });
  const answer = await page(format, filled, deployment('env', { spec }));

  expect(answer).toMatch(told);
  expect(answer).not.toMatch(/\bblocks/);
});
