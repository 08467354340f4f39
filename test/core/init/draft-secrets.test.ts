import { describe, expect, test } from '@jest/globals';
import { draftSecrets, issuedCertificates } from '../../../src/core/init/draft-secrets.ts';
import type { DraftKey, DraftSecret } from '../../../src/core/init/stack-draft.ts';
import {
  container,
  deployment,
  keyEnv,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';

function drafts(...parts: Parts[]): DraftSecret[] {
  return draftSecrets(snapshotOf(...parts), namespace);
}

const takes = (...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment('web', { spec: { containers: [container('c', { env })] } });
const takesAll = (...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment('web', { spec: { containers: [container('c', { env, envFrom: [{ secretRef: { name: 'app' } }] })] } });
const pulls = deployment('web', { spec: { imagePullSecrets: [{ name: 'regcred' }] } });

function keysOf([draft]: readonly DraftSecret[]): Record<string, Omit<DraftKey, 'key' | 'from'>> {
  return Object.fromEntries(
    (draft?.keys ?? []).map(({ key, ...said }) => {
      const { from: names, ...others } = said;
      return [key, names === undefined ? said : others];
    }),
  );
}

function ingress(annotations: Readonly<Record<string, string>> = {}): Parts {
  const metadata = { name: 'web', namespace, annotations };
  return { ingresses: [{ metadata, spec: { tls: [{ hosts: ['shop.example.test'], secretName: 'web-tls' }] } }] };
}

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

describe('a key', () => {
  test('that is empty now is left out, as it would break what the file says, and that is told', () => {
    const found = drafts(
      takes(keyEnv('app', 'DB_PASSWORD'), keyEnv('app', 'NOTE'), keyEnv('app', 'OTHER')),
      secretWith('app', { DB_PASSWORD: '', NOTE: '', OTHER: 'x' }),
    );
    expect(keysOf(found)).toEqual({ OTHER: {} });
    expect(found[0]?.notes).toEqual([
      'Left out: DB_PASSWORD and NOTE, empty now, which may be meant: a key that stands here must have a value.',
    ]);
  });

  test('that may be a slip leaves the other one its names in sources', () => {
    const [draft] = drafts(takesAll(keyEnv('app', 'API_TOKEN')), secret('app', ['API-TOKEN']));
    expect(draft?.keys.map(({ key, from: names }) => [key, names?.env])).toEqual([
      ['API-TOKEN', 'APP_API_TOKEN'],
      ['API_TOKEN', undefined],
    ]);
  });

  test('that nothing names and that differs from another by - and _ is not required', () => {
    const found = drafts(takesAll(), secret('app', ['API-TOKEN', 'API_TOKEN']));
    expect(keysOf(found)).toEqual({
      'API-TOKEN': { required: false, isSlip: true, note: 'Guess: not required, as it may be a slip for API_TOKEN' },
      API_TOKEN: {},
    });
  });

  test('that a workload names counts before one that is only taken along', () => {
    const found = drafts(takesAll(keyEnv('app', 'API-TOKEN')), secret('app', ['API-TOKEN', 'API_TOKEN']));
    expect(keysOf(found)).toEqual({
      'API-TOKEN': {},
      API_TOKEN: { required: false, isSlip: true, note: 'Guess: not required, as it may be a slip for API-TOKEN' },
    });
  });

  test.each([
    ['both are named', takes(keyEnv('app', 'api_token'), keyEnv('app', 'API_TOKEN'))],
    ['both are taken along and could be variables', takesAll()],
  ])('stays required where nothing tells which is right: %s', (_, parts) => {
    const found = drafts(parts, secret('app', ['api_token', 'API_TOKEN']));
    expect(keysOf(found)).toEqual({
      API_TOKEN: { note: 'Not known: whether it and api_token are meant to be two' },
      api_token: { note: 'Not known: whether it and API_TOKEN are meant to be two' },
    });
  });
});

describe('a Secret for pulling images', () => {
  test.each([
    ['that is there', secret('regcred', ['.dockerconfigjson'], { type: 'kubernetes.io/dockerconfigjson' }), undefined],
    ['that is missing', {}, undefined],
    [
      'of another type',
      secret('regcred', ['.dockerconfigjson']),
      'Guess: the type that pulling needs; it is Opaque now, which no node uses.',
    ],
  ])('%s has the type that nodes use', (_, parts, note) => {
    const [draft] = drafts(pulls, parts);
    expect(draft?.type).toBe('kubernetes.io/dockerconfigjson');
    expect(draft?.keys.map(({ key }) => key)).toEqual(['.dockerconfigjson']);
    expect(draft?.notes.find((text) => text.startsWith('Guess'))).toBe(note);
  });

  test('of the older type keeps that, with its key', () => {
    const [draft] = drafts(pulls, secret('regcred', ['.dockercfg'], { type: 'kubernetes.io/dockercfg' }));
    expect([draft?.type, draft?.keys.map(({ key }) => key)]).toEqual(['kubernetes.io/dockercfg', ['.dockercfg']]);
  });
});

describe('the certificate of an Ingress', () => {
  const kept = secretWith('web-tls', { 'tls.crt': pem, 'tls.key': pem }, { type: 'kubernetes.io/tls' });

  test.each([
    ['that is there', kept],
    ['that is missing', {}],
  ])('%s and that nobody issues is one to keep', (_, parts) => {
    const found = drafts(ingress(), parts);
    expect(found.map(({ name, type }) => `${name} ${type ?? ''}`)).toEqual(['web-tls kubernetes.io/tls']);
    expect(keysOf(found)).toEqual({ 'tls.crt': { format: { kind: 'pem' } }, 'tls.key': { format: { kind: 'pem' } } });
    expect(found[0]?.notes).toEqual(['Guess: a certificate that nobody issues: it comes from a source of values.']);
  });

  test.each<[string, Parts[]]>([
    ['by the Ingress', [ingress({ 'cert-manager.io/issuer': 'letsencrypt' })]],
    [
      'by its own mark',
      [
        ingress(),
        secretWith(
          'web-tls',
          { 'tls.crt': pem },
          {
            type: 'kubernetes.io/tls',
            metadata: { name: 'web-tls', namespace, annotations: { 'cert-manager.io/certificate-name': 'web' } },
          },
        ),
      ],
    ],
    [
      'by its owner',
      [
        ingress(),
        secretWith(
          'web-tls',
          { 'tls.crt': pem },
          { type: 'kubernetes.io/tls', owner: { by: 'controller', name: 'Certificate/web' } },
        ),
      ],
    ],
  ])('that cert-manager issues is left out, and told: %s', (_, parts) => {
    expect(drafts(...parts)).toEqual([]);
    expect(issuedCertificates(snapshotOf(...parts))).toEqual([
      { workload: 'Secret/web-tls', note: 'Left out: Secret shop/web-tls, as cert-manager issues it.' },
    ]);
  });
});
