import type { Stack } from '../stack/stack.ts';
import { alertRule } from './alert-rule.ts';
import { drillAlert } from './drill-alert.ts';
import { drillCronJob, drillHome } from './drill-cron-job.ts';
import type { DrillRunner } from './drill-runners.ts';
import { drillWorkflow } from './drill-workflow.ts';
import { needsComponents, madeOfStack } from './generate-kind.ts';
import { packageSpec } from './generate-subject.ts';
import type { GeneratedFile } from './generated-file.ts';
import { generateRbac } from './rbac.ts';
import { secretVariables } from './watched-stack.ts';

/** At night, at the beginning of a month: often enough for an alert after 30 days to have missed two. */
export const drillDays = [1, 15] as const;

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
      return [service(stack), timer(stack)];
  }
}

/** A drill takes place in one namespace. */
export function namespaceOfDrill({ namespaces }: Stack): string {
  return namespaces[0];
}

/** Names the Pushgateway where --push-metrics does not. */
export const pushVariable = 'C2L_PUSH_METRICS';

/** Whether anybody is to be told stands in the stack. */
export function notifyFlag({ watch }: Stack): readonly string[] {
  return (watch?.notify ?? []).length === 0 ? [] : ['--notify'];
}

/** Of the receivers of the stack. */
export function receiverVariables({ watch }: Stack): string[] {
  return watch === undefined ? [] : secretVariables(watch);
}

function service(stack: Stack): GeneratedFile {
  const { name } = stack;
  const variables = ['DRILL_CONTEXT', 'DRILL_SOURCE', ...receiverVariables(stack)];
  const gateway = `and ${pushVariable} where there is a Pushgateway`;
  const flags = notifyFlag(stack)
    .map((flag) => ` ${flag}`)
    .join('');
  return {
    path: `c2l-drill-${name}.service`,
    text: `# /etc/systemd/system/c2l-drill-${name}.service
#   install -D -m 644 c2l.yaml /etc/c2l/${name}.yaml
#   /etc/c2l/${name}.kubeconfig, mode 600
#   /etc/c2l/drill-${name}.env, mode 600, sets ${variables.join(', ')}, ${gateway}
#   systemctl daemon-reload && systemctl enable --now c2l-drill-${name}.timer
# The report lies in /var/lib/c2l; for the metrics give the node exporter --collector.textfile.directory=/var/lib/c2l.

[Unit]
Description=c2l drill of ${name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/env c2l dr-drill run total-secret-loss --config %E/c2l/${name}.yaml -n ${namespaceOfDrill(stack)} --confirm \${DRILL_CONTEXT} --from \${DRILL_SOURCE}${flags} --report %S/c2l/drill-${name}.html --report %S/c2l/drill-${name}.json --report %S/c2l/drill-${name}.prom
EnvironmentFile=%E/c2l/drill-${name}.env
LoadCredential=kubeconfig:%E/c2l/${name}.kubeconfig
Environment=KUBECONFIG=%d/kubeconfig
StateDirectory=c2l
DynamicUser=yes
# A drill that is stopped puts everything back: it is given the time.
TimeoutStartSec=45min
TimeoutStopSec=15min
KillMode=mixed
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallFilter=@system-service
`,
  };
}

function timer({ name }: Stack): GeneratedFile {
  return {
    path: `c2l-drill-${name}.timer`,
    text: `# /etc/systemd/system/c2l-drill-${name}.timer

[Unit]
Description=c2l drill of ${name}, twice a month

[Timer]
OnCalendar=*-*-${drillDays.map((day) => String(day).padStart(2, '0')).join(',')} 03:17:00
Persistent=yes
RandomizedDelaySec=10min

[Install]
WantedBy=timers.target
`,
  };
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
