import type { DrillRow } from '../../core/drill/drill-journal.ts';
import type { DrillReport } from '../../core/drill/drill-report.ts';
import {
  postgresRowScript,
  readRowAnswer,
  rowTable,
  type RowAction,
  type RowAnswer,
} from '../../core/drill/postgres-row.ts';
import { planChecks } from '../../core/verify/checks.ts';
import { observe } from '../observe/observe.ts';
import type { Session } from '../session.ts';
import { runInDatabase } from '../verify/attempt-check.ts';

type RowState = DrillReport['data'][number];

/** The databases that the stack can log in to. Which of them took a row tells `writeRows`. */
export function rowsFor(session: Session, id: string): DrillRow[] {
  const { stack } = session;
  const components =
    stack?.components.filter(({ checks }) => checks.some(({ kind }) => kind === 'postgres-login')) ?? [];
  return components.map(({ name }) => ({ component: name, table: rowTable(id) }));
}

/** Why a database could not take a row, by component. */
export async function writeRows(session: Session, rows: readonly DrillRow[]): Promise<Map<string, RowAnswer>> {
  return askAll(session, rows, 'write');
}

/** Whether what was written before the fault is there now. */
export async function readRows(
  session: Session,
  rows: readonly DrillRow[],
  written: ReadonlyMap<string, RowAnswer>,
): Promise<RowState[]> {
  const tried = rows.filter(({ component }) => written.get(component) === 'there');
  const found = await askAll(session, tried, 'read');
  return rows.map(({ component }): RowState => {
    const before = written.get(component) ?? 'failed';
    if (before !== 'there') return { component, state: 'not-tried', detail: `no row could be written: ${before}` };
    const after = found.get(component) ?? 'failed';
    if (after === 'there') return { component, state: 'kept', detail: 'the row that was written before is there' };
    if (after === 'gone') return { component, state: 'lost', detail: 'the row that was written before is gone' };
    return { component, state: 'not-tried', detail: `the row could not be looked for: ${after}` };
  });
}

/** Gives the databases that still hold it. */
export async function removeRows(session: Session, rows: readonly DrillRow[]): Promise<string[]> {
  const answers = await askAll(session, rows, 'remove');
  // One that was never made is no more there than one that was removed.
  const isGone = (answer: RowAnswer | undefined): boolean => answer === 'there' || answer === 'gone';
  return rows.flatMap(({ component }) => (isGone(answers.get(component)) ? [] : [component]));
}

async function askAll(session: Session, rows: readonly DrillRow[], action: RowAction): Promise<Map<string, RowAnswer>> {
  if (rows.length === 0) return new Map();
  const { cluster, deps, scope, stack } = session;
  const snapshot = await observe(cluster, scope, deps.clock.now());
  const world = { cluster, stack, view: () => Promise.resolve(snapshot) };
  const checks = planChecks(snapshot, stack);
  const answers = await Promise.all(
    rows.map(async ({ component, table }): Promise<[string, RowAnswer]> => {
      const check = checks.find((each) => each.kind === 'postgres-login' && each.component === component);
      if (check?.kind !== 'postgres-login') return [component, 'failed'];
      const said = await runInDatabase(check, world, {
        script: postgresRowScript,
        name: 'c2l-postgres-row',
        more: [action, table],
      });
      return [component, typeof said === 'string' ? readRowAnswer(said) : 'failed'];
    }),
  );
  return new Map(answers);
}
