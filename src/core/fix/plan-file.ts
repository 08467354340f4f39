import * as z from 'zod';

import { refText } from '../cluster/kubernetes.ts';
import type { PlannedSecret } from './planned-secret.ts';

const plannedKey = z.object({
  key: z.string(),
  change: z.enum(['ADD', 'CHANGE', 'SAME', 'KEEP', 'REMOVE']),
  source: z.string().optional(),
});
const plannedSecret = z.object({
  object: z.object({ kind: z.literal('Secret'), namespace: z.string(), name: z.string() }),
  action: z.enum(['create', 'patch', 'recreate', 'sync', 'seal', 'none']),
  resourceVersion: z.string().optional(),
  keys: z.array(plannedKey),
});
const planFile = z.object({
  schemaVersion: z.literal(1),
  command: z.literal('fix-secrets'),
  context: z.string(),
  server: z.string(),
  namespaces: z.array(z.string()),
  dryRun: z.literal(true),
  sources: z.array(z.string()),
  only: z.array(z.string()).optional(),
  plan: z.array(plannedSecret),
});

/** What `fix-secrets --dry-run -o json` printed, reviewed and now to be carried out. It holds no values. */
export type PlanFile = z.infer<typeof planFile>;

/** The plan, or what is wrong with the document in one clause. */
export function parsePlanFile(document: unknown): { plan: PlanFile } | { wrong: string } {
  const parsed = planFile.safeParse(document);
  if (parsed.success) return { plan: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  return { wrong: `${place === '' ? 'the document' : place}: ${inWords(issue?.message)}` };
}

/** As problems of a stack file are told. */
function inWords(message = 'it is not as expected'): string {
  return message.replace(/^Invalid \w+: /, '').replace(', received ', ', found ');
}

/**
 * How what would be done now differs from what was reviewed, in one clause for each Secret; empty where it is the
 * same. A value is told by where it comes from: sources with versions name the version.
 */
export function planDifferences(reviewed: readonly PlannedSecret[], now: readonly PlannedSecret[]): string[] {
  const changing = ({ action }: PlannedSecret): boolean => action !== 'none';
  const planned = new Map(reviewed.filter(changing).map((secret) => [idOf(secret), secret]));
  const current = new Map(now.filter(changing).map((secret) => [idOf(secret), secret]));
  const ids = [...new Set([...planned.keys(), ...current.keys()])].sort();
  return ids.flatMap((id) => difference(id, planned.get(id), current.get(id)) ?? []);
}

function difference(
  id: string,
  planned: PlannedSecret | undefined,
  current: PlannedSecret | undefined,
): string | undefined {
  if (planned === undefined) return `${id} needs a change that was not planned`;
  if (current === undefined) return `${id} needs no change any more`;
  if (planned.resourceVersion !== current.resourceVersion) return `${id} was written since`;
  const lines = new Set(planned.keys.map(lineOf));
  const changed = current.keys.filter((entry) => !lines.has(lineOf(entry))).map(({ key }) => key);
  const gone = planned.keys.filter(({ key }) => !current.keys.some((entry) => entry.key === key)).map(({ key }) => key);
  const keys = [...changed, ...gone];
  return keys.length === 0 ? undefined : `${id}: ${keys.join(', ')} would now be done otherwise`;
}

function idOf({ object }: PlannedSecret): string {
  return `${refText(object)} in namespace ${object.namespace}`;
}

function lineOf({ key, change, source }: PlannedSecret['keys'][number]): string {
  return JSON.stringify([key, change, source]);
}
