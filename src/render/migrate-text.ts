import { refText } from '../core/kubernetes.ts';
import { targetWords } from '../core/migrate/migrate-target.ts';
import type { MigrateReport } from '../core/migrate/migrate-report.ts';
import { outcomeLines } from './change-text.ts';
import { closingLines, headLines } from './head-text.ts';
import type { Style } from './style.ts';

export function migrateText(report: MigrateReport, style: Style): string[] {
  const done = report.outcomes.some(({ outcome }) => outcome === 'done') && report.verdict === 'ok';
  return [
    ...headLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...(done ? ['', ...gitLines(report)] : []),
    ...closingLines(report, { because: summary(report), next: nextAfter(report) }, style),
  ];
}

function summary({ outcomes, dryRun, undo, to, secret }: MigrateReport): string {
  const what = refText(secret);
  if (outcomes.length === 0)
    return undo ? `nobody writes ${what} but whoever is asked to` : `${what} is with ${targetWords[to]} already`;
  if (dryRun)
    return `dry run: would ${undo ? 'take' : 'hand'} ${what} ${undo ? 'back from' : 'over to'} ${targetWords[to]}`;
  if (outcomes.every(({ outcome }) => outcome === 'done'))
    return undo ? `${what} is back from ${targetWords[to]}` : `${what} is with ${targetWords[to]}`;
  return `${outcomes.filter(({ outcome }) => outcome === 'done').length} of ${outcomes.length} steps done`;
}

/** What Git has to hold from now on, and the way back through it. */
function gitLines({ to, undo, secret: { namespace, name } }: MigrateReport): string[] {
  if (to === 'monitoring') {
    return undo
      ? []
      : ['Then: c2l generate decouple-monitoring --out DIR, with DIR under components: of the monitoring.'];
  }
  const resource = to === 'external-secrets' ? 'externalsecret' : 'sealedsecret';
  if (undo) return [`Where Git holds the ${resource}, take it out there too: Argo CD would bring it again.`];
  return [
    `For Git, in place of the Secret: kubectl -n ${namespace} get ${resource} ${name} -o yaml`,
    `The way back: c2l migrate ${namespace}/${name} --to ${to} --undo, then git revert of that commit.`,
  ];
}

function nextAfter({ outcomes, verdict, dryRun, undo, to, secret: { namespace, name } }: MigrateReport): string {
  const again = `c2l migrate ${namespace}/${name} --to ${to}${undo ? ' --undo' : ''}`;
  if (verdict !== 'ok' || (dryRun && outcomes.length > 0)) return again;
  return `c2l audit secret/${name} -n ${namespace}`;
}
