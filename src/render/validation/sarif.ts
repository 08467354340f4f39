import { findingPages } from '../../core/finding-pages/finding-pages.ts';
import { findingCodes, type FindingCode, type Severity } from '../../core/findings/findings.ts';
import type { Place } from '../../core/manifests/manifests.ts';
import type { LocatedFinding, ValidateReport } from '../../core/reports/file-reports.ts';
import { printableJson } from '../printable.ts';

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' };

/** The Static Analysis Results Interchange Format, version 2.1.0, which code scanning services take. */
export function sarif({ findings, ignored }: Pick<ValidateReport, 'findings' | 'ignored'>, version: string): string {
  const codes = [...new Set([...findings, ...ignored].map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'c2l', version, rules: codes.map(rule) } },
        // What could not be read is a failure of the run and not only one result among others.
        invocations: [{ executionSuccessful: findings.every(({ code }) => code !== 'unreadable') }],
        results: [
          ...findings.map((finding) => result(finding, codes)),
          ...ignored.map((finding) => ({ ...result(finding, codes), suppressions: [suppression(finding)] })),
        ],
      },
    ],
  };
  return `${printableJson(JSON.stringify(log, null, 2))}\n`;
}

function rule(code: FindingCode): object {
  return {
    id: code,
    shortDescription: { text: findingPages[code].title },
    help: { text: `c2l explain ${code}` },
    defaultConfiguration: { level: levels[findingCodes[code].severity] },
  };
}

/** Ignored by whoever wrote the stack file or the manifest. */
function suppression({ ignored: { by, reason, until } }: ValidateReport['ignored'][number]): object {
  return { kind: by === 'annotation' ? 'inSource' : 'external', justification: `${reason} (until ${until})` };
}

function result(
  { id, code, severity, message, fix, locations: [first, ...others] }: LocatedFinding,
  codes: readonly FindingCode[],
): object {
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: `${message}; ${fix}` },
    locations: first === undefined ? [] : [location(first)],
    // No two of them may be alike, and a manifest on one line has all of its references there.
    relatedLocations: [...new Map(others.map((place) => [`${place.file}:${place.line}`, location(place)])).values()],
    partialFingerprints: { finding: id },
  };
}

function location({ file, line }: Place): object {
  // Half a character, which a name may hold, has no place in a URI.
  const name = file.replace(/\p{Surrogate}/gu, '\ufffd');
  const uri = file === '-' ? 'stdin' : name.split(/[\\/]/).map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } };
}
