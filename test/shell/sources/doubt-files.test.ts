import { expect, test } from '@jest/globals';

import { withNotes } from '../../../src/core/fix/plan-notes.ts';
import { planSecret, secretTargets, wantedKeys } from '../../../src/core/fix/plan-secrets.ts';
import { requirements } from '../../../src/core/secrets/requirements.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { Session } from '../../../src/shell/session.ts';
import { doubtFiles } from '../../../src/shell/sources/doubt-files.ts';
import type { ValueSource } from '../../../src/value-ports.ts';
import { deployment, emptySnapshot, listing, secret } from '../../support/planning-world.ts';
import { createTestTerminal } from '../../support/terminal.ts';

function file(label: string, values: Readonly<Record<string, string>>): ValueSource {
  return {
    label,
    kind: 'env',
    warnings: [],
    nameOf: ({ envName }) => envName,
    lookUp: (wanted) =>
      Promise.resolve(
        wanted.map(({ envName }) => {
          const text = values[envName];
          return text === undefined
            ? { state: 'not-found' as const }
            : { state: 'found' as const, value: SecretValue.fromText(text), detail: 'line 1' };
        }),
      ),
  };
}

const vault: ValueSource = {
  label: 'azure-key-vault:prod',
  warnings: [],
  nameOf: ({ azureKeyVaultName }) => azureKeyVaultName,
  lookUp: () => Promise.reject(new Error('is asked for what is needed alone')),
};

const terminal = createTestTerminal({});
const session = { deps: { signal: new AbortController().signal, terminal }, stack: undefined } as unknown as Session;
const snapshot = {
  ...emptySnapshot('shop'),
  secrets: listing([
    secret('shop', 'app', { user: 'shop', token: 'live', id: 'one' }),
    secret('shop', 'other', { id: 'two' }),
  ]),
  deployments: listing([
    deployment('shop', 'api', {
      env: [
        ['app', 'user'],
        ['app', 'token'],
        ['app', 'password'],
        ['app', 'id'],
        ['other', 'id'],
      ],
    }),
  ]),
};

test('a key that stays is no SAME: a file that was read anyway tells where it holds another value', async () => {
  const sources = [
    vault,
    file('env:new', { TOKEN: 'old', ID: 'three' }),
    file('env:old', { USER: 'x', TOKEN: 'live' }),
  ];
  const found = new Map([['shop/app/password', { value: SecretValue.fromText('pw'), source: 'env:new (line 3)' }]]);
  const targets = secretTargets(wantedKeys(requirements(snapshot), []), snapshot);
  const notes = {
    differing: await doubtFiles(session, snapshot, { sources, found }),
    refusals: new Map([['shop/app/password', ['azure-key-vault:prod: the secret expired']]]),
  };
  const plans = targets.map((target) => withNotes(planSecret(target, found), notes));

  expect(plans.flatMap(({ keys }) => keys)).toEqual([
    // Two keys of that name: nothing tells whose value it is.
    { key: 'id', change: 'KEEP' },
    {
      key: 'password',
      change: 'ADD',
      source: 'env:new (line 3)',
      passedOver: ['azure-key-vault:prod: the secret expired'],
    },
    { key: 'token', change: 'KEEP', differsIn: 'env:new (line 1)' },
    { key: 'user', change: 'KEEP' },
  ]);
  expect(terminal.stderr).toContain('other values than the cluster for 1 of 1 key that both have: token;');
});
