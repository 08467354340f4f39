import { refText } from '../core/cluster/kubernetes.ts';
import type { MigrateReport } from '../core/migrate/migrate-report.ts';
import { targetWords } from '../core/migrate/migrate-target.ts';
import { outcomeLines } from './change-text.ts';
import { commandsHere } from './commands-here.ts';
import { closingLines, headLines } from './head-text.ts';
import { commandLines, count, paragraph } from './layout.ts';
import type { Style } from './style.ts';

export function migrateText(report: MigrateReport, style: Style): string[] {
  const done = report.outcomes.some(({ outcome }) => outcome === 'done') && report.verdict === 'ok';
  return [
    ...headLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...(done ? ['', ...gitLines(report, style)] : []),
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
  return `${outcomes.filter(({ outcome }) => outcome === 'done').length} of ${count(outcomes.length, 'step')} done`;
}

/** What Git has to hold from now on, and the way back through it. */
function gitLines({ to, undo, secret: { namespace, name } }: MigrateReport, style: Style): string[] {
  const told = (text: string): string[] => paragraph('', text, style.width);
  const typed = (command: string): string[] => commandLines('  ', commandsHere(command, style), style);
  if (to === 'monitoring') {
    if (undo) return [];
    return [
      ...told('Then, with DIR under components: of the kustomization of the monitoring:'),
      ...typed('c2l generate decouple-monitoring --out DIR'),
    ];
  }
  const resource = to === 'external-secrets' ? 'externalsecret' : 'sealedsecret';
  if (undo) return told(`Where Git holds the ${resource}, take it out there too: Argo CD would bring it again.`);
  return [
    ...told('For Git, in place of the Secret:'),
    ...typed(`kubectl -n ${namespace} get ${resource} ${name} -o yaml`),
    ...told('The way back, and then git revert of that commit:'),
    ...typed(`c2l migrate ${namespace}/${name} --to ${to} --undo`),
  ];
}

function nextAfter({ outcomes, verdict, dryRun, undo, to, secret: { namespace, name } }: MigrateReport): string {
  const again = `c2l migrate ${namespace}/${name} --to ${to}${undo ? ' --undo' : ''}`;
  if (verdict !== 'ok' || (dryRun && outcomes.length > 0)) return again;
  return `c2l audit secret/${name} -n ${namespace}`;
}
