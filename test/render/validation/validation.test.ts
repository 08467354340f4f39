import { describe, expect, test } from '@jest/globals';

import { newFinding } from '../../../src/core/findings/new-finding.ts';
import type { LocatedFinding, ValidateReport } from '../../../src/core/reports/file-reports.ts';
import { verdictOf } from '../../../src/core/reports/report.ts';
import type { OutputFormat } from '../../../src/render/output-format.ts';
import { createStyle } from '../../../src/render/style.ts';
import { renderValidation } from '../../../src/render/validation/validation.ts';

const secret = { kind: 'Secret', namespace: 'shop', name: 'app' };
const missing: LocatedFinding = {
  ...newFinding('secret-key-missing', {
    object: secret,
    secret: 'app',
    key: 'jwt',
    message: 'secret/app lacks key jwt, which deployment/api needs',
    fix: '${EDITOR:-vi} +22 k8s/a,b:c.yaml',
  }),
  locations: [
    { file: 'k8s/a,b:c.yaml', line: 22 },
    { file: 'k8s/a,b:c.yaml', line: 31 },
    { file: 'k8s/app.yaml', line: 1 },
  ],
};
const unread: LocatedFinding = {
  ...newFinding('unreadable', {
    object: { kind: 'File', namespace: '', name: 'k8s/x.yaml:3' },
    message: 'is 100% <broken> & "odd"',
    fix: 'c2l explain unreadable',
  }),
  locations: [{ file: 'k8s/x.yaml', line: 3 }],
};
const plain: LocatedFinding = {
  ...newFinding('secret-plain-in-manifest', { object: secret, secret: 'app', message: 'stands in a file', fix: 'f' }),
  locations: [],
};

async function render(format: OutputFormat, ...findings: LocatedFinding[]): Promise<string> {
  return renderWith(format, findings, []);
}

async function renderWith(
  format: OutputFormat,
  findings: readonly LocatedFinding[],
  ignored: ValidateReport['ignored'],
): Promise<string> {
  const report: ValidateReport = {
    schemaVersion: 1,
    command: 'validate',
    context: '',
    server: '',
    namespaces: ['shop'],
    takenAt: '2026-01-02T03:04:05.000Z',
    verdict: verdictOf(findings),
    findings,
    ignored,
    lapsedIgnores: [],
    paths: ['k8s'],
    files: 2,
    objects: 5,
    skipped: [],
  };
  return renderValidation(report, format, { ...createStyle(false), version: '1.2.3' });
}

test('text goes by file and line, says where else, and ends in what to type', async () => {
  expect(await render('text', missing, unread, plain)).toBe(`c2l validate  2026-01-02 03:04:05 UTC
k8s: 2 files, 5 objects
namespace shop, no stack file, no cluster asked

k8s/a,b:c.yaml
  22  error  secret/app lacks key jwt, which deployment/api needs (also line 31,
             k8s/app.yaml:1)

k8s/x.yaml
  3  not read  is 100% <broken> & "odd"

not in these files
  -  warning  stands in a file

verdict: problems, 1 error, 1 warning, 1 place not readable
next: \${EDITOR:-vi} +22 k8s/a,b:c.yaml
`);
});

test('annotations of GitHub escape what would end a property or a line', async () => {
  expect(await render('github', missing, unread, plain)).toBe(
    [
      '::error file=k8s/a%2Cb%3Ac.yaml,line=22,title=secret-key-missing::secret/app lacks key jwt, which deployment/api needs; ${EDITOR:-vi} +22 k8s/a,b:c.yaml',
      '::warning file=k8s/x.yaml,line=3,title=unreadable::is 100%25 <broken> & "odd"; c2l explain unreadable',
      '::warning title=secret-plain-in-manifest::stands in a file; f',
      'c2l validate: problems, 1 error, 1 warning, 1 place not readable',
      '',
    ].join('\n'),
  );
});

describe('SARIF', () => {
  interface Log {
    readonly version: string;
    readonly runs: readonly [
      {
        readonly tool: {
          readonly driver: { readonly version: string; readonly rules: readonly { readonly id: string }[] };
        };
        readonly invocations: readonly [{ readonly executionSuccessful: boolean }];
        readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number; readonly level: string }[];
      },
    ];
  }
  const log = async (...findings: LocatedFinding[]) => (JSON.parse(await render('sarif', ...findings)) as Log).runs[0];

  test('each result has its rule, level, place and a fingerprint that outlives other lines', async () => {
    const run = await log(missing, unread, plain);

    expect(run.results[0]).toEqual({
      ruleId: 'secret-key-missing',
      ruleIndex: 0,
      level: 'error',
      message: { text: `${missing.message}; ${missing.fix}` },
      locations: [at('k8s/a%2Cb%3Ac.yaml', 22)],
      relatedLocations: [at('k8s/a%2Cb%3Ac.yaml', 31), at('k8s/app.yaml', 1)],
      partialFingerprints: { finding: 'secret-key-missing/shop/app/jwt' },
    });
    expect(run.results.map(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId)).toEqual([
      true,
      true,
      true,
    ]);
    expect(run.tool.driver.version).toBe('1.2.3');
  });

  test.each([
    ['nothing was left unread', [missing], true],
    ['something was', [unread], false],
  ])('the run was successful only where %s', async (_, findings, expected) => {
    expect((await log(...findings)).invocations[0].executionSuccessful).toBe(expected);
  });

  function at(uri: string, startLine: number): object {
    return { physicalLocation: { artifactLocation: { uri }, region: { startLine } } };
  }
});

describe('JUnit', () => {
  test('errors fail, what could not be read is an error, warnings pass with a word', async () => {
    const xml = await render('junit', missing, unread, plain);

    expect(xml).toContain('<testsuites tests="3" failures="1" errors="1" skipped="0">');
    expect(xml).toContain('name="secret-key-missing/shop/app/jwt" file="k8s/a,b:c.yaml" line="22">');
    expect(xml).toContain(
      'message="k8s/x.yaml:3: is 100% &lt;broken&gt; &amp; &quot;odd&quot;; c2l explain unreadable"',
    );
    expect(xml).toContain('<system-out>stands in a file; f</system-out>');
  });

  test('no finding is one case that passed, as CI takes an empty suite for a broken one', async () => {
    expect(await render('junit')).toContain('name="every required key is provided (5 objects)"/>');
  });
});

describe('what is ignored', () => {
  const ignored = [
    { ...plain, ignored: { reason: 'sealed next week', until: '2026-02-01', by: 'annotation' as const } },
  ];

  test('is counted in text, and named with a reason where code scanning looks', async () => {
    expect(await renderWith('text', [], ignored)).toMatch(/IGNORED {2}1 finding .*\n[^]*verdict: ok, 1 ignored\n/);
    expect(await renderWith('junit', [], ignored)).toContain('ignored until 2026-02-01: sealed next week');
    const { runs } = JSON.parse(await renderWith('sarif', [], ignored)) as { runs: [{ results: object[] }] };
    expect(runs[0].results).toEqual([
      expect.objectContaining({
        ruleId: 'secret-plain-in-manifest',
        suppressions: [{ kind: 'inSource', justification: 'sealed next week (until 2026-02-01)' }],
      }),
    ]);
  });
});

test('no two related locations of SARIF are alike, as its schema wants it', async () => {
  const [first] = missing.locations;
  const onOneLine = { ...missing, locations: [first!, first!, first!] };
  const { runs } = JSON.parse(await render('sarif', onOneLine)) as {
    runs: [{ results: [{ relatedLocations: object[] }] }];
  };
  expect(runs[0].results[0].relatedLocations).toHaveLength(1);
});
