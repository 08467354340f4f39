import { describe, expect, test } from '@jest/globals';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { inTurn } from '../support/in-turn.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';
import { elementsOf, parseXml } from '../support/well-formed.ts';

describe('audit of one object', () => {
  test.each([
    ['deployment/api-backend', 1, 'verdict: problems, 8 required keys missing'],
    ['statefulset/postgres', 0, 'verdict: ok, nothing missing'],
    ['secret/cloudtolocalllm-secrets', 1, 'verdict: problems, 9 required keys missing'],
    ['secret/regcred', 0, 'verdict: ok, nothing missing'],
  ])('%s ends in %i by what concerns it', async (word, expected, verdict) => {
    const { kubeconfig } = await sandbox();
    const { code, stdout } = await runCli(['audit', word], { kubeconfig });

    expect(code).toBe(expected);
    expect(stdout).toContain(verdict);
    expect(stdout).toMatch(/\nnext: c2l \S+.*\n$/);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
  });

  test('is one document with the object, its findings and nothing else', async () => {
    const { kubeconfig } = await sandbox();
    const { stdout } = await runCli(['audit', 'secret/cloudtolocalllm-secrets', '-o', 'json'], { kubeconfig });
    const report = JSON.parse(stdout) as AuditReport;

    expect(report.subject).toMatchObject({ kind: 'secret', state: 'present' });
    expect(report.findings.every(({ secret }) => secret === 'cloudtolocalllm-secrets')).toBe(true);
    expect(report).toMatchObject({ command: 'audit', components: [], applications: [] });
  });

  test.each(['deployment/api-backend', 'secret/cloudtolocalllm-secrets'])('%s is told as a page too', async (word) => {
    const { kubeconfig } = await sandbox();
    const answer = async (format: string): Promise<string> =>
      (await runCli(['audit', word, '-o', format], { kubeconfig })).stdout;
    const [markdown, html, junit] = await inTurn(['markdown', 'html', 'junit'], answer);

    expect(markdown).toMatch(new RegExp(`\n## ${word} in namespace cloudtolocalllm is `));
    expect(markdown).toMatch(/\n\|.*auth0-audience.*KEY MISSING/);
    expect(html).toContain(`<h2>${word} in namespace cloudtolocalllm is `);
    expect(html).toMatch(/auth0-audience<.*KEY MISSING</);
    const failures = elementsOf(parseXml(junit!), 'testcase').filter(({ children }) => children.length > 0);
    expect(failures.map(({ attributes }) => `${attributes['classname']} ${attributes['name']}`).join('\n')).toMatch(
      /^cloudtolocalllm\.(?:api-backend|cloudtolocalllm-secrets).*auth0-audience/m,
    );
  });

  test('of an unknown name is exit 2 with the nearest', async () => {
    const { kubeconfig } = await sandbox();
    const { code, stdout, stderr } = await runCli(['audit', 'grafna'], { kubeconfig });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: no workload called grafna was found; did you mean deployment/grafana?');
  });

  test.each([
    [
      'secret/no-such',
      'secrets',
      /it is not known whether there is secret\/no-such: secrets in namespace \S+ could not/,
    ],
    [
      'deployment/no-such',
      'deployments',
      /whether there is deployment\/no-such: deployments in namespace \S+ could not/,
    ],
    ['no-such', 'pods', /it is not known whether there is no-such: pods in namespace \S+ could not be read/],
  ] as const)('%s is not said to be missing where no %s may be listed', async (word, resource, says) => {
    const world = await sandbox();
    world.deny({ verb: 'list', resource });
    const { code, stdout, stderr } = await runCli(['audit', word], { kubeconfig: world.kubeconfig });
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: expect.stringMatching(says) });
    expect(stderr).toContain(`kubectl auth can-i list ${resource}`);
  });

  test('of a name that could not be anywhere else is missing, whatever else was not listed', async () => {
    const world = await sandbox();
    world.deny({ verb: 'list', resource: 'pods' });
    const { code } = await runCli(['audit', 'secret/no-such'], { kubeconfig: world.kubeconfig });
    expect(code).toBe(2);
  });

  test('has no form that belongs to manifests', async () => {
    const { code, stderr } = await runCli(['audit', 'web', '-o', 'sarif']);
    expect(code).toBe(2);
    expect(stderr).toBe('error: audit cannot answer with -o sarif; -o takes text, json, yaml, junit, markdown, html\n');
  });
});
