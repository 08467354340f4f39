import { describe, expect, test } from '@jest/globals';

import type { Application } from '../../../src/core/cluster/kubernetes.ts';
import type { ObjectMeta } from '../../../src/core/cluster/kubernetes-metadata.ts';
import { healerChains, pauseChain, type PauseChain } from '../../../src/core/argocd/pause-chain.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { deployment, namespace, owner, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const selfHeal = { automated: { selfHeal: true } };
const app = { kind: 'Secret', namespace, name: 'app' };
const externalPlace = { group: 'external-secrets.io', kind: 'ExternalSecret', namespace, name: 'app' };
const childPlace = { group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'child' };

type Held = NonNullable<NonNullable<Application['status']>['resources']>;

function application(
  name: string,
  resources: Held,
  more: Partial<ObjectMeta> = {},
  syncPolicy: object = selfHeal,
): Parts {
  const metadata = { name, namespace: 'argocd', ...more };
  return { applications: [{ metadata, spec: { destination: { namespace }, syncPolicy }, status: { resources } }] };
}

function external(more: Partial<ObjectMeta> = {}, creationPolicy = 'Owner'): Parts {
  const metadata = { name: 'app', namespace, ...more };
  return { externalSecrets: [{ metadata, spec: { target: { name: 'app', creationPolicy } } }] };
}

const chainOf = (...parts: readonly Parts[]): PauseChain => pauseChain(snapshotOf(secret('app', ['a']), ...parts), app);
const names = ({ objects }: PauseChain): string[] => objects.map((ref) => `${ref.kind}/${ref.name}`);
const tracked = (id: string): Partial<ObjectMeta> => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });

describe('who is kept from undoing a write to a Secret', () => {
  test.each<[string, readonly Parts[], readonly string[]]>([
    ['is nobody where nobody owns it', [], []],
    ['is the ExternalSecret that writes it', [external()], ['ExternalSecret/app']],
    ['is no ExternalSecret that writes nothing', [external({}, 'None')], []],
    ['is the Application that holds it', [application('shop', [app])], ['Application/shop']],
    ['is no Application that somebody syncs', [application('shop', [app], {}, {})], []],
    [
      'is the Application before the ExternalSecret that it sets back',
      [external(), application('shop', [externalPlace])],
      ['Application/shop', 'ExternalSecret/app'],
    ],
    [
      'is the whole chain, outermost first',
      [external(), application('child', [externalPlace]), application('root', [childPlace])],
      ['Application/root', 'Application/child', 'ExternalSecret/app'],
    ],
    [
      'ends at the Application that somebody syncs',
      [external(), application('child', [externalPlace], {}, {}), application('root', [childPlace])],
      ['ExternalSecret/app'],
    ],
    [
      'ends where Applications hold each other',
      [
        external(),
        application('child', [externalPlace, { ...childPlace, name: 'root' }]),
        application('root', [childPlace]),
      ],
      ['Application/root', 'Application/child', 'ExternalSecret/app'],
    ],
    [
      'is an Application that names no namespace for what goes to its destination',
      [external(), application('shop', [{ group: 'external-secrets.io', kind: 'ExternalSecret', name: 'app' }])],
      ['Application/shop', 'ExternalSecret/app'],
    ],
    ...(
      [
        ['group', 'other.io'],
        ['kind', 'PushSecret'],
        ['namespace', 'elsewhere'],
        ['name', 'other'],
      ] as const
    ).map(([field, value]): [string, readonly Parts[], readonly string[]] => [
      `is no Application that holds the like of another ${field}`,
      [external(), application('shop', [{ ...externalPlace, [field]: value }])],
      ['ExternalSecret/app'],
    ]),
    [
      'is the Application that its tracking id names',
      [external(tracked(`shop:external-secrets.io/ExternalSecret:${namespace}/app`)), application('shop', [])],
      ['Application/shop', 'ExternalSecret/app'],
    ],
    [
      'is the one of another namespace that its tracking id names',
      [
        external(tracked(`teams_shop:external-secrets.io/ExternalSecret:${namespace}/app`)),
        application('shop', [], { namespace: 'teams' }),
      ],
      ['Application/shop', 'ExternalSecret/app'],
    ],
    [
      'is none that the tracking id of a copy names',
      [external(tracked(`shop:external-secrets.io/ExternalSecret:${namespace}/original`)), application('shop', [])],
      ['ExternalSecret/app'],
    ],
    [
      'is none that the tracking id of another kind names',
      [external(tracked(`shop:/Secret:${namespace}/app`)), application('shop', [])],
      ['ExternalSecret/app'],
    ],
  ])('%s', (_, parts, chain) => {
    const found = chainOf(...parts);
    expect([names(found), found.obstacle]).toEqual([chain, undefined]);
  });

  test('are told with the namespace that each lies in', () => {
    expect(chainOf(external(), application('shop', [externalPlace])).objects).toEqual([
      { kind: 'Application', namespace: 'argocd', name: 'shop' },
      { kind: 'ExternalSecret', namespace, name: 'app' },
    ]);
  });
});

describe('a pause that would be undone', () => {
  const flux = (kind: string, more: Readonly<Record<string, string>> = {}): Partial<ObjectMeta> => ({
    labels: { [`${kind}.toolkit.fluxcd.io/name`]: 'shop-flux', ...more },
  });
  test.each<[string, Partial<ObjectMeta>, object, string]>([
    [
      'by the controller of the ExternalSecret',
      { ownerReferences: [owner('ClusterExternalSecret', 'all')] },
      { kind: 'ClusterExternalSecret', namespace, name: 'all' },
      'clusterexternalsecret/all makes externalsecret/app and sets back its spec',
    ],
    [
      'by Flux, from its own namespace',
      flux('kustomize', { 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' }),
      { kind: 'Kustomization', namespace: 'flux-system', name: 'shop-flux' },
      'Flux applies externalsecret/app from kustomization/shop-flux, and sets back its spec',
    ],
    [
      'by a release of Flux beside it',
      flux('helm'),
      { kind: 'HelmRelease', namespace, name: 'shop-flux' },
      'Flux applies externalsecret/app from helmrelease/shop-flux, and sets back its spec',
    ],
    [
      'by an Application that nobody could look at',
      tracked(`shop:external-secrets.io/ExternalSecret:${namespace}/app`),
      { kind: 'Application', namespace: 'argocd', name: 'shop' },
      'externalsecret/app belongs to Argo CD application/shop, which could not be looked at',
    ],
  ])('%s is told with who would do it', (_, metadata, object, reason) => {
    expect(chainOf(external(metadata)).obstacle).toEqual({ object, reason });
  });

  test('is told of the innermost that has such an owner', () => {
    const chain = chainOf(
      external(flux('helm')),
      application('shop', [externalPlace], { ownerReferences: [owner('ApplicationSet', 'all')] }),
    );
    expect(chain.obstacle?.object).toEqual({ kind: 'HelmRelease', namespace, name: 'shop-flux' });
    expect(names(chain)).toEqual(['Application/shop', 'ExternalSecret/app']);
  });

  test('is told of an ApplicationSet around it', () => {
    const chain = chainOf(application('shop', [app], { ownerReferences: [owner('ApplicationSet', 'all')] }));
    expect(chain.obstacle?.reason).toBe('applicationset/all makes application/shop and sets back its spec');
  });
});

describe('who would scale a workload back', () => {
  const web = { group: 'apps', kind: 'Deployment', namespace, name: 'web' };
  const chains = (...parts: readonly Parts[]): ((name: string) => string[]) => {
    const snapshot = snapshotOf(deployment('web'), deployment('api'), ...parts);
    const chain = healerChains(snapshot, workloads(snapshot));
    return (name) => names(chain({ kind: 'Deployment', namespace, name }));
  };

  test('is the Application that heals it, with those around it, and of no other workload', () => {
    const of = chains(application('child', [web]), application('root', [childPlace]));
    expect([of('web'), of('api')]).toEqual([['Application/root', 'Application/child'], []]);
  });

  test('is no Application that only syncs what is committed', () => {
    expect(chains(application('shop', [web], {}, { automated: {} }))('web')).toEqual([]);
  });
});
