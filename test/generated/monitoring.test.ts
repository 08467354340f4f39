import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';

import { generateArgocdNotifications } from '../../src/core/generate/argocd-notifications.ts';
import type { GeneratedFile } from '../../src/core/generate/generated-file.ts';
import { generateGrafanaDashboard } from '../../src/core/generate/grafana-dashboard.ts';
import { fileText } from '../../src/render/generated-files.ts';
import { stackOf } from '../support/builders.ts';
import { check, hasProgram } from './promtool.ts';

const subject = {
  stack: stackOf({
    argocd: { applications: ['db', 'api'] },
    components: [
      { name: 'db', workload: 'StatefulSet/db' },
      { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
    ],
  }),
  namespaces: ['shop'],
  all: false,
  argocdNamespace: 'argocd',
};
const texts = (files: readonly GeneratedFile[]): string[] =>
  files.map((file) => fileText({ file, madeBy: 'c2l generate x' }).text);

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: object }[];
}

describe('the dashboard', () => {
  const [json = '', configMap = ''] = texts(generateGrafanaDashboard(subject, ''));
  const dashboard = JSON.parse(json) as { uid: string; panels: Panel[]; description: string };

  test('is the same in the file and in the ConfigMap, and says what made it', () => {
    const { data } = parse(configMap) as { data: Record<string, string> };
    expect(Object.values(data)).toEqual([json]);
    expect(dashboard).toMatchObject({ uid: 'c2l-shop', description: expect.stringContaining('Made by c2l generate') });
  });

  test('panels lie beside each other, not over each other, and each asks the chosen Prometheus', () => {
    const taken = new Set<string>();
    for (const { gridPos, targets } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken).not.toContain(`${x},${y}`);
          taken.add(`${x},${y}`);
        }
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { datasource } of targets) expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  (hasProgram('promtool', '--version') ? test : test.skip)('every query is one, in the eyes of promtool', () => {
    const rules = dashboard.panels
      .flatMap(({ targets }) => targets)
      .map(({ expr }, index) => ({ record: `query_${index}`, expr }));
    const files = { 'rules.yaml': stringify({ groups: [{ name: 'queries', rules }] }) };
    expect(check('promtool', ['check', 'rules', 'rules.yaml'], files)).toMatchObject({ code: 0 });
  });
});

describe('the notifications of Argo CD', () => {
  const [text = ''] = texts(generateArgocdNotifications(subject, ''));
  const { metadata, data } = parse(text) as { metadata: object; data: Record<string, string> };
  const of = (kind: string) => Object.entries(data).filter(([key]) => key.startsWith(`${kind}.`));

  test('are entries of the one ConfigMap that Argo CD reads, and every trigger sends a template that is there', () => {
    expect(metadata).toEqual({ name: 'argocd-notifications-cm', namespace: 'argocd' });
    const templates = of('template').map(([key]) => key.replace('template.', ''));
    const sent = of('trigger').flatMap(([, value]) =>
      (parse(value) as { send: string[] }[]).flatMap(({ send }) => send),
    );
    expect(new Set(sent)).toEqual(new Set(templates));
    for (const [, value] of of('template'))
      expect(parse(value)).toMatchObject({ message: expect.stringMatching(/Next.*c2l /) });
  });

  test('each trigger looks at the stack alone, guards what older versions lack, and tells an outage once', () => {
    for (const [, value] of of('trigger')) {
      expect(parse(value)).toEqual([
        expect.objectContaining({
          when: expect.stringMatching(
            /^app\.metadata\.name in \['db', 'api'\] && .*lastTransitionTime != nil && time\.Now/,
          ),
          oncePer: 'app.status.health.lastTransitionTime',
        }),
      ]);
    }
  });
});
