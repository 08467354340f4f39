import { expect, test } from '@jest/globals';

import { scenarioOf } from '../../../src/core/drill/drill-menu.ts';
import type { DrillFault } from '../../../src/core/drill/drill-schema.ts';
import { beforeNextDrill } from '../../../src/core/drill/next-drill.ts';
import { planDrill } from '../../../src/core/drill/plan-drill.ts';
import { drilled } from '../../render/drill-reports.ts';
import { container, deployment, keyEnv, namespace, secret, snapshotOf } from '../../support/builders.ts';

const loseKeys: DrillFault = { kind: 'lose-keys', keys: 'required' };

test.each<[string, readonly DrillFault[], readonly string[]]>([
  ['loses keys', [loseKeys], ['sealed is immutable: it can be lost whole, and loses no key']],
  ['loses it whole', [{ kind: 'lose-secrets', secrets: 'all', revisions: true }, loseKeys], []],
])('a scenario that %s tells which Secrets it spares', (_, faults, spared) => {
  const snapshot = snapshotOf(
    secret('app', ['password']),
    secret('sealed', ['token'], { immutable: true }),
    deployment('web', {
      spec: { containers: [container('web', { env: [keyEnv('app', 'password'), keyEnv('sealed', 'token')] })] },
    }),
  );

  const plan = planDrill(scenarioOf(faults), snapshot, undefined);

  expect(plan.spared.map((each) => `${each.secret.metadata.name} ${each.reason}`)).toEqual(spared);
});

test('what a drill spared is to be lost in the next one', () => {
  const spared = [{ object: { kind: 'Secret', namespace, name: 'sealed' }, reason: 'is immutable' }];
  expect(beforeNextDrill({ ...drilled, spared })).toContain(
    'lose secret/sealed too, by total-secret-loss: this drill spared what is immutable',
  );
});
