import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Gap, Snapshot } from '../cluster/snapshot.ts';
import { compareFindings, type Finding, type FindingCode } from '../findings/findings.ts';
import type { PlannedCheck } from './checks.ts';
import type { CheckResult } from './verify-report.ts';

/** A check with its result, and which findings and which earlier check explain it. */
export interface ProvenCheck {
  readonly check: PlannedCheck;
  readonly result: CheckResult;
  /** Ids of findings of the diagnosis. */
  readonly causes: readonly string[];
  /** The failed check that it was skipped for. */
  readonly skippedFor?: string;
}

/** Codes under which a pod that does not run yet cannot start, however long one waits. */
const hopeless: readonly FindingCode[] = [
  'secret-missing',
  'secret-key-missing',
  'configmap-missing',
  'configmap-key-missing',
  'namespace-missing',
];

/** What keeps a workload itself from starting, by a diagnosis; what its dependencies lack is theirs. */
export function obstacles(findings: readonly Finding[], object: ObjectRef): Finding[] {
  return findings.filter(({ code, severity, references = [], object: subject }) => {
    if (severity !== 'error' || !hopeless.includes(code)) return false;
    if (code === 'namespace-missing') return subject.name === object.namespace;
    return references.some((reference) => !reference.optional && refId(reference) === refId(object));
  });
}

/** Turns results into the findings of the report: the verdict is read from them alone. */
export function verifyFindings(
  proven: readonly ProvenCheck[],
  diagnosis: readonly Finding[],
  snapshot: Snapshot,
): Finding[] {
  const causes = new Set(proven.flatMap((entry) => entry.causes));
  // Where nothing could be checked, nothing else tells of what is wrong.
  const isTold = ({ id, severity }: Finding): boolean => (proven.length === 0 ? severity === 'error' : causes.has(id));
  return [
    ...diagnosis.filter(isTold).map((finding) => ({ ...finding, causes: [] })),
    ...proven.flatMap((entry) => checkFinding(entry, proven)),
    ...[...runningGaps(snapshot), ...hiddenReasons(proven, snapshot)].map(gapFinding),
  ].sort(compareFindings);
}

function checkFinding({ check, result, causes }: ProvenCheck, proven: readonly ProvenCheck[]): Finding[] {
  const { likely } = result;
  const common = { object: check.object, blocks: [], fix: likely?.ways[0]?.command ?? 'c2l audit' };
  if (result.outcome === 'unreadable') {
    const message = `${check.id}: could not be checked: ${result.detail}`;
    return [{ ...common, id: `unreadable/${check.id}`, code: 'unreadable', severity: 'warning', message, causes: [] }];
  }
  if (result.outcome !== 'fail') return [];
  const blocks = proven.filter(({ skippedFor }) => skippedFor === check.id).map((entry) => entry.check.object);
  return [
    {
      ...common,
      id: `check-failed/${check.id}`,
      code: 'check-failed',
      severity: check.critical ? 'error' : 'warning',
      message: `${check.id}: ${result.detail}${likely === undefined ? '' : `; ${likely.cause}`}`,
      causes,
      blocks: [...new Map(blocks.map((ref) => [refId(ref), ref])).values()].filter(
        (ref) => refId(ref) !== refId(check.object),
      ),
    },
  ];
}

/** What was asked for where a pod is held up hides nothing of what works. */
function hiddenReasons(proven: readonly ProvenCheck[], { closer }: Snapshot): readonly Gap[] {
  return proven.some(({ result }) => result.outcome === 'fail') ? (closer?.gaps ?? []) : [];
}

/** Where workloads could not be listed, no check stands for them: that must not read as "nothing failed". */
export function runningGaps({ pods, deployments, statefulSets, daemonSets }: Snapshot): Gap[] {
  return [pods, deployments, statefulSets, daemonSets].flatMap(({ gaps }) => gaps);
}

function gapFinding({ resource, namespace, reason }: Gap): Finding {
  return {
    id: `unreadable/${resource}/${namespace}`,
    code: 'unreadable',
    severity: 'warning',
    object: { kind: 'Namespace', namespace: '', name: namespace },
    message: `${resource}${namespace === '' ? '' : ` in namespace ${namespace}`}: ${reason}`,
    causes: [],
    blocks: [],
    fix: `kubectl auth can-i list ${resource}${namespace === '' ? ' -A' : ` -n ${namespace}`}`,
  };
}
