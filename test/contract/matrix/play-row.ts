import type { AuditReport } from '../../../src/core/audit/audit-report.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { runCli } from '../../support/run-cli.ts';
import type { World } from '../support/worlds.ts';
import { lostNodeName } from './manifests.ts';
import type { MatrixRow } from './row.ts';
import { inNamespaceOf } from './set-up-row.ts';

/** What `audit` said of a row: as lines that can be read beside the expected ones, and in its own words. */
export interface RowOutcome {
  readonly findings: readonly string[];
  readonly messages: readonly string[];
  /** Of those components that the row tells of. */
  readonly states: NonNullable<MatrixRow['states']>;
}

/** Sets a row up in a namespace of its own, waits until it shows, and asks `audit` until it says what is expected. */
export async function playRow(world: World, row: MatrixRow, namespace: string): Promise<RowOutcome> {
  return inNamespaceOf(world, { row, namespace }, () => auditUntil(world, namespace, row));
}

const auditWithinMs = 60_000;

/** Events and conditions come a moment after what they tell of, so a wrong answer may still become the right one. */
async function auditUntil(world: World, namespace: string, row: MatrixRow): Promise<RowOutcome> {
  let last: RowOutcome | undefined;
  try {
    return await world.eventually(
      `audit of ${namespace}`,
      async () => {
        last = await audit(world, namespace, row);
        return isExpected(last, row) ? last : undefined;
      },
      auditWithinMs,
    );
  } catch (error) {
    // An audit that never gave a report says why; otherwise what it found is set beside what was expected.
    if (last === undefined) throw error;
    return last;
  }
}

function isExpected({ findings, messages, states }: RowOutcome, row: MatrixRow): boolean {
  const says = row.says ?? [];
  return (
    JSON.stringify(findings) === JSON.stringify(row.findings) &&
    JSON.stringify(states) === JSON.stringify(row.states ?? {}) &&
    says.every((words) => messages.some((text) => words.test(text)))
  );
}

async function audit(world: World, namespace: string, row: MatrixRow): Promise<RowOutcome> {
  const argv = ['audit', '-n', namespace, '-o', 'json'];
  const { stdout, stderr } = await runCli(argv, { kubeconfig: world.kubeconfig });
  const report = JSON.parse(stdout) as Partial<AuditReport>;
  if (report.findings === undefined) throw new Error(`audit gave no report: ${stdout}${stderr}`);
  const states = new Map(report.components?.map(({ object, state }) => [refText(object), state]));
  // How Argo CD itself fares is no matter of the row's namespace.
  const own = report.findings.filter(({ object }) => object.namespace === namespace || object.name === namespace);
  return {
    findings: own.map((finding) => line(finding, namespace)),
    states: Object.fromEntries(
      Object.keys(row.states ?? {}).map((name) => [name, states.get(name) ?? 'missing'] as const),
    ),
    messages: own.map(({ message }) => message.replaceAll(namespace, 'NAMESPACE')),
  };
}

function line(finding: Finding, namespace: string): string {
  const { severity, code, object, key, keys = [], blocks, causes } = finding;
  const refs = blocks.map(refText);
  return [
    `${severity} ${code} ${refText(object).replace(namespace, lostNodeName)}`,
    ...[key ?? '', keys.join(',')].filter((text) => text !== ''),
    ...(refs.length === 0 ? [] : [`blocks ${refs.join(', ')}`]),
    ...(causes.length === 0 ? [] : [`because ${causes.map((id) => id.replace(`/${namespace}/`, '/')).join(', ')}`]),
  ].join(' ');
}
