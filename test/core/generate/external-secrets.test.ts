import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

import { generateExternalSecrets } from '../../../src/core/generate/external-secrets.ts';
import { parseStack } from '../../../src/core/stack/parse-stack.ts';
import { fileText } from '../../../src/render/generated-files.ts';

interface Made {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Record<string, string>;
  };
  readonly spec: {
    readonly provider?: { readonly azurekv: { readonly vaultUrl: string } };
    readonly data?: readonly object[];
    readonly dataFrom?: readonly object[];
  };
}

function made(part: object): Made[] {
  const parsed = parseStack({ version: 1, name: 'shop', namespaces: ['shop', 'pay'], ...part });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { stack } = parsed;
  const subject = { stack, namespaces: stack.namespaces, all: false, argocdNamespace: 'argocd' };
  return generateExternalSecrets(subject, '').flatMap((file) =>
    parseAllDocuments(fileText({ file, madeBy: 'c2l generate external-secrets' }).text).map(
      (document) => document.toJS() as Made,
    ),
  );
}

const version = '0123456789abcdef0123456789abcdef';

test.each<[string, object, Made['spec']['data'], Made['spec']['dataFrom']]>([
  ['required: asked for outright', {}, [{ secretKey: 'a_key', remoteRef: { key: 'a-key' } }], undefined],
  [
    'optional: looked for, and given its own name again',
    { required: false },
    undefined,
    [{ find: { name: { regexp: '^a-key$' } }, rewrite: [{ regexp: { source: '^a-key$', target: 'a_key' } }] }],
  ],
  [
    'optional with a version: asked for outright, since a search knows no versions',
    { required: false, from: { azureKeyVault: `other/${version}` } },
    [{ secretKey: 'a_key', remoteRef: { key: 'other', version } }],
    undefined,
  ],
])('a key that is %s', (_case, key, data, dataFrom) => {
  const { spec } = made({ secrets: [{ name: 's', keys: { a_key: key } }] }).find(
    (each) => each.kind === 'ExternalSecret',
  )!;
  expect([spec.data, spec.dataFrom]).toEqual([data, dataFrom]);
});

test('optional keys that keep their names are one search', () => {
  const keys = { 'mail-host': { required: false }, 'mail-port': { required: false } };
  const { spec } = made({ secrets: [{ name: 's', keys }] }).find((each) => each.kind === 'ExternalSecret')!;
  expect(spec.dataFrom).toEqual([{ find: { name: { regexp: '^(mail-host|mail-port)$' } } }]);
});

test('each namespace gets a store, before its Secrets, for the vault that the stack names', () => {
  const objects = made({
    azureKeyVault: { vault: 'https://shop.vault.example', clientId: 'client', tenantId: 'tenant' },
    secrets: [
      { name: 's', keys: { a: {} } },
      { name: 's', namespace: 'pay', keys: { a: {} } },
    ],
  });
  expect(
    objects.map(({ kind, metadata }) => [
      kind,
      metadata.namespace,
      metadata.annotations['argocd.argoproj.io/sync-wave'],
    ]),
  ).toEqual([
    ['ServiceAccount', 'pay', '-2'],
    ['SecretStore', 'pay', '-2'],
    ['ServiceAccount', 'shop', '-2'],
    ['SecretStore', 'shop', '-2'],
    ['ExternalSecret', 'shop', '-1'],
    ['ExternalSecret', 'pay', '-1'],
  ]);
  expect(objects[0]?.metadata.annotations).toMatchObject({
    'azure.workload.identity/client-id': 'client',
    'azure.workload.identity/tenant-id': 'tenant',
  });
  expect(objects[1]?.spec.provider?.azurekv.vaultUrl).toBe('https://shop.vault.example');
});
