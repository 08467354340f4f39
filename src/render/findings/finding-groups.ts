import { acyclic } from '../../core/acyclic.ts';
import { refId, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import { compareText } from '../../core/compare-text.ts';
import type { Finding, FindingCode, FindingReference, Severity } from '../../core/findings/findings.ts';
import { count } from '../layout.ts';

/** One root cause as people see it: every key that one Secret lacks is one thing to repair. */
export interface FindingGroup {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly findings: readonly Finding[];
  readonly blocks: readonly ObjectRef[];
  /** Findings that this root explains, directly or through others, in the order of the report. */
  readonly effects: readonly Finding[];
}

/** Codes that are told once for each Secret, with their keys beneath. */
const keyCodes: readonly FindingCode[] = ['secret-key-missing', 'secret-value-placeholder', 'secret-value-invalid'];

export function isKeyCode(code: FindingCode): boolean {
  return keyCodes.includes(code);
}

const asideCodes: ReadonlySet<FindingCode> = new Set(['optional-key-absent', 'secret-unused', 'unreadable']);

/** What is told beside the roots: counted, or last and loud. */
export function isAside({ code }: Finding): boolean {
  return asideCodes.has(code);
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Roots with what they explain beneath: the most serious first, then those that hold up most, then what c2l repairs. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const effectsOf = effectFinder(findings);
  return [...gather(rootsOf(findings, effectsOf)).values()]
    .map((members): FindingGroup => {
      const [{ code, severity, object }] = members;
      const blocks = inOneOrder(members.map((finding) => finding.blocks));
      return { code, severity, object, findings: members, blocks, effects: effectsOf(members) };
    })
    .sort(
      (left, right) =>
        rank[left.severity] - rank[right.severity] ||
        beneath(right) - beneath(left) ||
        Number(isOfSecret(right)) - Number(isOfSecret(left)),
    );
}

/** Each finding names what it blocks in the order of the dependencies; so does what several of them block. */
function inOneOrder(lists: readonly (readonly ObjectRef[])[]): ObjectRef[] {
  const byId = new Map(lists.flat().map((ref) => [refId(ref), ref]));
  const before = new Map<string, string[]>([...byId.keys()].map((id) => [id, []]));
  for (const list of lists) {
    list.forEach((ref, index) => {
      const earlier = list[index - 1];
      if (earlier !== undefined) before.get(refId(ref))?.push(refId(earlier));
    });
  }
  return acyclic(before)
    .levels.flat()
    .flatMap((id) => byId.get(id) ?? []);
}

function isOfSecret({ findings }: FindingGroup): boolean {
  return findings.some(({ secret }) => secret !== undefined);
}

/** Findings that nothing in the report explains. Of a circle of causes the first stands for it: none may be lost. */
function rootsOf(findings: readonly Finding[], effectsOf: (roots: readonly Finding[]) => Finding[]): Finding[] {
  const ids = new Set(findings.map(({ id }) => id));
  const roots = findings.filter(({ causes }) => !causes.some((cause) => ids.has(cause)));
  const reached = new Set([...roots, ...effectsOf(roots)]);
  for (const finding of findings) {
    if (reached.has(finding)) continue;
    roots.push(finding);
    for (const effect of [finding, ...effectsOf([finding])]) reached.add(effect);
  }
  return roots;
}

function gather(roots: readonly Finding[]): Map<string, [Finding, ...Finding[]]> {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of roots) {
    const id = isKeyCode(finding.code) ? `${finding.code} ${finding.severity} ${refId(finding.object)}` : finding.id;
    const group = groups.get(id);
    if (group) group.push(finding);
    else groups.set(id, [finding]);
  }
  return groups;
}

/** How much stands beneath a root: what it blocks, and what it explains beside that. */
export function beneath({ blocks, effects }: FindingGroup): number {
  return blocks.length + otherEffects({ blocks, effects }).length;
}

/** Effects that are not already counted as something blocked. */
export function otherEffects({ blocks, effects }: Pick<FindingGroup, 'blocks' | 'effects'>): Finding[] {
  const blocked = new Set(blocks.map(refId));
  return effects.filter(({ object }) => !blocked.has(refId(object)));
}

/** A value that is wrong holds up no start, as one that is missing does: what takes it may run, and do so badly. */
export function holdsUpWord(code: FindingCode): 'affects' | 'blocks' {
  return code.startsWith('secret-value-') ? 'affects' : 'blocks';
}

/** Who runs now, also where the root is said to block it, and cannot be started again. */
export function failingNextStarts({ effects }: Pick<FindingGroup, 'effects'>): ObjectRef[] {
  return distinctRefs(effects.filter(({ code }) => code === 'next-start-fails').map(({ object }) => object));
}

/** `1 workload that runs now`. */
export function nextStartsOf(refs: readonly ObjectRef[]): string {
  return `${count(refs.length, 'workload')} that ${refs.length === 1 ? 'runs' : 'run'} now`;
}

function effectFinder(findings: readonly Finding[]): (roots: readonly Finding[]) => Finding[] {
  const byCause = new Map<string, Finding[]>();
  const order = new Map(findings.map(({ id }, index) => [id, index]));
  for (const finding of findings) {
    for (const cause of finding.causes) {
      const list = byCause.get(cause);
      if (list) list.push(finding);
      else byCause.set(cause, [finding]);
    }
  }
  return (roots) => {
    const seen = new Map(roots.map((root) => [root.id, root]));
    // A map hands out what is added to it while it is walked: effects of effects come too.
    for (const [id] of seen) for (const effect of byCause.get(id) ?? []) seen.set(effect.id, effect);
    return [...seen.values()]
      .slice(roots.length)
      .sort((left, right) => (order.get(left.id) ?? 0) - (order.get(right.id) ?? 0));
  };
}

/** Who needs a key directly, each workload once. */
export function neededBy(references: readonly FindingReference[] = []): ObjectRef[] {
  return distinctRefs(references).sort((left, right) => compareText(left.name, right.name));
}

function distinctRefs(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(refs.map((ref) => [refId(ref), ref])).values()];
}
