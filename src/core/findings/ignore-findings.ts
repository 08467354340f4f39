import { isDay } from '../calendar-day.ts';
import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Stack } from '../stack/stack.ts';
import { findingCodes, type Finding } from './findings.ts';

/** Why a finding does not count, who said so, and for how long. */
export interface IgnoreReason {
  readonly reason: string;
  /** The last day, UTC, on which it is ignored. */
  readonly until: string;
  readonly by: 'stack file' | 'annotation';
}

export type Ignored<F extends Finding> = F & { readonly ignored: IgnoreReason };

export type IgnoredFinding = Ignored<Finding>;

/** Something that was meant to ignore a finding and does not: it ended, or it cannot be read. */
export interface LapsedIgnore {
  readonly object: ObjectRef;
  readonly why: string;
}

export interface AfterIgnores<F extends Finding> {
  /** What counts. */
  readonly findings: readonly F[];
  readonly ignored: readonly Ignored<F>[];
  readonly lapsed: readonly LapsedIgnore[];
}

/** On the object of a finding, a line for each: `CODE until=2026-12-31 reason=TEXT`. */
export const ignoreAnnotation = 'c2l.dev/ignore';

/**
 * Sets aside what the stack file or an annotation says to ignore. What could not be read is never set aside: nobody can
 * know that it is harmless.
 */
export function ignoreFindings<F extends Finding>(
  all: readonly F[],
  snapshot: Snapshot,
  stack: Stack | undefined,
): AfterIgnores<F> {
  const today = snapshot.takenAt.slice(0, 10);
  const notes = annotations(snapshot);
  const findings: F[] = [];
  const ignored: Ignored<F>[] = [];
  const lapsed = new Map<string, LapsedIgnore>();
  for (const finding of all) {
    const { object } = finding;
    const rules = finding.code === 'unreadable' ? [] : rulesFor(finding, stack, notes.get(refId(object)));
    const valid = rules.find(({ until }) => until >= today);
    if (valid !== undefined) {
      ignored.push({ ...finding, ignored: valid });
      continue;
    }
    findings.push(finding);
    for (const { by, until, reason } of rules) {
      const why = `ignoring ${finding.code} ended on ${until} (${by}: ${reason})`;
      lapsed.set(`${refId(object)} ${why}`, { object, why });
    }
  }
  return { findings, ignored, lapsed: [...lapsed.values(), ...unreadableNotes(notes)] };
}

function rulesFor(finding: Finding, stack: Stack | undefined, note: Note | undefined): IgnoreReason[] {
  const fromStack = (stack?.ignore ?? [])
    .filter(({ code, object, namespace, key }) => {
      const { kind, name } = finding.object;
      return (
        (code ?? finding.code) === finding.code &&
        (object === undefined || isNamedAs(object, { kind, name })) &&
        (namespace ?? finding.object.namespace) === finding.object.namespace &&
        (key ?? finding.key) === finding.key
      );
    })
    .map(({ reason, until }): IgnoreReason => ({ reason, until, by: 'stack file' }));
  const fromNote = (note?.rules ?? [])
    .filter(({ code }) => code === finding.code)
    .map(({ reason, until }): IgnoreReason => ({ reason, until, by: 'annotation' }));
  return [...fromStack, ...fromNote];
}

/** The kind as manifests have it, or in small letters, as all output has it. */
function isNamedAs(text: string, { kind, name }: Pick<ObjectRef, 'kind' | 'name'>): boolean {
  const [typed = '', named] = text.split('/');
  return typed.toLowerCase() === kind.toLowerCase() && named === name;
}

interface Note {
  readonly object: ObjectRef;
  readonly rules: readonly { readonly code: string; readonly until: string; readonly reason: string }[];
  /** Lines that do not say what, until when and why. */
  readonly problems: readonly string[];
}

function annotations(snapshot: Snapshot): ReadonlyMap<string, Note> {
  const { argocd } = snapshot;
  const objects: readonly (readonly [string, readonly { readonly metadata: ObjectMeta }[]])[] = [
    ['Secret', snapshot.secrets.items],
    ['Pod', snapshot.pods.items],
    ['Deployment', [...snapshot.deployments.items, ...argocd.deployments.items]],
    ['StatefulSet', [...snapshot.statefulSets.items, ...argocd.statefulSets.items]],
    ['DaemonSet', snapshot.daemonSets.items],
    ['Job', snapshot.jobs.items],
    ['CronJob', snapshot.cronJobs.items],
    ['Ingress', snapshot.ingresses.items],
    ['Application', argocd.applications.items],
  ];
  const notes = objects.flatMap(([kind, items]) =>
    items.flatMap(({ metadata }): (readonly [string, Note])[] => {
      const text = metadata.annotations?.[ignoreAnnotation];
      if (text === undefined) return [];
      const object = refOf(kind, metadata);
      return [[refId(object), readNote(object, text)]];
    }),
  );
  return new Map(notes);
}

function readNote(object: ObjectRef, text: string): Note {
  const rules: Note['rules'][number][] = [];
  const problems: string[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [, code = '', until = '', reason = ''] =
      /^([a-z-]+)\s+until=(\d{4}-\d{2}-\d{2})\s+reason=(\S.*)$/.exec(line) ?? [];
    if (reason !== '' && isDay(until) && Object.hasOwn(findingCodes, code)) rules.push({ code, until, reason });
    else problems.push(line);
  }
  return { object, rules, problems };
}

function unreadableNotes(notes: ReadonlyMap<string, Note>): LapsedIgnore[] {
  return [...notes.values()].flatMap(({ object, problems }) =>
    problems.map((line) => ({
      object,
      why: `annotation ${ignoreAnnotation} is not CODE until=YYYY-MM-DD reason=TEXT: ${line}`,
    })),
  );
}
