import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { causeGraph } from '../../../src/render/audit/cause-graph.ts';
import { incident, missingKey, ref } from '../reports.ts';

function arrows(findings: readonly Finding[]): string[] {
  const { nodes, edges } = causeGraph({ ...incident, findings });
  const title = (id: string) => nodes.find((node) => node.id === id)!.title;
  return edges.map(([from, to]) => `${title(from)} > ${title(to)}`).sort();
}

const web = ref('Deployment', 'web');
const store: Finding = {
  ...missingKey('', [], [web]),
  id: 'store',
  code: 'secret-store-not-ready',
  object: ref('SecretStore', 'vault'),
};
const external: Finding = {
  ...store,
  id: 'external',
  code: 'external-secret-not-ready',
  object: ref('ExternalSecret', 'app'),
  causes: ['store'],
};
const lost: Finding = {
  ...missingKey('', [web], [web]),
  id: 'lost',
  code: 'secret-missing',
  object: ref('Secret', 'app'),
  causes: ['external', 'store'],
};

describe('the chain of causes', () => {
  test('goes from each cause to its nearest effect, not from the root to all', () => {
    expect(arrows([store, external, lost])).toEqual([
      'externalsecret/app > secret/app',
      'secret/app > deployment/web',
      'secretstore/vault > externalsecret/app',
    ]);
  });

  test('goes from a Secret to its direct users, and on to what waits for those', () => {
    const keys = incident.findings.flatMap(({ id, code }) => (code === 'secret-key-missing' ? [id] : []));
    const application: Finding = { ...store, id: 'app', object: ref('Application', 'shop'), blocks: [], causes: keys };
    expect(arrows([...incident.findings, application])).toEqual([
      'deployment/api-backend > deployment/web',
      'secret/cloudtolocalllm-secrets > application/shop',
      'secret/cloudtolocalllm-secrets > deployment/api-backend',
      'secret/cloudtolocalllm-secrets > deployment/grafana',
      'secret/cloudtolocalllm-secrets > statefulset/postgres-auth',
      'statefulset/postgres-auth > deployment/api-backend',
    ]);
  });

  test('reaches whatever is blocked, also where nothing says how', () => {
    const unknown = { ...store, blocks: [ref('Job', 'a'), ref('Job', 'b')] };
    expect(arrows([unknown])).toEqual(['secretstore/vault > job/a', 'secretstore/vault > job/b']);
  });

  test('draws a bounded number of roots and of what is beneath one, and counts the rest', () => {
    const blocks = Array.from({ length: 40 }, (_, index) => ref('Job', `job-${index}`));
    const many = Array.from({ length: 30 }, (_, index): Finding => ({
      ...store,
      id: `s${index}`,
      object: ref('SecretStore', `s${index}`),
      blocks,
    }));
    const graph = causeGraph({ ...incident, findings: many });
    expect(graph.rootsLeftOut).toBe(20);
    expect(graph.nodes.filter(({ isRoot }) => isRoot)).toHaveLength(10);
    expect(graph.nodes.map(({ title }) => title)).toContain('25 more workloads');
  });
});
