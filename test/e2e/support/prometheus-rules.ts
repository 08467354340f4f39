import type { TestCluster } from './cluster.ts';
import { until } from './wait.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const list = (properties: object, required: readonly string[]): object => ({
  type: 'array',
  items: { type: 'object', properties, required },
});
const rule = {
  alert: text,
  record: text,
  expr: { anyOf: [{ type: 'integer' }, text], 'x-kubernetes-int-or-string': true },
  for: { ...text, pattern: '^(0|([0-9]+(ms|s|m|h|d|w|y))+)$' },
  labels: texts,
  annotations: texts,
};

/** As the Prometheus operator has it, so far as rules of Prometheus go: nothing else may stand in one. */
export const prometheusRuleDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'prometheusrules.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind: 'PrometheusRule', plural: 'prometheusrules', singular: 'prometheusrule' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                properties: {
                  groups: list({ name: text, interval: text, rules: list(rule, ['expr']) }, ['name', 'rules']),
                },
              },
            },
          },
        },
      },
    ],
  },
};

/** Where the operator is not installed: gives what takes the definition away again. */
export async function definePrometheusRules(cluster: TestCluster): Promise<() => Promise<void>> {
  const path = `${definitions}/${prometheusRuleDefinition.metadata.name}`;
  if ((await cluster.get(path)) !== undefined) return () => Promise.resolve();
  await cluster.create(definitions, prometheusRuleDefinition);
  await until(
    'PrometheusRules are served',
    async () => ((await cluster.get('/apis/monitoring.coreos.com/v1')) === undefined ? undefined : true),
    { within: 30_000 },
  );
  return () => cluster.remove(path);
}
