import { describe, expect, test } from '@jest/globals';

import type { UnfinishedDrill } from '../../src/core/drill/unfinished-drill.ts';
import { renderError } from '../../src/render/error.ts';
import { nextLines } from '../../src/render/head-text.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { asTyped, typedProgram } from '../../src/render/typed-program.ts';
import { unfinishedText } from '../../src/shell/drill/drill-notice.ts';
import { incident, stabilized } from './reports.ts';

describe('what is typed to start this program', () => {
  const npx = { npm_command: 'exec', npm_lifecycle_event: 'npx' };

  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ['by its name', {}, 'c2l'],
    ['by npx', { ...npx, npm_lifecycle_script: "'c2l'" }, 'npx c2l'],
    ['by the npx of older npm', { ...npx, npm_lifecycle_script: 'c2l "audit"' }, 'npx c2l'],
    ['by a program that npx started', { ...npx, npm_lifecycle_script: "'jest' 'test/c2l'" }, 'c2l'],
    ['by a script of a package', { npm_command: 'run-script', npm_lifecycle_script: 'c2l audit' }, 'c2l'],
  ])('%s', (_, env, program) => {
    expect(typedProgram(env)).toBe(program);
  });

  test.each([
    ['/opt/krew/bin/kubectl-c2l', 'kubectl c2l'],
    ['C:\\krew\\kubectl-c2l.exe', 'kubectl c2l'],
    ['/usr/local/bin/c2l', 'c2l'],
    ['/opt/kubectl-c2l/bin/c2l.js', 'c2l'],
  ])('by the file %s', (startedAs, program) => {
    expect(typedProgram({}, startedAs)).toBe(program);
    expect(asTyped('kubectl c2l audit, or c2l audit', program)).toBe(`kubectl c2l audit, or ${program} audit`);
  });

  test('is named wherever a command is, and nowhere else', () => {
    expect(asTyped('c2l history, or see all: c2l audit', 'npx c2l')).toBe('npx c2l history, or see all: npx c2l audit');
    for (const other of ['kubectl c2l', 'kubectl get secret a.c2l -o yaml', 'a note for c2l']) {
      expect(asTyped(other, 'npx c2l')).toBe(other);
    }
  });

  test('stands in the sentences of reports and warnings too', async () => {
    const style = createStyle(false, { program: 'npx c2l' });
    const drill = { namespace: 'shop', id: 'd', scenario: 'missing-keys' } as UnfinishedDrill;
    const page = await renderReport({ ...incident, unfinishedDrills: [drill] }, 'text', style);
    expect(page).toContain('npx c2l explain secret-key-missing');
    expect(page.replace(/\s+/g, ' ')).toContain(' npx c2l dr-drill abort -n shop puts everything back');
    expect(await renderReport(stabilized, 'text', style)).toContain('outage: npx c2l backup --to age:FILE\n');
    expect(unfinishedText(drill, { program: 'npx c2l' })).toMatch(/; npx c2l dr-drill abort -n shop$/);
  });

  test('leads on from a report and from an error', async () => {
    const style = createStyle(false, { program: 'npx c2l', width: 40 });
    expect(nextLines('c2l audit -n shop --context a-long-name', style)).toEqual([
      'next: npx c2l audit -n shop \\',
      '      --context a-long-name',
    ]);
    const error = { code: 'usage', message: 'no key of c2l here', hint: 'c2l audit' };
    expect(await renderError(error, 'text', { program: 'npx c2l' })).toBe('error: no key of c2l here; npx c2l audit\n');
    expect(JSON.parse(await renderError(error, 'json', { program: 'npx c2l' }))).toMatchObject({ error });
  });
});
