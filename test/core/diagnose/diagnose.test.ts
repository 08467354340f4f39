import { describe, expect, test } from '@jest/globals';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { valueOf, withoutKey } from '../../support/builders.ts';
import {
  apiKeys,
  healthyWorld,
  incidentStack,
  incidentWorld,
  optionalKeys,
  requiredKeys,
  secretName,
} from '../../support/incident-world.ts';

const stack = incidentStack();
const modes = [
  ['with the stack', stack],
  ['without a stack', undefined],
] as const;

function lines(findings: readonly Finding[]): string[] {
  return findings.map(({ id, severity, blocks }) => `${severity} ${id} blocks ${blocks.map(refText).join(', ')}`);
}

describe.each(modes)('the incident, %s', (_, given) => {
  const findings = diagnose(incidentWorld(), given);
  const missing = findings.filter(({ code }) => code === 'secret-key-missing');

  test('names every missing required key at once', () => {
    expect(missing.map(({ key }) => key)).toEqual([
      'admin-password',
      'auth0-audience',
      'auth0-client-id',
      'auth0-client-secret',
      'auth0-issuer-url',
      'postgres-auth-password',
      'stripe-test-publishable-key',
      'stripe-test-secret-key',
      'stripe-test-webhook-secret',
    ]);
    expect(missing.every(({ severity }) => severity === 'error')).toBe(true);
  });

  test('tells absent optional keys as information, and nothing else', () => {
    const others = findings.filter(({ code }) => code !== 'secret-key-missing');

    expect(others.map(({ key }) => key)).toEqual([...optionalKeys].sort());
    expect(new Set(others.map(({ code, severity }) => `${code} ${severity}`))).toEqual(
      new Set(['optional-key-absent info']),
    );
  });
});

test('a key blocks its own users first, dependencies before dependents, and then what waits for them', () => {
  const blocks = (key: string) =>
    diagnose(incidentWorld(), stack)
      .find((finding) => finding.key === key)
      ?.blocks.map(refText);

  expect(blocks('postgres-auth-password')).toEqual([
    'statefulset/postgres-auth',
    'deployment/api-backend',
    'deployment/web',
  ]);
  expect(blocks('auth0-audience')).toEqual(['deployment/api-backend', 'deployment/web']);
  expect(blocks('admin-password')).toEqual(['deployment/grafana']);
});

test('a finding is complete: places, message, and the command to type next', () => {
  const finding = diagnose(incidentWorld(), stack).find(({ key }) => key === 'postgres-auth-password');

  expect(finding).toEqual({
    id: `secret-key-missing/shop/${secretName}/postgres-auth-password`,
    code: 'secret-key-missing',
    severity: 'error',
    object: { kind: 'Secret', namespace: 'shop', name: secretName },
    secret: secretName,
    key: 'postgres-auth-password',
    references: [
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'api-backend',
        container: 'db-migrate',
        init: true,
        via: 'env',
        optional: false,
      },
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'api-backend',
        container: 'api-backend',
        via: 'env',
        optional: false,
      },
      {
        kind: 'StatefulSet',
        namespace: 'shop',
        name: 'postgres-auth',
        container: 'postgres',
        via: 'env',
        optional: false,
      },
    ],
    message: `secret/${secretName} lacks key postgres-auth-password, which deployment/api-backend and statefulset/postgres-auth need`,
    causes: [],
    blocks: [
      { kind: 'StatefulSet', namespace: 'shop', name: 'postgres-auth' },
      { kind: 'Deployment', namespace: 'shop', name: 'api-backend' },
      { kind: 'Deployment', namespace: 'shop', name: 'web' },
    ],
    fix: 'c2l fix-secrets',
  });
});

describe('laws', () => {
  test.each(modes)('a healthy cluster has no findings, %s', (_, given) => {
    expect(lines(diagnose(healthyWorld(), given))).toEqual([]);
  });

  test.each(requiredKeys)('losing %s alone is one root, in a cluster whose pods still run', (key) => {
    const findings = diagnose(withoutKey(healthyWorld(), secretName, key), stack);
    const users = {
      'postgres-auth-password': ['statefulset/postgres-auth', 'deployment/api-backend', 'deployment/web'],
      'postgres-user': ['statefulset/postgres', 'deployment/api-backend', 'deployment/web'],
      'postgres-password': ['statefulset/postgres', 'deployment/api-backend', 'deployment/web'],
      'admin-password': ['deployment/grafana'],
    }[key] ?? ['deployment/api-backend', 'deployment/web'];

    const root = `secret-key-missing/shop/${secretName}/${key}`;
    const effects = findings.filter(({ causes }) => causes.length > 0);
    expect(lines(findings.filter((finding) => !effects.includes(finding)))).toEqual([
      `error ${root} blocks ${users.join(', ')}`,
    ]);
    expect(effects.map(({ code, causes }) => [code, ...causes])).toEqual(effects.map(() => ['next-start-fails', root]));
    expect(effects.length).toBeGreaterThan(0);
  });

  test('the order in which the API lists things does not matter', () => {
    const snapshot = incidentWorld();
    const reversed = Object.fromEntries(
      Object.entries(snapshot).map(([name, listing]: [string, unknown]) => [
        name,
        isListing(listing) ? { ...listing, items: listing.items.toReversed() } : listing,
      ]),
    ) as unknown as Snapshot;

    expect(diagnose(reversed, stack)).toEqual(diagnose(snapshot, stack));
  });

  test('ids are unique', () => {
    const ids = diagnose(incidentWorld(), stack).map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  test('no value of a Secret stands in any finding', () => {
    const text = JSON.stringify([diagnose(incidentWorld(), stack), diagnose(healthyWorld(), stack)]);

    for (const key of apiKeys) expect(text).not.toContain(valueOf(key));
  });
});

function isListing(value: unknown): value is { readonly items: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'items' in value;
}
