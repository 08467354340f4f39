import type { Stack } from '../stack/stack.ts';
import { alertRule } from './alert-rule.ts';
import { drillAlert } from './drill-alert.ts';
import { drillCronJob } from './drill-cron-job.ts';
import type { DrillRunner } from './drill-runners.ts';
import { drillUnits } from './drill-systemd.ts';
import { drillWorkflow } from './drill-workflow.ts';
import { needsComponents, madeOfStack } from './generate-kind.ts';
import { packageSpec } from './generate-subject.ts';
import type { GeneratedFile } from './generated-file.ts';
import { generateRbac } from './rbac.ts';
import { drillHome, namespaceOfDrill } from './scheduled-drill.ts';

/** What runs a drill of everything twice a month, keeps its report, and raises an alert where none succeeds. */
export const generateDrillSchedule = madeOfStack<DrillRunner>(
  'drill-schedule',
  [needsComponents],
  (stack, runner, subject): GeneratedFile[] => [
    ...runnerFiles(stack, runner, packageSpec(subject)),
    rules(stack, runner),
  ],
);

function runnerFiles(stack: Stack, runner: DrillRunner, program: string): readonly GeneratedFile[] {
  switch (runner) {
    case 'kubernetes': {
      const subject = {
        stack,
        namespaces: [namespaceOfDrill(stack)],
        all: false,
        argocdNamespace: stack.argocd.namespace,
      };
      // Beside: rights for a drill by hand, which --all makes too, bring the same namespace.
      const rights = generateRbac(subject, 'dr-drill', drillHome).map((file) => ({ ...file, use: 'beside' as const }));
      return [...rights, drillCronJob(stack, program)];
    }
    case 'github-actions':
      return [drillWorkflow(stack, program)];
    case 'systemd':
      return drillUnits(stack);
  }
}

/** The first alert is the one of prometheus-rules too: where both files are loaded, Alertmanager takes them for one. */
function rules(stack: Stack, runner: DrillRunner): GeneratedFile {
  const namespace = namespaceOfDrill(stack);
  return {
    path: `drill-rules-${runner}.yaml`,
    comment: 'Alerts on drills, for rule_files of Prometheus.',
    use: 'beside',
    documents: [
      {
        groups: [
          {
            name: `c2l-${stack.name}-drills`,
            rules: [
              alertRule(stack, drillAlert(stack)),
              {
                alert: 'C2lDrillFailed',
                expr: `max by (scenario) (c2l_drill_success{namespace="${namespace}"}) == 0`,
                labels: { severity: 'warning', stack: stack.name },
                annotations: {
                  summary: `the last drill {{ $labels.scenario }} of ${stack.name} did not recover in time`,
                  command: `c2l dr-drill history -n ${namespace}`,
                },
              },
            ],
          },
        ],
      },
    ],
  };
}
