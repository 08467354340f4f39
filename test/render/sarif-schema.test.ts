import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { findingCodes, type FindingCode } from '../../src/core/findings/findings.ts';
import { newFinding } from '../../src/core/findings/new-finding.ts';
import type { LocatedFinding, ValidateReport } from '../../src/core/reports/file-reports.ts';
import { sarif } from '../../src/render/validation/sarif.ts';
import { keyYaml, deploymentYaml, manifestFolder, secretYaml } from '../support/manifest-folder.ts';
import { runCli } from '../support/run-cli.ts';

const { resolve } = createRequire(import.meta.url);
const documentOf = (place: string): object => JSON.parse(readFileSync(resolve(place), 'utf8')) as object;

const ajv = new Ajv({ schemaId: 'auto', format: 'full', allErrors: true });
ajv.addMetaSchema(documentOf('ajv/lib/refs/json-schema-draft-04.json'));
const validate = ajv.compile(documentOf('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));

/** What the schema of SARIF 2.1.0 says against a log. */
function faults(log: string): readonly string[] {
  void validate(JSON.parse(log));
  return (validate.errors ?? []).map(({ dataPath, message = '' }) => `${dataPath} ${message}`);
}

const codes = Object.keys(findingCodes) as FindingCode[];
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '-', '../..', 'a b\\c', 'https://x/y', '\u001b]0;owned\u0007', '{0} {{', '%', '[a](b)', '\ud800'),
);
const finding: fc.Arbitrary<LocatedFinding> = fc
  .record({
    code: fc.constantFrom(...codes),
    severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
    name: hostileText,
    message: hostileText,
    fix: hostileText,
    locations: fc.array(fc.record({ file: hostileText, line: fc.integer({ min: 1, max: 9 }) }), { maxLength: 5 }),
  })
  .map(({ code, severity, name, message, fix, locations }) => ({
    ...newFinding(code, { severity, object: { kind: 'Secret', namespace: 'shop', name }, message, fix }),
    locations,
  }));
const ignored: fc.Arbitrary<ValidateReport['ignored'][number]> = fc
  .tuple(finding, hostileText, fc.constantFrom('annotation' as const, 'stack file' as const))
  .map(([found, reason, by]) => ({ ...found, ignored: { reason, until: '2026-02-01', by } }));

describe('SARIF holds to the published schema of its version', () => {
  test('which refuses what is not of it', () => {
    expect(faults('{"version":"2.1.0","runs":[{"results":[{"level":"fatal"}]}]}')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/tool/),
        expect.stringMatching(/message/),
        expect.stringMatching(/level should be equal to one of/),
      ]),
    );
  });

  test('with whatever findings', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 6 }), fc.array(ignored, { maxLength: 3 }), (findings, others) => {
        expect(faults(sarif({ findings, ignored: others }, '1.2.3'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('as validate writes it of real files', async () => {
    const cwd = await manifestFolder({
      'k8s/api.yaml': deploymentYaml('api', [keyYaml('app', 'a'), keyYaml('app', 'b')].join('\n')),
      'k8s/app.yaml': secretYaml('app', '  a: CHANGE_ME'),
      'k8s/broken one.yaml': 'kind: [',
    });
    const { stdout } = await runCli(['validate', 'k8s', '-o', 'sarif'], { cwd });
    expect(stdout).toContain('"ruleId": "secret-key-missing"');
    expect(faults(stdout)).toEqual([]);
  });
});
