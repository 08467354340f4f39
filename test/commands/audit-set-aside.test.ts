import { describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';
import { parseXml, elementsOf } from '../support/well-formed.ts';

const secretName = 'cloudtolocalllm-secrets';

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-aside-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('audit --baseline', () => {
  test('fails on what is new alone, and counts what is known and gone', async () => {
    const { kubeconfig, store } = await sandbox();
    await inFolder(async (cwd) => {
      const first = await runCli(['audit', '-o', 'json'], { kubeconfig });
      await writeFile(join(cwd, 'baseline.json'), first.stdout);
      const again = await runCli(['audit', '--baseline', 'baseline.json'], { kubeconfig, cwd });
      expect(again.code).toBe(0);
      expect(again.stdout).toMatch(/^BASELINE of \S+: \d+ known, 0 gone/m);
      expect(again.stdout).toMatch(/verdict: ok, \d+ known before/);
      expect(again.stdout).toMatch(/\nnext: c2l fix-secrets\n$/);

      store.mutate('secrets', 'cloudtolocalllm', secretName, (draft) => {
        const data = draft['data'] as Record<string, string>;
        data['admin-password'] = Buffer.from('long enough to be one').toString('base64');
        delete data['jwt-secret'];
      });
      const changed = await runCli(['audit', '--baseline', 'baseline.json', '-o', 'json'], { kubeconfig, cwd });
      const report = JSON.parse(changed.stdout) as AuditReport;

      expect(changed.code).toBe(1);
      const errors = report.findings.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ key }) => key)).toEqual(['jwt-secret']);
      expect(report.baseline!.gone.map(({ key }) => key)).toContain('admin-password');
      expect(report.baseline!.known.map(({ key }) => key)).toContain('auth0-audience');
    });
  });

  test('of other namespaces is refused, and what it says nothing of is named', async () => {
    const { kubeconfig } = await sandbox();
    await inFolder(async (cwd) => {
      const first = await runCli(['audit', '-n', 'argocd', '-o', 'json'], { kubeconfig });
      await writeFile(join(cwd, 'argocd.json'), first.stdout);
      const against = (...argv: string[]) =>
        runCli(['audit', '--baseline', 'argocd.json', ...argv], { kubeconfig, cwd });
      const other = await against('-n', 'cloudtolocalllm');
      const more = await against('-n', 'cloudtolocalllm', '-n', 'argocd');
      expect([other.code, other.stderr]).toEqual([
        2,
        expect.stringMatching(
          /error: argocd\.json is of namespace argocd, and namespace cloudtolocalllm is to be looked at; c2l audit -n cloudtolocalllm -o json > argocd\.json/,
        ),
      ]);
      expect([more.code, more.stderr]).toEqual([
        1,
        expect.stringContaining(
          'warning: argocd.json is of namespace argocd: all that is found in namespace cloudtolocalllm counts as new',
        ),
      ]);
    });
  });

  test('of another context is told, though the server is called alike', async () => {
    const { kubeconfig } = await sandbox();
    await inFolder(async (cwd) => {
      const first = await runCli(['audit', '-o', 'json'], { kubeconfig });
      const report = JSON.parse(first.stdout) as AuditReport;
      await writeFile(join(cwd, 'b.json'), JSON.stringify({ ...report, context: 'elsewhere' }));
      const { code, stderr } = await runCli(['audit', '--baseline', 'b.json'], { kubeconfig, cwd });
      expect([code, stderr]).toEqual([
        0,
        expect.stringContaining('warning: b.json was taken from context elsewhere, not from context c2l-sandbox'),
      ]);
    });
  });

  test.each([
    ['cut.json', '{"command":"audit","findings":[', 'error: baseline cut.json:1: not YAML'],
    ['two.yaml', 'a: 1\n---\nb: 2\n', 'error: baseline two.yaml:2: a second YAML document begins here'],
    ['no.json', undefined, 'error: baseline no.json cannot be read'],
    [
      'bad.json',
      '{"command":"verify","schemaVersion":1}',
      'error: bad.json is no baseline: it is no report of c2l audit',
    ],
  ])('refuses %s', async (name, text, message) => {
    const { kubeconfig } = await sandbox();
    await inFolder(async (cwd) => {
      if (text !== undefined) await writeFile(join(cwd, name), text);
      const { code, stderr } = await runCli(['audit', '--baseline', name], { kubeconfig, cwd });
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    });
  });
});

describe('ignored findings', () => {
  async function ignoring(cwd: string, until: string): Promise<void> {
    const stack = await readFile('src/stacks/cloudtolocalllm.yaml', 'utf8');
    const ignore = `ignore:\n  - { code: secret-key-missing, object: Secret/${secretName}, reason: rehearsal, until: ${until} }\n`;
    await writeFile(join(cwd, 'c2l.yaml'), `${stack}\n${ignore}`);
  }

  test('do not fail, are counted, and named with -v and in JUnit', async () => {
    const { kubeconfig } = await sandbox();
    await inFolder(async (cwd) => {
      await ignoring(cwd, '2999-12-31');
      const short = await runCli(['audit'], { kubeconfig, cwd });
      const long = await runCli(['audit', '-v'], { kubeconfig, cwd });
      const junit = await runCli(['audit', '-o', 'junit'], { kubeconfig, cwd });

      expect(short.code).toBe(0);
      expect(short.stdout).toMatch(/^IGNORED {2}9 findings \(-v names them\)$/m);
      expect(short.stdout).toMatch(/verdict: ok, 9 ignored/);
      expect(long.stdout.replace(/\s+/g, ' ')).toContain(
        `secret/${secretName} key admin-password: until 2999-12-31 by stack file: rehearsal`,
      );
      const skipped = elementsOf(parseXml(junit.stdout), 'skipped').filter(
        ({ attributes }) => attributes['type'] === 'ignored',
      );
      expect(skipped).toHaveLength(9);
    });
  });

  test('count again once the time is over, and that is said', async () => {
    const { kubeconfig } = await sandbox();
    await inFolder(async (cwd) => {
      await ignoring(cwd, '2020-01-01');
      const { code, stdout } = await runCli(['audit'], { kubeconfig, cwd });
      expect(code).toBe(1);
      expect(stdout.replace(/\s+/g, ' ')).toContain(
        'LAPSED secret/cloudtolocalllm-secrets: ignoring secret-key-missing ended on 2020-01-01',
      );
    });
  });
});
