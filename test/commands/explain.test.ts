import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findingCodes } from '../../src/core/findings/findings.ts';
import { runCli } from '../support/run-cli.ts';

const codes = Object.keys(findingCodes);

describe('explain', () => {
  test('lists every code with its severity, and needs no cluster', async () => {
    const { code, stdout, stderr } = await runCli(['explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of codes) expect(stdout).toMatch(new RegExp(`^${word} +(error|warning|info)`, 'm'));
    expect(stdout).toMatch(/next: c2l explain CODE\n$/);
  });

  test.each(codes)('has a page for %s that fits 80 columns', async (word) => {
    const { code, stdout } = await runCli(['explain', word]);
    expect(code).toBe(0);
    const headings = stdout.split('\n').filter((line) => /^[A-Z][A-Z0-9 ]+$/.test(line));
    expect(headings).toEqual([
      'MEANING',
      'HOW IT LOOKS IN KUBECTL',
      'FIX IT WITH C2L',
      'FIX IT BY HAND',
      'WHEN IT IS SAFE TO IGNORE',
    ]);
    const prose = stdout.split('\n').filter((line) => !line.startsWith('      '));
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain('`');
    expect(stdout).toMatch(/^runbook: c2l runbook show [a-z-]+\nnext: c2l audit\n$/m);
  });

  test.each([
    ['secret-key-mising', 'did you mean secret-key-missing or secret-missing? c2l explain lists all'],
    ['quota', 'did you mean quota-exceeded?'],
    ['xyzzy', 'c2l explain lists all'],
  ])('refuses %s and helps on', async (word, hint) => {
    const { code, stdout, stderr } = await runCli(['explain', word]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: no finding has the code ${word}; ${hint}`);
  });

  test('refuses an unknown code in one document too', async () => {
    const { code, stdout } = await runCli(['explain', 'xyzzy', '-o', 'json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'explain', verdict: 'error', error: { code: 'usage' } });
  });

  test.each(['json', 'yaml'])('gives the page as %s', async (format) => {
    const { stdout } = await runCli(['explain', 'secret-missing', '-o', format]);
    const document: unknown = format === 'json' ? JSON.parse(stdout) : parse(stdout);
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'explain',
      code: 'secret-missing',
      severity: 'error',
      runbook: 'restoring-application-secrets',
      safeToIgnore: [expect.any(String)],
    });
  });

  test('gives the page as Markdown, commands in fences', async () => {
    const { stdout } = await runCli(['explain', 'secret-missing', '-o', 'markdown']);
    expect(stdout).toMatch(/^# secret-missing\n\n\*\*error\*\*: /);
    expect(stdout).toMatch(/```sh\nkubectl -n NAMESPACE create secret generic NAME --from-file=DIRECTORY\n```/);
  });
});

test('a form that a command cannot give is refused before anything is done, with those it can', async () => {
  const { code, stdout, stderr } = await runCli(['restart', '-o', 'markdown']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('error: restart cannot answer with -o markdown; -o takes text, json, yaml\n');
});
