import { describe, expect, test } from '@jest/globals';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import { outOfDoubt } from '../../src/core/drill/next-drill.ts';
import { newFinding } from '../../src/core/findings/new-finding.ts';
import type { OutputFormat } from '../../src/render/output-format.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { elementsOf, parseXml, type Element } from '../support/well-formed.ts';
import { drilled, earlierResult } from './drill-reports.ts';
import { secret } from './reports.ts';

function render(report: DrillReport, format: OutputFormat): Promise<string> {
  return renderReport(report, format, createStyle(false, {}));
}

async function pageOf(report: DrillReport): Promise<Element> {
  return parseXml((await render(report, 'html')).replace(/<style>[^<]*<\/style>/, ''), ['meta']);
}

describe('the page of a drill', () => {
  test('is one file that fetches nothing, runs nothing and suits light and dark', async () => {
    const page = await render(drilled, 'html');
    const root = await pageOf(drilled);
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'a']) expect(elementsOf(root, name)).toEqual([]);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).toContain('@media (prefers-color-scheme: dark)');
  });

  test('draws every state of every component to scale', async () => {
    const root = await pageOf(drilled);
    const bars = elementsOf(root, 'g').flatMap((group) => {
      const [title] = elementsOf(group, 'title');
      const [rect] = elementsOf(group, 'rect');
      return title && rect ? [[title.text, Number(rect.attributes['width'])] as const] : [];
    });
    const widthOf = (start: string) => bars.find(([text]) => text.startsWith(start))?.[1];
    expect(widthOf('ready from 1.0 s')! / widthOf('stuck from 0.0 s')!).toBeCloseTo(3, 1);
    expect(widthOf('all-verified')! / widthOf('write')!).toBeCloseTo(5, 1);
    expect(bars.map(([text]) => text)).toContain('waiting from 2.0 s to 4.0 s: &lt;waits&gt; &amp; &quot;sees&quot;');
  });

  test('compares with what was kept of earlier drills, and draws them beside each other', async () => {
    const earlier = [earlierResult('02-01', 6000), earlierResult('01-01', 9000, { outcome: 'too-late' })];
    const page = await render({ ...drilled, earlier }, 'html');
    expect(page).toContain('2.0 s faster than the drill of 2026-02-01 00:00 UTC');
    expect(elementsOf(await pageOf({ ...drilled, earlier }), 'svg')).toHaveLength(2);
    expect(elementsOf(await pageOf(drilled), 'svg')).toHaveLength(1);
  });
});

describe('a drill in the sandbox, which is gone by then', () => {
  test.each<[string, Partial<DrillReport>, string]>([
    ['was interrupted', { outcome: 'not-recovered', verdict: 'interrupted' }, 'total-secret-loss --sandbox --yes'],
    ['was too late', { outcome: 'too-late', verdict: 'problems' }, 'total-secret-loss --sandbox --yes'],
    ['went well', {}, 'total-secret-loss --dry-run'],
  ])('that %s leads to itself, and then to the own cluster', async (_, changes, words) => {
    const text = await renderReport({ ...drilled, ...changes }, 'text', createStyle(false, { flags: '--sandbox' }));
    expect(text).toMatch(new RegExp(`\nnext: c2l dr-drill run ${words}\n$`));
  });
});

const failures: readonly (readonly [string, Partial<DrillReport>, string])[] = [
  [
    'took too long',
    { outcome: 'too-late', recovery: { ...drilled.recovery!, objectiveMs: 2000 } },
    'within its objective',
  ],
  ['did not recover', { outcome: 'not-recovered' }, 'everything comes back'],
  ['lost data', { data: [{ component: 'db', state: 'lost', detail: 'no row' }] }, 'db keeps its data'],
  ['had an old backup', { backup: { required: 12, equal: 10 } }, 'the backup holds what runs'],
];

describe('JUnit', () => {
  test.each(failures)('fails the one claim of a drill that %s', async (_, changes, name) => {
    const root = parseXml(await render({ ...drilled, ...changes }, 'junit'));
    const failed = elementsOf(root, 'testcase').filter((each) => elementsOf(each, 'failure').length > 0);
    expect(failed.map(({ attributes }) => attributes['name'])).toEqual([name]);
  });

  test('tells a drill that was interrupted as that', async () => {
    const report: DrillReport = { ...drilled, outcome: 'not-recovered', verdict: 'interrupted', earlier: [] };
    const broken = await render(report, 'junit');
    const page = await render({ ...report, earlier: [{ ...earlierResult('02-01', 1, report) }] }, 'markdown');
    const told = await render(report, 'html');
    expect(broken).toContain('type="interrupted"');
    expect(await render(report, 'text')).toMatch(/in all +4\.0 s +interrupted, objective/);
    expect(told).toContain('>interrupted</span>');
    expect([broken, page, told].join('\n')).not.toContain('not-recovered');
  });

  test('passes every claim of one that went well, and has each phase with its time', async () => {
    const root = parseXml(await render(drilled, 'junit'));
    expect(elementsOf(root, 'failure')).toEqual([]);
    const phases = elementsOf(root, 'testcase').filter(({ attributes }) => attributes['classname']?.endsWith('.phase'));
    expect(phases.map(({ attributes }) => [attributes['name'], attributes['time']])).toEqual([
      ['detect', '0.400'],
      ['write', '0.600'],
      ['all-verified', '3.000'],
    ]);
  });
});

describe.each(['text', 'markdown', 'html'] as const)('before the next drill, as %s', (format) => {
  test.each<[string, Partial<DrillReport>, RegExp]>([
    ['names who noticed nothing, and who did', {}, /Argo CD noticed nothing, c2l audit did after 0\.4 s: whoever/],
    ['names where the time went', failures[0]![1], /most of the time went into all-verified/],
    [
      'asks for a person where one always ran it',
      { earlier: [earlierResult('02-01', 1, { operator: 'ann@laptop' })] },
      /somebody else/,
    ],
  ])('%s', async (_, changes, expected) => {
    const told = (await render({ ...drilled, ...changes }, format)).replace(/\s+/g, ' ').replaceAll('\\', '');
    expect(told).toMatch(expected);
  });
});

describe('as text', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  test.each<[string, Partial<DrillReport>, RegExp]>([
    ['who ran it, with which version', {}, /by: ann@laptop, c2l 0\.1\.0\n/],
    ['that people recovered', { drill: { ...drilled.drill, manual: true } }, /c2l 0\.1\.0; recovered by people\n/],
    ['the digest of the journal', {}, new RegExp(`digest: ${digest}\n`)],
    ['an objective in whole minutes as such', {}, /in all +4\.0 s +objective 5 min\n/],
    ['that a time is none of a recovery', { outcome: 'not-recovered' }, /in all +4\.0 s +not recovered, objective/],
  ])('tells %s', async (_, changes, expected) => {
    expect(await renderReport({ ...drilled, ...changes }, 'text', createStyle(false, { width: 80 }))).toMatch(expected);
  });

  test('asks nobody to run it with --manual after an abort', async () => {
    const earlier = [earlierResult('02-01', 1, { operator: 'ann@laptop' })];
    expect(await render({ ...drilled, earlier, outcome: 'put-back' }, 'text')).not.toContain('--manual');
  });

  test('says first why it did not start, and names a way out', async () => {
    const findings = [
      newFinding('backup-value-unusable', { object: secret, message: 'it differs', fix: 'c2l verify' }),
    ];
    const wrong = ['the way back is not proven'];
    const report: DrillReport = {
      ...drilled,
      outcome: 'not-started',
      wrong,
      findings: outOfDoubt(findings, ['age:b.age']),
    };
    const text = await render(report, 'text');
    expect(text).toMatch(/what went wrong\n {2}- the way back is not proven\n {2}- it differs\n/);
    expect(text).toContain('correct the source, or store in one what runs: c2l backup --to age:b.age');
    expect(text).toContain('next: c2l backup --to age:b.age');
  });
});

test.each([
  ['the steady state fails too', 'check-failed', 'c2l verify'],
  ['all else is well', 'optional-key-absent', 'c2l backup --to age:FILE'],
] as const)('a source in doubt is to be corrected unless %s', (_, code, fix) => {
  const of = (each: 'backup-value-unusable' | typeof code) =>
    newFinding(each, { object: secret, message: 'm', fix: 'c2l verify' });
  expect(outOfDoubt([of(code), of('backup-value-unusable')], ['env:b.env'])[1]?.fix).toBe(fix);
});
