import { monitoringOf } from '../stack/monitoring.ts';
import { madeOfStack, type StackNeed } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';
import { exactly } from './workload-target.ts';

const needsMonitoring: StackNeed = { field: 'monitoring', isMet: ({ monitoring }) => monitoring !== undefined };

/** What gives the monitoring a Secret of its own, so that an outage of the applications' Secret can be seen: a kustomize component. */
export const generateDecoupleMonitoring = madeOfStack(
  'decouple-monitoring',
  [needsMonitoring],
  (stack): GeneratedFile[] => {
    const monitoring = monitoringOf(stack);
    if (monitoring === undefined) return [];
    const { components, shared, own } = monitoring;
    const moves = own.namespace !== shared.namespace;
    const names = components.map(({ workload }) => workload).join(', ');
    return [
      {
        path: 'kustomization.yaml',
        comment: `Name this folder under components: of a kustomization that holds the monitoring alone (${names}): every reference to Secret ${shared.name} in it becomes one to ${own.name}. Before it is applied, c2l migrate ${shared.name} --to monitoring brings the values there, so that what restarts finds the passwords that it knows.`,
        use: 'beside',
        documents: [
          {
            apiVersion: 'kustomize.config.k8s.io/v1alpha1',
            kind: 'Component',
            ...(moves && {
              namespace: new Commented(
                'What is reached by a short name in the other namespace needs its long one: NAME.NAMESPACE.',
                own.namespace,
              ),
            }),
            resources: [...(moves ? ['namespace.yaml'] : []), 'shared-secret.yaml'],
            patches: [
              {
                target: { version: 'v1', kind: 'Secret', name: exactly(shared.name) },
                patch: `- { op: replace, path: /metadata/name, value: ${own.name} }\n`,
                options: { allowNameChange: true },
              },
            ],
          },
        ],
      },
      {
        path: 'shared-secret.yaml',
        comment:
          'Stands for the Secret whose name changes: kustomize then follows every reference to it, in containers, init containers and volumes. It is never applied.',
        use: 'beside',
        documents: [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: {
              name: shared.name,
              namespace: shared.namespace,
              annotations: { 'config.kubernetes.io/local-config': 'true' },
            },
          },
        ],
      },
      ...(moves
        ? [
            {
              path: 'namespace.yaml',
              use: 'beside' as const,
              documents: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: own.namespace } }],
            },
          ]
        : []),
    ];
  },
);
