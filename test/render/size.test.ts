import { describe, expect, test } from '@jest/globals';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { Finding } from '../../src/core/findings/findings.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle, type Layout } from '../../src/render/style.ts';
import { component, incident, missingKey, ref } from './reports.ts';

function text(report: AuditReport, layout: Layout = {}): Promise<string> {
  return renderReport(report, 'text', createStyle(false, layout));
}

/** `count` Secrets that do not exist, each blocking one workload, the last one thirty of them. */
function manyRoots(count: number): Finding[] {
  return Array.from({ length: count }, (_, index): Finding => {
    const name = `secret-${String(index).padStart(4, '0')}`;
    const amount = index === count - 1 ? 30 : 1;
    const blocks = Array.from({ length: amount }, (_, at) => ref('Deployment', `${name}-user-${at}`));
    return {
      ...missingKey('', [], blocks),
      id: `secret-missing/${name}`,
      code: index % 10 === 0 ? 'workload-not-ready' : 'secret-missing',
      object: ref('Secret', name),
      message: `secret/${name} does not exist`,
    };
  });
}

const large: AuditReport = { ...incident, findings: manyRoots(3000), components: [], applications: [] };

describe('a page of 3,000 roots', () => {
  test('fits a screen or two, and counts by code what it leaves out', async () => {
    const page = await text(large);
    const shown = page.match(/^ERROR /gm)!.length;

    expect(shown).toBe(20);
    expect(page.split('\n').length).toBeLessThan(150);
    expect(page.replace(/\s+/g, ' ')).toMatch(
      /MORE 2980 more roots not shown: \d+ × error secret-missing, \d+ × error workload-not-ready; c2l audit --limit 0 shows all/,
    );
    const counted = [...page.replace(/\s+/g, ' ').matchAll(/(\d+) × /g)].map(([, amount]) => Number(amount));
    expect(counted.reduce((sum, amount) => sum + amount, shown)).toBe(3000);
  });

  test('has no two empty lines, though no component stands at its end', async () => {
    expect(await text(large)).not.toMatch(/\n\n\n/);
  });

  test('begins with the root that holds up most', async () => {
    const page = await text(large);
    expect(page.indexOf('secret/secret-2999 does not exist')).toBe(page.indexOf('secret/'));
    expect(page).toContain('blocks  30 workloads');
  });

  test('shows all where no limit is wanted, and as many as are asked for', async () => {
    expect((await text(large, { limit: Infinity })).match(/^ERROR /gm)).toHaveLength(3000);
    expect((await text(large, { limit: 3 })).match(/^ERROR /gm)).toHaveLength(3);
  });

  test('repeats the flags of this run in how to see the rest', async () => {
    expect(await text(large, { flags: '--context blue', width: 200 })).toContain(
      'c2l audit --limit 0 --context blue shows all',
    );
  });
});

test('3,000 keys of one Secret are one root, with those that do not fit counted', async () => {
  const findings = Array.from({ length: 3000 }, (_, index) => missingKey(`key-${index}`, [], []));
  const page = await text({ ...incident, findings });

  expect(page).toContain('lacks 3000 required keys');
  expect(page.match(/^ {4}key-\d+/gm)).toHaveLength(20);
  expect(page).toContain('… 2980 more keys (c2l audit --limit 0 shows all)');
});

test('of 1,000 components those that are not ready are shown, and the others counted', async () => {
  const components = Array.from({ length: 1000 }, (_, index) =>
    component(`app-${index}`, ref('Deployment', `app-${index}`), index % 100 === 0 ? 'stuck' : 'ready'),
  );
  const page = await text({ ...incident, components });

  expect(page.match(/^deployment\/app-\d+ +stuck/gm)).toHaveLength(10);
  expect(page).toContain('… 990 ready (c2l audit --limit 0 shows all)');
});

test('25 namespaces are counted, not listed', async () => {
  const namespaces = Array.from({ length: 25 }, (_, index) => `team-${index}`);
  expect(await text({ ...incident, namespaces })).toContain('namespaces team-0, team-1, team-2, team-3 and 21 more');
});

test('findings whose causes go in a circle are told, once', async () => {
  const [one, two] = ['one', 'two'].map((name) => ({
    ...missingKey('', [], []),
    id: name,
    message: `${name} is down`,
  }));
  const findings: Finding[] = [
    { ...one!, code: 'workload-not-ready', causes: ['two'] },
    { ...two!, code: 'workload-not-ready', causes: ['one'], object: ref('Job', 'two') },
  ];
  const page = await text({ ...incident, findings });

  expect(page).toMatch(/^ERROR {4}one is down$/m);
  expect(page).toContain('because of it: two is down');
});
