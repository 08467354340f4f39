import type { Stack } from '../stack/stack.ts';
import { Commented, type YamlFile } from './generated-file.ts';
import {
  drillDays,
  drillHome,
  namespaceOfDrill,
  notifyFlag,
  pushVariable,
  receiverVariables,
} from './scheduled-drill.ts';

/** The CronJob that drills, with credentials of the cluster that it runs in. */
export function drillCronJob(stack: Stack, program: string): YamlFile {
  const name = `c2l-drill-${stack.name}`;
  const variables = receiverVariables(stack);
  const fromSecret = variables.length === 0 ? {} : { envFrom: [{ secretRef: { name: `${name}-receivers` } }] };
  const args = [
    'dr-drill',
    'run',
    'total-secret-loss',
    '--namespace',
    namespaceOfDrill(stack),
    '--config',
    '/etc/c2l/c2l.yaml',
    '--confirm',
    'in-cluster',
    '--from',
    '$(DRILL_SOURCE)',
    ...notifyFlag(stack),
    '--report',
    '/report/$(POD_NAME).html',
    '--output',
    'json',
  ];
  const container = {
    name: 'drill',
    image: new Commented(
      'Or an image of your own that holds c2l, which then needs no registry of packages.',
      'node:22-alpine',
    ),
    command: ['npx', '--yes', program],
    args,
    env: [
      new Commented('Where the values come from; for a vault its workload identity goes on the ServiceAccount.', {
        name: 'DRILL_SOURCE',
        value: 'azure-key-vault:NAME',
      }),
      new Commented('Address of a Pushgateway, for the alert on a drill that failed; empty: none.', {
        name: pushVariable,
        value: '',
      }),
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'HOME', value: '/tmp' },
    ],
    ...fromSecret,
    resources: { requests: { cpu: '10m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: 'stack', mountPath: '/etc/c2l', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'report', mountPath: '/report' },
    ],
  };
  const receivers = variables.length === 0 ? '' : `; Secret ${name}-receivers there sets ${variables.join(', ')}`;
  return {
    path: 'cron-job.yaml',
    comment: `Drills twice a month. The log is the report, the exit code the result: a Job that failed is a drill that did. First: kubectl -n ${drillHome.namespace} create configmap ${name} --from-file=c2l.yaml${receivers}.`,
    use: 'beside',
    documents: [
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name, namespace: drillHome.namespace },
        spec: {
          schedule: `17 3 ${drillDays.join(',')} * *`,
          concurrencyPolicy: new Commented('Two drills at once are refused anyway.', 'Forbid'),
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            spec: {
              backoffLimit: new Commented('A drill that failed is looked at, and not begun again.', 0),
              template: {
                spec: {
                  serviceAccountName: drillHome.name,
                  restartPolicy: 'Never',
                  securityContext: { fsGroup: 1000 },
                  terminationGracePeriodSeconds: new Commented('A drill that is stopped puts everything back.', 600),
                  containers: [container],
                  volumes: [
                    { name: 'stack', configMap: { name } },
                    { name: 'tmp', emptyDir: {} },
                    new Commented('A PersistentVolumeClaim keeps the pages; what history tells is kept anyway.', {
                      name: 'report',
                      emptyDir: {},
                    }),
                  ],
                },
              },
            },
          },
        },
      },
    ],
  };
}
