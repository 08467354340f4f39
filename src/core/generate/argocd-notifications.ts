import type { Stack } from '../stack/stack.ts';
import { madeOfStack, needsApplications } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';

/** Triggers and templates for Argo CD's own notifications: degraded for long, never healthy, and recovered. */
export const generateArgocdNotifications = madeOfStack(
  'argocd-notifications',
  [needsApplications],
  (stack): GeneratedFile[] => [
    {
      path: 'argocd-notifications-cm.yaml',
      comment: `kubectl apply adds these entries to the ConfigMap that Argo CD has, and leaves its services and other triggers. Who is told says an annotation on each Application: notifications.argoproj.io/subscribe.c2l-degraded.slack: CHANNEL, and the same for c2l-not-healthy and c2l-recovered.`,
      use: 'apply',
      documents: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'argocd-notifications-cm', namespace: stack.argocd.namespace },
          data: {
            'trigger.c2l-degraded': new Commented(
              'Degraded for more than 15 minutes; lastTransitionTime is when the health last changed. Once for each such outage.',
              trigger(stack, `app.status.health.status == 'Degraded' && ${since(15)}`, 'c2l-degraded'),
            ),
            'trigger.c2l-not-healthy': new Commented(
              'Argo CD calls a StatefulSet whose pod cannot start Progressing for ever, and never Degraded.',
              trigger(
                stack,
                `app.status.health.status in ['Progressing', 'Missing', 'Unknown'] && ${since(20)}`,
                'c2l-degraded',
              ),
            ),
            'trigger.c2l-recovered': new Commented(
              'Every return to Healthy, also after a sync: Argo CD keeps no record of what it was before. Only a recent one, so that nothing is told of what was healthy when this was applied.',
              trigger(
                stack,
                `app.status.health.status == 'Healthy' && ${changed} && ${sinceChange} < 10`,
                'c2l-recovered',
              ),
            ),
            'template.c2l-degraded': template(
              '{{.app.metadata.name}} is {{.app.status.health.status}} since {{.app.status.health.lastTransitionTime}}',
              degradedMessage(stack),
            ),
            'template.c2l-recovered': template(
              '{{.app.metadata.name}} is Healthy again',
              `{{.app.metadata.name}} is Healthy since {{.app.status.health.lastTransitionTime}}.\nNext: c2l verify -n ${stack.namespaces[0]}\n`,
            ),
          },
        },
      ],
    },
  ],
);

const changed = 'app.status.health.lastTransitionTime != nil';
const sinceChange = 'time.Now().Sub(time.Parse(app.status.health.lastTransitionTime)).Minutes()';
const since = (minutes: number): string => `${changed} && ${sinceChange} >= ${minutes}`;

function trigger({ argocd: { applications } }: Stack, when: string, send: string): string {
  const ours = `app.metadata.name in [${applications.map((name) => `'${name}'`).join(', ')}]`;
  return `- when: ${ours} && ${when}\n  oncePer: app.status.health.lastTransitionTime\n  send: [${send}]\n`;
}

/** What Argo CD knows of the reason; it keeps no health of single resources in the Application. */
function degradedMessage({ namespaces }: Stack): string {
  return `{{.app.metadata.name}} is {{.app.status.health.status}} since {{.app.status.health.lastTransitionTime}}.
{{- if .app.status.operationState}}
Last sync: {{.app.status.operationState.phase}}{{with .app.status.operationState.message}}, {{.}}{{end}}
{{- end}}
{{- range .app.status.conditions}}
{{.type}}: {{.message}}
{{- end}}
Next, for the missing keys and what each one blocks: c2l audit -n ${namespaces[0]}
`;
}

function template(subject: string, message: string): string {
  const indented = message.trimEnd().replaceAll(/^/gm, '  ');
  return `message: |\n${indented}\nemail:\n  subject: '${subject}'\n`;
}
