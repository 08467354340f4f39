import { isRecord } from '../is-record.ts';
import type { Finding } from './findings.ts';

/** An earlier report of audit, as far as a later one is compared with it. */
export interface Baseline {
  /** UTC, ISO 8601. */
  readonly takenAt: string;
  readonly context: string;
  readonly server: string;
  readonly namespaces: readonly string[];
  readonly findings: readonly Finding[];
}

/** A report beside its baseline: only what is new is left in its findings, and so in its verdict. */
export interface Compared {
  readonly findings: readonly Finding[];
  readonly baseline: {
    readonly takenAt: string;
    readonly known: readonly Finding[];
    /** Those of the baseline that are no more; empty where something could not be read. */
    readonly gone: readonly Finding[];
    /** Those that are not seen while something could not be read: nobody can tell whether they are gone. */
    readonly unseen: readonly Finding[];
  };
}

/** What could not be read is always new: nobody knows that it hides the same as before. */
export function compareWithBaseline(
  findings: readonly Finding[],
  { takenAt, findings: earlier }: Baseline,
  namespaces: readonly string[],
): Compared {
  const before = new Set(earlier.map(({ id }) => id));
  const now = new Set(findings.map(({ id }) => id));
  const isKnown = ({ id, code }: Finding): boolean => code !== 'unreadable' && before.has(id);
  const left = earlier.filter(({ id, code, object }) => {
    const isLookedAt =
      object.namespace === '' || object.kind === 'Application' || namespaces.includes(object.namespace);
    return code !== 'unreadable' && isLookedAt && !now.has(id);
  });
  const isBlind = findings.some(({ code }) => code === 'unreadable');
  return {
    findings: findings.filter((finding) => !isKnown(finding)),
    baseline: {
      takenAt,
      known: findings.filter(isKnown),
      gone: isBlind ? [] : left,
      unseen: isBlind ? left : [],
    },
  };
}

/** Reads the report that a file holds; a text says why it is none. Known findings of that report are still known. */
export function parseBaseline(document: unknown): Baseline | string {
  if (!isRecord(document)) return 'it holds no document';
  if (document['schemaVersion'] !== 1 || document['command'] !== 'audit') return 'it is no report of c2l audit';
  if (document['subject'] !== undefined) return 'it is about one object only';
  const { findings, takenAt, context = '', server, namespaces = [], baseline } = document;
  const all = [...listOf(findings), ...(isRecord(baseline) ? listOf(baseline['known']) : [])];
  const places = listOf(namespaces).filter((name) => typeof name === 'string');
  if (!areTexts([takenAt, context, server]) || !Array.isArray(findings) || !all.every(isFinding))
    return 'its findings are not whole';
  return { takenAt, context, server, namespaces: places, findings: all } as Baseline;
}

/** The looked-at namespaces that it says nothing of. */
export function namespacesBeyond({ namespaces }: Baseline, lookedAt: readonly string[]): string[] {
  return lookedAt.filter((name) => !namespaces.includes(name));
}

function areTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** As much as the comparison and the page need. */
function isFinding(value: unknown): value is Finding {
  if (!isRecord(value)) return false;
  const { id, code, severity, message, object } = value;
  return (
    areTexts([id, code, severity, message]) &&
    isRecord(object) &&
    areTexts([object['kind'], object['namespace'], object['name']])
  );
}
