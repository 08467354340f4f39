import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { createGenerator } from 'ts-json-schema-generator';
import type { Report } from '../../src/core/reports/any-report.ts';
import { renderError } from '../../src/render/error.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { drilled } from '../render/drill-reports.ts';
import * as reports from '../render/reports.ts';
import { reportSchemaFile, reportTroubles } from '../support/report-schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the schema of reports is the one that their types give; npm run docs writes it', () => {
  const generator = createGenerator({
    path: `${root}src/core/reports/any-report.ts`,
    tsconfig: `${root}tsconfig.json`,
    type: 'ReportDocument',
    skipTypeCheck: true,
    additionalProperties: true,
    encodeRefs: false,
  });
  const schema = { title: 'c2l report, schemaVersion 1', ...generator.createSchema('ReportDocument') };
  const made = `${JSON.stringify(schema, null, 2)}\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(reportSchemaFile, made);
  expect(readFileSync(reportSchemaFile, 'utf8')).toBe(made);
});

const { incident, verified, notVerified, fixed, kept, rolledBack, restarted, stabilized, notStabilized, refusedWalk } =
  reports;

describe('a report', () => {
  const all: readonly Report[] = [
    ...[incident, verified, notVerified, fixed, kept, rolledBack, restarted, stabilized, notStabilized, refusedWalk],
    drilled,
  ];

  test.each(all.map((report) => [report.command, report.verdict, report] as const))(
    'of %s that says %s is as the schema says',
    async (_command, _verdict, report) => {
      expect(reportTroubles(await renderReport(report, 'json', createStyle(false)))).toEqual([]);
    },
  );

  test.each(['declined', 'interrupted', 'forbidden'])('of a command that ended with %s is', async (code) => {
    const printed = await renderError({ code, message: 'no' }, 'json', { command: 'audit' });
    expect([printed.slice(0, 25), reportTroubles(printed)]).toEqual(['{\n  "schemaVersion": 1,\n ', []]);
  });

  test.each([
    ['without its findings', { findings: undefined }, /should have required property 'findings'/],
    ['with a verdict of its own', { verdict: 'fine' }, /verdict should be equal to one of the allowed values/],
    ['with a field of its own', { mood: 'good' }, /should NOT have additional properties/],
    ['of another command', { command: 'sing' }, /no report of the schema is of command sing/],
  ])('%s is not', (_what, change, told) => {
    expect(reportTroubles(JSON.stringify({ ...incident, ...change }, null, 2))).toEqual([expect.stringMatching(told)]);
  });
});
