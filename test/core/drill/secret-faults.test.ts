import { describe, expect, test } from '@jest/globals';
import { volatileWorkloads } from '../../../src/core/drill/drill-pods.ts';
import type { DrillFault } from '../../../src/core/drill/drill-schema.ts';
import { faultsOf } from '../../../src/core/drill/secret-faults.ts';
import { OperatorError } from '../../../src/errors.ts';
import {
  container,
  deployment,
  keyEnv,
  secret,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const uses = (name: string, ...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment(name, { spec: { containers: [container(name, { env })] } });

const web = uses('web', keyEnv('app', 'password'), keyEnv('app', 'note', true), keyEnv('other', 'token'));

const app = secret('app', ['password', 'note', 'unused']);

const other = secret('other', ['token']);

const volumeMounts = [{ name: 'data', mountPath: '/var/lib/postgresql/data' }];

const database = (volumes: readonly object[]): Parts =>
  statefulSet('db', {
    spec: {
      containers: [container('db', { image: 'postgres:16', env: [keyEnv('app', 'password')], volumeMounts })],
      volumes: volumes as never,
    },
  });

const kept = database([{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]);

const volatile = database([{ name: 'data', emptyDir: {} }]);

function shown({ faults }: ReturnType<typeof faultsOf>): string[] {
  return faults.map((fault) => `${fault.secret.metadata.name} ${fault.does} ${fault.keys.join(',')}`);
}

function refusal(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (error instanceof OperatorError) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error('was not refused');
}

const lose = (secrets: unknown, revisions = false): DrillFault =>
  ({ kind: 'lose-secrets', secrets, revisions }) as DrillFault;

const loseKeys = (keys: unknown): DrillFault => ({ kind: 'lose-keys', keys }) as DrillFault;

const change = (keys: unknown): DrillFault => ({ kind: 'change-values', keys, into: 'line-break' }) as DrillFault;

describe('what a scenario does to Secrets', () => {
  const parts = [web, app, other, secret('stranger', ['x'])];
  test.each<[string, DrillFault, readonly string[]]>([
    ['loses every one that something needs', lose('all'), ['app lost note,password,unused', 'other lost token']],
    ['loses the named alone', lose(['other']), ['other lost token']],
    ['takes every required key', loseKeys('required'), ['app keys-lost password', 'other keys-lost token']],
    ['takes the named keys', loseKeys(['note', 'token']), ['app keys-lost note', 'other keys-lost token']],
    ['changes the named values', change(['password']), ['app line-break password']],
    ['loses none for a fault of another kind', { kind: 'lose-workloads', workloads: 'all' }, []],
    ['loses none for a repair that is undone', { kind: 'undo-recovery', times: 1 }, []],
    ['loses none for a source that refuses', { kind: 'refuse-source', source: 'azure-key-vault' }, []],
  ])('%s', (_, fault, told) => {
    expect(shown(faultsOf([fault], snapshotOf(...parts), undefined))).toEqual(told);
  });

  test('of two faults of one Secret does the first', () => {
    const found = faultsOf([loseKeys(['token']), lose(['other']), lose(['app'])], snapshotOf(...parts), undefined);
    expect(shown(found)).toEqual(['other keys-lost token', 'app lost note,password,unused']);
  });

  test.each<[string, DrillFault, string, string]>([
    ['a Secret that is not there', lose(['app', 'gone']), 'the stack has no Secret gone', 'c2l audit'],
    ['a Secret that nothing needs', lose(['stranger']), 'the stack has no Secret stranger', 'c2l audit'],
    ['keys that none has', loseKeys(['gone', 'password', 'lost']), 'the stack has no key gone, lost', 'c2l audit'],
    [
      'credentials of registries where there are none',
      lose('image-pull'),
      'the stack has no Secret that this scenario could lose',
      'c2l dr-drill list',
    ],
    [
      'logins where no check logs in',
      change('logins'),
      'the stack has no key that this scenario could break',
      'c2l dr-drill list',
    ],
  ])('refuses %s', (_, fault, message, hint) => {
    expect(refusal(() => faultsOf([fault], snapshotOf(...parts), undefined))).toEqual(['drill-invalid', message, hint]);
  });

  test('says why the only key that it means cannot be lost', () => {
    const snapshot = snapshotOf(
      uses('web', keyEnv('app', 'password')),
      secret('app', ['password'], { immutable: true }),
    );
    const why = 'is immutable: it can be lost whole, and loses no key';
    expect(refusal(() => faultsOf([loseKeys('required')], snapshot, undefined))[1]).toBe(
      `the stack has no key that this scenario could break: secret/app ${why}`,
    );
  });

  const component = (password: object) => ({
    name: 'db',
    workload: 'StatefulSet/db',
    checks: [{ kind: 'postgres-login', user: { value: 'shop' }, password }],
  });

  test('changes the passwords that checks log in with', () => {
    const stack = stackOf({ components: [component({ secret: 'app', key: 'password' })] });
    expect(shown(faultsOf([change('logins')], snapshotOf(kept, web, app, other), stack))).toEqual([
      'app line-break password',
    ]);
  });

  test('changes no password of a database whose data would go with its pod', () => {
    const stack = stackOf({ components: [component({ secret: 'app', key: 'password' })] });
    expect(
      volatileWorkloads(snapshotOf(volatile, kept === volatile ? {} : web), stack).map(({ ref }) => ref.name),
    ).toEqual(['db']);
    expect(refusal(() => faultsOf([change('logins')], snapshotOf(volatile, app), stack))[0]).toBe('drill-invalid');
    expect(refusal(() => faultsOf([change(['password'])], snapshotOf(volatile, app), undefined))).toEqual([
      'drill-refused',
      'statefulset/db uses a value that this scenario changes, and its data lies in its pod: it would be lost',
      'give it a volume, or name other keys in the scenario',
    ]);
    expect(shown(faultsOf([loseKeys(['password'])], snapshotOf(volatile, app), undefined))).toEqual([
      'app keys-lost password',
    ]);
  });
});

describe('of what a scenario means', () => {
  const revision = (name: string, of: string): Parts =>
    secret(name, ['password'], {
      type: 'c2l.dev/revision',
      metadata: { name, namespace: 'shop', annotations: { 'c2l.dev/secret-name': of } },
    });
  const kept = [revision('app.c2l-1z', 'app'), revision('other.c2l-1z', 'other')];
  const pulls = deployment('pulls', { spec: { imagePullSecrets: [{ name: 'registry' }] } });
  const registry = secret('registry', ['.dockerconfigjson'], { pullCredentials: { state: 'readable', entries: [] } });

  test('the copies that c2l keeps go where the scenario says so, those of what is lost alone', () => {
    const snapshot = snapshotOf(web, app, other, ...kept);
    expect(shown(faultsOf([lose(['app'], true)], snapshot, undefined))).toEqual([
      'app lost note,password,unused',
      'app.c2l-1z lost password',
    ]);
  });

  test('credentials of registries are told from other Secrets', () => {
    const snapshot = snapshotOf(web, app, other, pulls, registry);
    const stack = stackOf({ secrets: [{ name: 'registry', keys: { '.dockerconfigjson': {} } }] });
    const isForPulls = (secrets: unknown) =>
      faultsOf([lose(secrets)], snapshot, stack).faults.map((fault) => [fault.secret.metadata.name, fault.isForPulls]);
    expect(isForPulls('image-pull')).toEqual([['registry', true]]);
    expect(isForPulls(['registry'])).toEqual([['registry', false]]);
  });

  test('keys are told in their order, and those of no other Secret of an immutable one', () => {
    const fixed = secret('fixed', ['token'], { immutable: true });
    const two = uses('web', keyEnv('app', 'password'), keyEnv('app', 'note'), keyEnv('fixed', 'token'));
    const { faults, spared } = faultsOf(
      [loseKeys('required')],
      snapshotOf(two, secret('app', ['password', 'note']), fixed),
      undefined,
    );
    expect([
      faults.map(({ keys, isForPulls }) => [keys, isForPulls]),
      spared.map((each) => each.secret.metadata.name),
    ]).toEqual([[[['note', 'password'], false]], ['fixed']]);
    expect(shown(faultsOf([loseKeys(['token'])], snapshotOf(two, app, fixed), undefined))).toEqual([
      'fixed keys-lost token',
    ]);
  });

  test('an immutable value is not changed, and that is why nothing can be', () => {
    const fixed = ['app', 'other'].map((name) => secret(name, ['password'], { immutable: true }));
    const stack = stackOf({
      components: ['app', 'other'].map((name) => ({
        name,
        workload: `Deployment/${name}`,
        checks: [
          { kind: 'http', service: 'web', port: 80, path: '/' },
          { kind: 'postgres-login', user: { value: 'shop' }, password: { value: 'fixed' } },
          { kind: 'postgres-login', user: { value: 'shop' }, password: { secret: name, key: 'password' } },
        ],
      })),
    });
    const both = uses('web', keyEnv('app', 'password'), keyEnv('other', 'password'));
    const why = 'is immutable: it can be lost whole, and no value in it changes';
    expect(refusal(() => faultsOf([change('logins')], snapshotOf(both, ...fixed), stack))[1]).toBe(
      `the stack has no key that this scenario could break: secret/app ${why}: secret/other ${why}`,
    );
  });
});
