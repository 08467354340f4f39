import type { KubeObject } from './cluster.ts';

/** A workload whose pods end within a second, selected by their `app` label. */
export function workload(kind: string, app: string, { spec, pod }: { spec?: object; pod: object }): KubeObject {
  const labels = { app };
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, ...pod } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: app },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  } as KubeObject;
}
