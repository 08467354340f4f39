import { describe, expect, test } from '@jest/globals';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { Finding } from '../../src/core/findings/findings.ts';
import type { Report } from '../../src/core/reports/any-report.ts';
import type { OutputFormat } from '../../src/render/output-format.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle, type Layout } from '../../src/render/style.ts';
import { expectGolden } from '../support/golden.ts';
import { elementsOf, parseXml } from '../support/well-formed.ts';
import { component, incident, missingKey, notVerified, ref, refusedWalk, stabilized, verified } from './reports.ts';

function render(report: Report, format: OutputFormat, layout: Layout = {}): Promise<string> {
  return renderReport(report, format, createStyle(false, layout));
}

const gap: Finding = {
  ...missingKey('', [], []),
  id: 'unreadable/events',
  code: 'unreadable',
  severity: 'warning',
  message: 'events could not be read',
};
const warning: Finding = {
  ...missingKey('', [], []),
  id: 'warned',
  code: 'secret-values-exposed',
  severity: 'warning',
  message: 'secret/x shows its values',
};

describe('a key of another spelling', () => {
  test.each(['text', 'markdown', 'html', 'json', 'yaml', 'junit'] as const)('is told as %s', async (format) => {
    const message = 'secret/app lacks key jwt-secret; it has JWT_SECRET: is that the key that is meant?';
    const near: Finding = { ...missingKey('jwt-secret', [], []), similarKey: 'JWT_SECRET', message };
    expect(await render({ ...incident, findings: [near] }, format)).toMatch(/it has JWT\\?_SECRET: is that the key/);
  });
});

test.each(['text', 'markdown', 'html'] as const)('what nothing names is no root in %s', async (format) => {
  const unused: Finding = {
    ...warning,
    id: 'unused',
    code: 'secret-unused',
    severity: 'info',
    message: 'nobody names it',
  };
  const page = await render({ ...incident, findings: [unused] }, format);

  expect(page).not.toContain('nobody names it');
  expect(page).not.toMatch(/root causes/i);
  expect(page).toMatch(/nothing here names 1 Secret/);
});

describe('JUnit', () => {
  /** Attributes and elements that the schema of Jenkins knows. */
  const known: Readonly<Record<string, readonly string[]>> = {
    testsuites: ['tests', 'failures', 'errors', 'skipped'],
    testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'timestamp'],
    testcase: ['classname', 'name', 'time', 'file', 'line'],
    failure: ['type', 'message'],
    error: ['type', 'message'],
    skipped: ['type', 'message'],
    'system-out': [],
  };

  test.each([
    ['audit', { ...incident, findings: [...incident.findings, gap, warning] }, { failures: 11, errors: 1, skipped: 4 }],
    ['verify', notVerified, { failures: 1, errors: 1, skipped: 1 }],
    ['verify that passed', verified, { failures: 0, errors: 0, skipped: 0 }],
  ])('of %s counts what it holds, and says nothing that readers do not know', async (_, report, expected) => {
    const root = parseXml(await render(report, 'junit'));
    const amounts = (name: string) => elementsOf(root, name).length;

    expect({ failures: amounts('failure'), errors: amounts('error'), skipped: amounts('skipped') }).toEqual(expected);
    for (const [name, attributes] of Object.entries(known)) {
      for (const element of elementsOf(root, name)) {
        expect(attributes).toEqual(expect.arrayContaining(Object.keys(element.attributes)));
        expect(Object.keys(known)).toEqual(expect.arrayContaining(element.children.map((child) => child.name)));
      }
    }
    for (const suite of [...elementsOf(root, 'testsuite'), ...elementsOf(root, 'testsuites')]) {
      expect(suite.attributes).toMatchObject({
        tests: String(elementsOf(suite, 'testcase').length),
        failures: String(elementsOf(suite, 'failure').length),
        errors: String(elementsOf(suite, 'error').length),
      });
    }
  });

  test('fails for errors alone: a warning passes and says so', async () => {
    const root = parseXml(await render({ ...incident, components: [], findings: [warning] }, 'junit'));
    const [testcase] = elementsOf(root, 'testcase');
    expect(testcase!.children.map(({ name, text }) => [name, text.split('&#10;')[0]])).toEqual([
      ['system-out', 'warning: secret/x shows its values'],
    ]);
  });

  test('names what blocks, the repair and the page in the failure', async () => {
    const root = parseXml(await render(incident, 'junit'));
    const failure = elementsOf(root, 'failure').find(({ text }) => text.includes('auth0-audience'));
    expect(failure!.text).toContain('blocks: deployment/api-backend, deployment/web&#10;fix: c2l fix-secrets&#10;');
    expect(failure!.text).toContain('c2l explain secret-key-missing');
  });
});

describe('Markdown', () => {
  test.each([
    ['audit-incident.markdown.txt', incident],
    ['verify-failed.markdown.txt', notVerified],
    ['stabilize-ok.markdown.txt', stabilized],
    ['stabilize-refused.markdown.txt', refusedWalk],
  ])('%s', async (name, report) => {
    await expectGolden(name, await render(report, 'markdown'));
  });

  test('of a large report is cut, and says what it leaves out', async () => {
    const findings = Array.from({ length: 100 }, (_, index): Finding => ({ ...warning, id: `w${index}` }));
    const page = await render({ ...incident, findings }, 'markdown');
    expect(page.match(/^### WARNING/gm)).toHaveLength(20);
    expect(page).toContain('… 80 more root causes (c2l audit --limit 0 shows all)');
  });
});

describe('HTML', () => {
  const voids = ['meta', 'br'];

  test('is one file that fetches nothing, runs nothing and suits light and dark', async () => {
    const page = await render(incident, 'html');
    const root = parseXml(page.replace(/<style>[^<]*<\/style>/, ''), voids);

    expect(elementsOf(root, 'svg')).toHaveLength(1);
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'a']) expect(elementsOf(root, name)).toEqual([]);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).toContain('@media (prefers-color-scheme: dark)');
    expect(page).not.toMatch(/url\((?!#)|@import|\son\w+=/);
  });

  test('draws every blocked workload with its state, beside the root', async () => {
    const root = parseXml((await render(incident, 'html')).replace(/<style>[^<]*<\/style>/, ''), voids);
    const titles = elementsOf(root, 'title').map(({ text }) => text);
    expect(titles).toEqual(
      expect.arrayContaining([
        'secret/cloudtolocalllm-secrets: error: lacks 9 required keys',
        'statefulset/postgres-auth: stuck: CreateContainerConfigError',
        'deployment/web: waiting: Init:0/1, waits for api-backend',
      ]),
    );
  });

  test('folds what goes beyond the limit, and leaves nothing out', async () => {
    const findings = Array.from({ length: 300 }, (_, index): Finding => ({ ...warning, id: `w${index}` }));
    const page = await render({ ...incident, findings }, 'html');
    expect(page.match(/<article/g)).toHaveLength(300);
    expect(page).toContain('<summary>280 more root causes</summary>');
  });

  test('folds the components that are ready where there are many', async () => {
    const ready = Array.from({ length: 300 }, (_, index) =>
      component(`c${index}`, ref('Deployment', `c${index}`), 'ready'),
    );
    const page = await render({ ...incident, components: [...ready, ...incident.components] }, 'html');
    const [shown = '', folded = ''] = page.split('<summary>301 more components: 301 ready</summary>');
    expect(shown).toContain('<td>statefulset/postgres-auth</td><td><span class="bad">stuck</span></td>');
    expect(shown).not.toContain('<td>deployment/c0</td>');
    expect(folded.match(/<td>deployment\/c\d+<\/td>/g)).toHaveLength(300);
  });

  test('of a healthy cluster has no picture and no causes', async () => {
    const page = await render({ ...incident, verdict: 'ok', findings: [] }, 'html');
    expect(page).not.toContain('<svg');
    expect(page).toContain('<span class="badge good">ok</span>');
  });
});

describe('hostile names', () => {
  const hostile = [
    '"]:::x; %%{init: {}}%%',
    '<script>alert(1)</script>',
    "' onmouseover='x",
    '&amp;',
    '`|](http://x)',
    '\u001b[2J\u0000\ud800\uffff\nnext: rm',
    '```',
    ']]>',
    '-->',
  ].join(' ');
  const report: AuditReport = {
    ...incident,
    context: hostile,
    server: hostile,
    namespaces: [hostile, 'b'],
    findings: [
      { ...missingKey(hostile, [ref('Deployment', hostile)], [ref('Deployment', hostile)]), message: hostile },
      {
        ...missingKey('', [], []),
        id: hostile,
        code: 'secret-missing',
        message: hostile,
        fix: hostile,
        keys: [hostile],
      },
      { ...gap, message: hostile },
      { ...missingKey(hostile, [], []), id: 'o', code: 'optional-key-absent', severity: 'info' },
    ],
    components: [component(hostile, ref('Deployment', hostile), 'stuck', { detail: hostile })],
    applications: [{ name: hostile, health: hostile, sync: hostile }],
  };

  test.each([
    ['junit', [] as string[]],
    ['html', ['meta', 'br']],
  ] as const)('stay text in %s', async (format, voids) => {
    const page = (await render(report, format)).replace(/<style>[^<]*<\/style>/, '');
    const root = parseXml(page, voids);
    expect(elementsOf(root, 'script')).toEqual([]);
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ud800-\udfff\uffff]/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('stay text in Markdown, in tables, code and in the graph', async () => {
    const page = await render(report, 'markdown');
    const lines = page.split('\n');
    const graph = lines.slice(lines.indexOf('```mermaid') + 1, lines.lastIndexOf('```'));

    expect(lines.filter((line) => line.startsWith('```'))).toEqual(['```mermaid', '```']);
    expect(graph.length).toBeGreaterThan(5);
    for (const line of graph.filter((entry) => entry.includes('['))) {
      expect(line).toMatch(/^ {2}n\d+\["[\p{L}\p{N} .,:/_()+=#;-]+<br\/>[\p{L}\p{N} .,:/_()+=#;-]+"\]:::\w+$/u);
    }
    const prose = lines.filter((line) => !graph.includes(line)).map((line) => line.replace(/(`+).*?[^`]\1(?!`)/g, ''));
    expect(prose.filter((line) => /(?<!\\)<(?!br)/.test(line))).toEqual([]);
    const cells = lines
      .filter((line) => line.startsWith('| ') && line.includes('alert'))
      .map((line) => line.match(/(?<!\\)\|/g)!.length);
    expect(new Set(cells)).toEqual(new Set([3, 4, 5]));
  });
});
