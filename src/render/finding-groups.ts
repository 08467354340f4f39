import { compareText, type Finding, type FindingCode, type FindingReference } from '../core/findings.ts';
import { refId, type ObjectRef } from '../core/kubernetes.ts';

/** One root cause as people see it: every key that one Secret lacks is one thing to repair. */
export interface FindingGroup {
  readonly code: FindingCode;
  readonly object: ObjectRef;
  readonly findings: readonly Finding[];
  readonly blocks: readonly ObjectRef[];
  /** Findings that this root explains and that nothing else on the page shows. */
  readonly consequences: readonly Finding[];
}

/** Codes that are told once for each Secret, with their keys beneath. */
const keyCodes: readonly FindingCode[] = ['secret-key-missing', 'secret-value-placeholder', 'secret-value-invalid'];

export function isKeyCode(code: FindingCode): boolean {
  return keyCodes.includes(code);
}

/** Roots in the order of the report; what a root explains stands beneath it and not beside it. */
export function groupFindings(findings: readonly Finding[], isShown: (object: ObjectRef) => boolean): FindingGroup[] {
  const ids = new Set(findings.map(({ id }) => id));
  const isExplained = (finding: Finding): boolean => finding.causes.some((cause) => ids.has(cause));

  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (isExplained(finding)) continue;
    const id = isKeyCode(finding.code) ? `${finding.code} ${refId(finding.object)}` : finding.id;
    groups.set(id, [...(groups.get(id) ?? []), finding]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const memberIds = new Set(members.map(({ id }) => id));
    return {
      code: first.code,
      object: first.object,
      findings: members,
      blocks: distinctRefs(members.flatMap(({ blocks }) => blocks)),
      consequences: findings.filter(
        (finding) => finding.causes.some((cause) => memberIds.has(cause)) && !isShown(finding.object),
      ),
    };
  });
}

/** Who needs a key directly, each workload once. */
export function neededBy(references: readonly FindingReference[] = []): ObjectRef[] {
  return distinctRefs(references).sort((left, right) => compareText(left.name, right.name));
}

function distinctRefs(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(refs.map((ref) => [refId(ref), ref])).values()];
}
