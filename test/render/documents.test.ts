import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderError } from '../../src/render/error.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { incident } from './reports.ts';

const style = createStyle(true, { width: 40, flags: '--sandbox' });
const hostile = { ...incident, context: 'a\u001b[2J\u009b\u202eb\nc' };

describe('reports for programs', () => {
  test.each(['json', 'yaml'] as const)('%s holds the report unchanged, without a terminal control', async (format) => {
    const document = await renderReport(hostile, format, style);
    expect(format === 'json' ? JSON.parse(document) : parse(document)).toEqual(hostile);
    expect(document).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(document.endsWith('\n')).toBe(true);
  });
});

describe('errors', () => {
  const error = { code: 'unknown-context', message: 'no context "x\u001b[2J"', hint: 'contexts: blue, green' };

  test('are one line for people', async () => {
    expect(await renderError(error, 'text')).toBe('error: no context "x\\x1b[2J"; contexts: blue, green\n');
    expect(await renderError({ code: 'usage', message: 'no such flag' }, 'text')).toBe('error: no such flag\n');
  });

  test.each(['json', 'yaml'] as const)('are one document of the usual shape in %s', async (format) => {
    const document = await renderError(error, format, { command: 'audit' });
    expect(format === 'json' ? JSON.parse(document) : parse(document)).toEqual({
      schemaVersion: 1,
      command: 'audit',
      verdict: 'error',
      findings: [],
      error,
    });
  });

  test.each(['declined', 'interrupted'] as const)('are none where it was %s: the verdict says so', async (code) => {
    const wish = { code, message: `${code}; nothing was changed` };
    expect(await renderError(wish, 'text')).toBe(`${code}; nothing was changed\n`);
    expect(JSON.parse(await renderError(wish, 'json', { command: 'restart' }))).toMatchObject({
      verdict: code,
      error: { code },
    });
  });
});
