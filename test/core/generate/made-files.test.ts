import { describe, expect, test } from '@jest/globals';

import { generateDecoupleMonitoring } from '../../../src/core/generate/decouple-monitoring.ts';
import { generateDrillSchedule } from '../../../src/core/generate/drill-schedule.ts';
import { generateExternalSecrets } from '../../../src/core/generate/external-secrets.ts';
import type { GenerateSubject } from '../../../src/core/generate/generate-subject.ts';
import type { GeneratedFile } from '../../../src/core/generate/generated-file.ts';
import { generateRbac, roleGrants } from '../../../src/core/generate/rbac.ts';
import { generateResilience } from '../../../src/core/generate/resilience.ts';
import { generateWatch } from '../../../src/core/generate/watch.ts';
import { OperatorError } from '../../../src/errors.ts';
import { stackOf } from '../../support/builders.ts';
import { expectGolden } from '../../support/golden.ts';
import { webChecks } from '../../support/web-checks.ts';

const endpoints = [{ name: 'web', url: 'https://shop.example/' }];
const inEnv = (env: string) => ({ kind: 'webhook', name: env.toLowerCase(), url: { env } });
const inFile = (file: string) => ({ kind: 'pagerduty', name: file.slice(-1), routingKey: { file } });
const db = { name: 'db', workload: 'StatefulSet/db' };

function subject(stack: object | undefined, more: Partial<GenerateSubject> = {}): GenerateSubject {
  const { namespaces, ...rest } = { namespaces: ['shop'], ...stack };
  const made = stack && { ...stackOf(rest), namespaces: namespaces as [string, ...string[]] };
  return { stack: made, namespaces, all: false, argocdNamespace: 'argocd', ...more };
}

/** Each file as it is made; what is commented stands beside its comment. */
function shown(files: readonly GeneratedFile[]): string {
  return files
    .map((file) => ('text' in file ? `${file.path}\n${file.text}` : JSON.stringify(file, null, 1)))
    .join('\n');
}

function refusal(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (error instanceof OperatorError) return [error.code, error.message, error.hint];
    throw error;
  }
  return [];
}

const secretive = { endpoints, notify: [inEnv('CHAT'), inEnv('ROOM')], heartbeat: { env: 'BEAT' } };
const filed = { endpoints, notify: [inFile('/etc/a'), inFile('/etc/b')] };

describe('files are made as they were reviewed', () => {
  test('to run watch', async () => {
    const stacks = [
      { watch: { endpoints } },
      { watch: secretive, components: [db] },
      { watch: filed, components: [db] },
    ];
    const made = stacks.flatMap((stack, index) =>
      (['systemd', 'cron', ...(index < 2 ? ['github-actions' as const] : [])] as const).map((runner) =>
        shown(generateWatch(subject(stack), runner)),
      ),
    );
    await expectGolden('generate-watch.txt', `${made.join('\n')}\n`);
  });

  test('to outlive what is depended on, and what monitoring shares', async () => {
    const components = [
      db,
      { name: 'cache', workload: 'StatefulSet/cache', namespace: 'data' },
      { name: 'site', workload: 'Deployment/site', checks: webChecks },
      { name: 'web', workload: 'Deployment/web', dependsOn: ['db', 'cache'], checks: webChecks },
      { name: 'plain', workload: 'Deployment/plain', dependsOn: ['db'], checks: webChecks.slice(0, 1) },
      {
        name: 'api',
        workload: 'DaemonSet/api',
        dependsOn: ['db'],
        initWaits: [{ container: 'wait', host: 'db.shop.svc', port: 5432 }],
      },
    ];
    const monitoring = { components: ['site', 'web'], from: 'app', secret: 'own' };
    const secrets = [
      { name: 'other', keys: {} },
      { name: 'app', keys: { p: {} } },
    ];
    const within = { secrets, components, monitoring };
    const moved = { ...within, monitoring: { ...monitoring, namespace: 'seen' } };
    const named = (stack: object) => subject({ namespaces: ['shop', 'data', 'seen'], ...stack });
    const made = [
      generateResilience(named({ components }), ''),
      generateDecoupleMonitoring(named(within), ''),
      generateDecoupleMonitoring(named(moved), ''),
    ];
    await expectGolden('generate-components.txt', `${made.map(shown).join('\n')}\n`);
  });

  test('to drill, with receivers and without, and to write Secrets from a vault', async () => {
    const keys = {
      'db-password': {},
      'api.key': { from: { azureKeyVault: `api/${'3'.repeat(32)}` } },
      spare: { required: false },
      'spare.two': { required: false },
      more: { required: false },
      pinned: { required: false, from: { azureKeyVault: `pinned/${'7'.repeat(32)}` } },
    };
    const secrets = [
      { name: 'app', keys },
      {
        name: 'typed',
        namespace: 'data',
        type: 'vendor/type',
        keys: { only: { required: false, from: { azureKeyVault: 'other' } } },
      },
    ];
    const named = { namespaces: ['shop', 'data'], components: [db], secrets };
    const drills = [named, { ...named, watch: secretive }].flatMap((stack) =>
      (['kubernetes', 'github-actions', 'systemd'] as const).flatMap((on) => {
        const files = generateDrillSchedule(subject(stack, { version: '1.2.3' }), on);
        return files.filter(({ path }) => !/rbac|rules/.test(path));
      }),
    );
    const written = generateExternalSecrets(subject(named), '');
    await expectGolden('generate-drills.txt', `${shown([...drills, ...written])}\n`);
  });

  test('to give commands their rights, with a stack and without, in a namespace and everywhere', async () => {
    const secrets = [{ name: 'app', keys: { p: {} } }];
    const watched = {
      secrets,
      components: [{ ...db, checks: webChecks }],
      monitoring: { components: ['db'], from: 'app', secret: 'own' },
    };
    const asked = [
      subject(undefined),
      subject(watched),
      subject(undefined, { namespaces: ['argocd'] }),
      subject(watched, { all: true }),
    ];
    const made = (['audit', 'restart', 'history', 'migrate', 'dr-drill'] as const).flatMap((purpose) =>
      asked.map((of) => {
        const rules = roleGrants(purpose, of).map(({ kind, name, namespace, rules: all }) =>
          [
            `${kind} ${namespace ?? ''}/${name}`,
            ...all.map(({ why, apiGroups, resources, resourceNames, verbs }) =>
              ['', verbs, apiGroups, resources, ...(resourceNames ? [resourceNames] : []), why].join(' | '),
            ),
          ].join('\n'),
        );
        return [`# ${purpose} ${of.stack?.name ?? 'no stack'} ${of.all ? 'all' : of.namespaces.join()}`, ...rules].join(
          '\n',
        );
      }),
    );
    const drill = shown(generateRbac(subject(undefined, { namespaces: ['c2l-drill'] }), 'dr-drill'));
    await expectGolden('generate-rights.txt', `${made.join('\n')}\n${drill}\n`);
  });
});

describe('what cannot be made is refused, with what to do', () => {
  const hint = 'add watch to the stack file, or name another: c2l generate watch --as systemd --config FILE';
  test.each<[string, () => unknown, readonly unknown[]]>([
    [
      'watch without a stack',
      () => generateWatch(subject(undefined), 'cron'),
      ['stack-lacks-field', 'there is no stack file here, and watch is made of it', hint],
    ],
    [
      'watch of a stack that has none',
      () => generateWatch(subject({}), 'cron'),
      ['stack-lacks-field', 'stack shop has no watch, and watch is made of it', hint],
    ],
    [
      'a workflow that reaches nothing',
      () => generateWatch(subject({ watch: {}, components: [db] }), 'github-actions'),
      [
        'stack-lacks-field',
        'stack shop names no endpoint, and a workflow can reach nothing else',
        'add watch.endpoints to the stack file',
      ],
    ],
    [
      'a workflow that has no such file',
      () => generateWatch(subject({ watch: filed }), 'github-actions'),
      [
        'stack-lacks-field',
        'a secret of stack shop lies in /etc/a, and a workflow has no such file',
        'name a variable instead of it, as in { env: ROUTING_KEY }',
      ],
    ],
    [
      'rights of a drill everywhere',
      () => generateRbac(subject({}, { all: true }), 'dr-drill'),
      ['stack-lacks-field', 'a drill takes place in one namespace', 'c2l generate rbac --for dr-drill -n NAMESPACE'],
    ],
    [
      'what is made of a stack, without one',
      () => generateResilience(subject(undefined), ''),
      [
        'stack-lacks-field',
        'there is no stack file here, and resilience is made of one',
        'c2l generate resilience --config FILE, or write one with c2l init',
      ],
    ],
    [
      'what a stack has nothing for',
      () => generateResilience(subject({ components: [{ ...db, checks: webChecks }] }), ''),
      [
        'stack-lacks-field',
        'stack shop has no components[].dependsOn with an http check, or components[].initWaits, and resilience is made of it',
        'add components[].dependsOn with an http check, or components[].initWaits to the stack file, or name another: c2l generate resilience --config FILE',
      ],
    ],
    [
      'what monitoring shares, of a stack without',
      () => generateDecoupleMonitoring(subject({}), ''),
      [
        'stack-lacks-field',
        'stack shop has no monitoring, and decouple-monitoring is made of it',
        'add monitoring to the stack file, or name another: c2l generate decouple-monitoring --config FILE',
      ],
    ],
    [
      'what lies in another namespace',
      () => generateResilience(subject({ namespaces: ['shop', 'data'] }, { namespaces: ['a', 'b'] }), ''),
      ['usage', 'stack shop has nothing in namespace a, b', 'its namespaces: shop, data'],
    ],
  ])('%s', (_, act, told) => {
    expect(refusal(act)).toEqual(told);
  });

  test('but not where all namespaces are meant', () => {
    const components = [db, { name: 'api', workload: 'Deployment/api', dependsOn: ['db'], checks: webChecks }];
    expect(generateResilience(subject({ components }, { namespaces: ['a'], all: true }), '').length).toBe(2);
  });
});
