import type { Stack } from '../stack/stack.ts';
import { alertRule } from './alert-rule.ts';
import type { Alert } from './alert.ts';
import { madeOfStack, needsComponents } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';
import { inhibitRules } from './inhibit-rules.ts';
import { surroundingAlerts } from './surrounding-alerts.ts';
import { componentPodRules, workloadAlerts } from './workload-alerts.ts';

/** Alerts on a stack: for the Prometheus operator, for a plain Prometheus, and what Alertmanager needs beside them. */
export const generatePrometheusRules = madeOfStack('prometheus-rules', [needsComponents], (stack): GeneratedFile[] => {
  const groups = ruleGroups(stack);
  const name = `c2l-${stack.name}`;
  return [
    {
      path: 'prometheus-rule.yaml',
      comment:
        'For the Prometheus operator. It takes only rules that its ruleSelector matches: add the label that yours asks for, often release.',
      use: 'apply',
      documents: [
        {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'PrometheusRule',
          metadata: { name, namespace: stack.namespaces[0], labels: { 'app.kubernetes.io/part-of': 'c2l' } },
          spec: { groups },
        },
      ],
    },
    {
      path: 'rules.yaml',
      comment: 'The same rules for a plain Prometheus: name this file under rule_files.',
      use: 'beside',
      documents: [{ groups }],
    },
    {
      path: 'alertmanager.yaml',
      comment:
        'Merge this into the configuration of Alertmanager. With it a chain of broken components is told once, at its first link: group what is left by stack.',
      use: 'beside',
      documents: [{ inhibit_rules: inhibitRules(stack) }],
    },
  ];
});

function ruleGroups(stack: Stack): unknown[] {
  const written = (alerts: readonly Alert[]): unknown[] => alerts.map((alert) => alertRule(stack, alert));
  return [
    {
      name: `c2l-${stack.name}-components`,
      interval: '30s',
      rules: [
        ...componentPodRules(stack).map((rule, index) =>
          index === 0 ? new Commented('Which pods are whose. The alerts below are counted by component.', rule) : rule,
        ),
        ...written(workloadAlerts(stack)),
      ],
    },
    { name: `c2l-${stack.name}-surroundings`, interval: '30s', rules: written(surroundingAlerts(stack)) },
  ];
}
