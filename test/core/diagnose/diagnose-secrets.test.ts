import { describe, expect, test } from '@jest/globals';
import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import {
  barePod,
  container,
  cronJob,
  deployment,
  gap,
  job,
  keyEnv,
  mounting,
  namespace,
  owner,
  pullSecretFor,
  secret,
  secretWith,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

function findings(parts: readonly Parts[], stack?: Stack): Finding[] {
  // What that means for pods that run is diagnose-next-start's.
  return diagnose(snapshotOf(...parts), stack).filter(({ code }) => code !== 'next-start-fails');
}

function only(parts: readonly Parts[], stack?: Stack): Finding {
  const [first, ...rest] = findings(parts, stack);
  if (first === undefined || rest.length > 0) throw new Error(`expected one finding, got ${rest.length + 1}`);
  return first;
}

const withEnv = (...env: ReturnType<typeof keyEnv>[]): Partial<PodSpec> => ({ containers: [container('c', { env })] });

describe('a Secret that is missing as a whole', () => {
  test('is one finding with its required keys, and none for the keys', () => {
    const found = only([
      deployment('web', { spec: withEnv(keyEnv('app', 'b'), keyEnv('app', 'a'), keyEnv('app', 'extra', true)) }),
    ]);

    expect(found).toMatchObject({
      id: 'secret-missing/shop/app',
      severity: 'error',
      keys: ['a', 'b'],
      message: 'secret/app does not exist, which deployment/web needs',
      fix: 'c2l fix-secrets -n shop',
    });
    expect(found.blocks.map(refText)).toEqual(['deployment/web']);
  });

  test('is information where nothing requires it', () => {
    const spec: Partial<PodSpec> = {
      containers: [container('c', { envFrom: [{ secretRef: { name: 'app', optional: true } }] })],
      volumes: [{ name: 'v', secret: { secretName: 'app', optional: true } }],
    };
    const found = only(
      [deployment('web', { spec })],
      stackOf({ secrets: [{ name: 'app', keys: { k: { required: false } } }] }),
    );

    expect(found).toMatchObject({
      code: 'optional-key-absent',
      severity: 'info',
      blocks: [],
      // No command of c2l would add it.
      fix: 'c2l audit -v',
    });
  });

  test.each<[string, Partial<PodSpec>]>([
    ['envFrom', { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] }],
    ['a volume', mounting({ name: 'v', secret: { secretName: 'app' } })],
    ['a projected volume', mounting({ name: 'v', projected: { sources: [{ secret: { name: 'app' } }] } })],
    ['a CSI driver', mounting({ name: 'v', csi: { driver: 'd', nodePublishSecretRef: { name: 'app' } } })],
  ])('is an error for %s, which names no key', (_, spec) => {
    expect(only([deployment('web', { spec })])).toMatchObject({
      code: 'secret-missing',
      severity: 'error',
      keys: [],
      fix: 'kubectl -n shop create secret generic app --from-file=DIRECTORY',
    });
  });
});

describe('a missing required key is an error', () => {
  const spec = withEnv(keyEnv('app', 'k'));

  test.each([
    ['where the pod still runs', deployment('web', { spec }), 'deployment/web'],
    ['at 0 replicas', deployment('web', { spec, replicas: 0 }), 'deployment/web'],
    ['in a CronJob', cronJob('nightly', { spec }), 'cronjob/nightly'],
    ['in a bare pod', barePod('p', spec), 'pod/p'],
  ])('%s', (_, parts, blocked) => {
    const found = only([parts, secret('app', ['other'])]);

    expect(found).toMatchObject({ code: 'secret-key-missing', severity: 'error', key: 'k' });
    expect(found.blocks.map(refText)).toEqual([blocked]);
  });

  test('and is not to be added to an immutable Secret, which another one has to replace', () => {
    expect(only([deployment('web', { spec }), secret('app', ['other'], { immutable: true })])).toMatchObject({
      message:
        'secret/app lacks key k, which deployment/web needs; the Secret is immutable and must be deleted and created again',
      fix: 'c2l fix-secrets -n shop --recreate app',
    });
  });

  test('and says once who else writes the Secret', () => {
    const owner = { by: 'external-secrets', name: 'app-external' } as const;

    expect(only([deployment('web', { spec }), secret('app', [], { owner })])).toMatchObject({
      message: 'secret/app lacks key k, which deployment/web needs',
      owner: { name: 'app-external', repair: expect.stringContaining('externalsecret/app-external') },
    });
  });
});

describe('a Secret that was deleted and that a finalizer holds', () => {
  const metadata = {
    name: 'app',
    namespace,
    deletionTimestamp: '2026-03-01T10:00:00Z',
    finalizers: ['example.test/hold'],
  };
  const going = secret('app', ['k'], { metadata });

  test('is an error with all its keys there, and the cause of what it lacks', () => {
    const whole = only([deployment('web', { spec: withEnv(keyEnv('app', 'k')) }), going]);
    expect(whole).toMatchObject({
      id: 'secret-terminating/shop/app',
      severity: 'error',
      message:
        'secret/app, which deployment/web needs, was deleted at 2026-03-01 10:00:00 UTC: only example.test/hold still holds it, and all its keys go with it',
      fix: "kubectl -n shop get secret app -o jsonpath='{.metadata.finalizers}'",
    });
    expect(whole.blocks.map(refText)).toEqual(['deployment/web']);

    const lacking = findings([deployment('web', { spec: withEnv(keyEnv('app', 'k'), keyEnv('app', 'l')) }), going]);
    expect(lacking.map(({ code, causes, fix }) => [code, causes, fix])).toEqual([
      ['secret-key-missing', [whole.id], whole.fix],
      ['secret-terminating', [], whole.fix],
    ]);
  });

  test('is of no concern where nothing needs it', () => {
    expect(findings([deployment('web', { spec: withEnv(keyEnv('app', 'k', true)) }), going])).toEqual([]);
  });
});

test("a CronJob's Job needs the keys it began with, whatever the CronJob has needed since", () => {
  const { jobs = [], pods = [] } = job('nightly-1', {
    spec: withEnv(keyEnv('app', 'old-key')),
    pods: pending([], [waiting('c', 'CreateContainerConfigError', "couldn't find key old-key in Secret shop/app")]),
  });
  const [running] = jobs;
  if (running === undefined) throw new Error('the builder makes one Job');
  const owned = { ...running, metadata: { ...running.metadata, ownerReferences: [owner('CronJob', 'nightly')] } };

  const found = findings([
    cronJob('nightly', { spec: withEnv(keyEnv('app', 'new-key')) }),
    { jobs: [owned], pods },
    secret('app', ['other']),
  ]);

  expect(found.map(({ code, key, references = [] }) => [code, key, references.map(refText)])).toEqual([
    ['secret-key-missing', 'new-key', ['cronjob/nightly']],
    ['secret-key-missing', 'old-key', ['job/nightly-1']],
  ]);
});

describe('a value', () => {
  const stack = stackOf({
    secrets: [
      { name: 'app', keys: { k: { format: { minLength: 16 } }, o: { required: false, format: { minLength: 16 } } } },
    ],
  });
  const web = deployment('web', { spec: withEnv(keyEnv('app', 'k')) });
  const good = 'g'.repeat(20);

  test.each([
    ['CHANGE_ME_NOW_PLEASE', 'secret-value-placeholder', 'key k of secret/app is a placeholder'],
    ['tooshort', 'secret-value-invalid', 'key k of secret/app is shorter than 16 characters'],
    ['', 'secret-value-invalid', 'key k of secret/app is empty'],
  ])('that is unfit blocks as a missing one does (%#)', (value, code, message) => {
    const found = only([web, secretWith('app', { k: value, o: good })], stack);

    expect(found).toMatchObject({ code, severity: 'error', message });
    expect(found.blocks.map(refText)).toEqual(['deployment/web']);
  });

  test('that is unfit and not required is a warning that blocks nothing', () => {
    expect(only([web, secretWith('app', { k: good, o: 'tooshort' })], stack)).toMatchObject({
      code: 'secret-value-invalid',
      severity: 'warning',
      blocks: [],
    });
  });

  test('that an annotation shows is a warning, once for the Secret', () => {
    const parts = secretWith('app', { k: good }, { exposedKeys: ['k', 'l'] });

    expect(only([parts])).toMatchObject({
      code: 'secret-values-exposed',
      severity: 'warning',
      message:
        'secret/app shows the values of k and l in its annotation kubectl.kubernetes.io/last-applied-configuration',
    });
  });
});

describe('a missing image pull secret', () => {
  const spec: Partial<PodSpec> = { imagePullSecrets: [{ name: 'reg' }] };
  const found = (...parts: Parts[]) => {
    const all = findings(parts);
    return { codes: all.map(({ code }) => code), pull: all.find(({ code }) => code === 'image-pull-secret-missing') };
  };

  test('is a warning where pods run with what their node has', () => {
    const { codes, pull } = found(deployment('web', { spec }));

    expect(codes).toEqual(['image-pull-secret-missing']);
    expect(pull).toMatchObject({ severity: 'warning', secret: 'reg', blocks: [] });
  });

  test.each(['ErrImagePull', 'ImagePullBackOff'])(
    'is an error where a pull fails with %s, and explains it',
    (reason) => {
      const { codes, pull } = found(
        deployment('web', { spec, pods: pending([], [waiting('web', reason, 'no basic auth credentials')]) }),
        statefulSet('db', { spec }),
      );

      expect(codes).toEqual(['image-pull-secret-missing']);
      expect(pull?.severity).toBe('error');
      expect(pull?.blocks.map(refText)).toEqual(['deployment/web']);
    },
  );

  test('is no worse where something else would take it too, and names only who pulls with it', () => {
    const optional = mounting({ name: 'v', secret: { secretName: 'reg', optional: true } });
    const { codes, pull } = found(deployment('web', { spec }), deployment('other', { spec: optional }));

    expect(codes).toEqual(['image-pull-secret-missing']);
    expect(pull).toMatchObject({ severity: 'warning', blocks: [] });
    expect(pull?.references?.map(refText)).toEqual(['deployment/web']);
  });

  test('is told as a missing Secret, to be created with its type, where something else requires it', () => {
    const mounted = { ...spec, ...mounting({ name: 'v', secret: { secretName: 'reg' } }) };

    expect(only([deployment('web', { spec: mounted })])).toMatchObject({
      code: 'secret-missing',
      severity: 'error',
      fix: 'kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE',
    });
  });

  test('is an error where no pod shows that the image can be had without', () => {
    expect(found(deployment('web', { spec, replicas: 0 })).pull).toMatchObject({ severity: 'error' });
  });

  test('is a warning where kubelet got as far as the environment: it has the image', () => {
    const pods = pending([], [waiting('web', 'CreateContainerConfigError', 'secret "x" not found')]);

    expect(found(deployment('web', { spec, pods })).pull).toMatchObject({ severity: 'warning' });
  });

  test("is found in the ServiceAccount's list, and keeps its code where the stack declares it", () => {
    const stack = stackOf({ secrets: [{ name: 'reg', keys: { '.dockerconfigjson': { required: false } } }] });
    const account = { metadata: { name: 'default', namespace }, imagePullSecrets: [{ name: 'reg' }] };

    expect(only([deployment('web'), { serviceAccounts: [account] }], stack).references).toEqual([
      { kind: 'Deployment', namespace, name: 'web', via: 'serviceAccount', optional: false },
    ]);
  });

  test('that a ServiceAccount names is told with it, as the workload names none', () => {
    const account = { metadata: { name: 'robot', namespace }, imagePullSecrets: [{ name: 'reg' }] };
    const workload = deployment('web', { spec: { containers: [container('c')], serviceAccountName: 'robot' } });
    expect(only([workload, { serviceAccounts: [account] }]).message).toMatch(
      /^secret\/reg for pulling images does not exist; serviceaccount\/robot names it; pods run/,
    );
  });

  test('does not explain a pull that fails for a pull secret that is there', () => {
    const pods = pending([], [waiting('web', 'ImagePullBackOff', 'not found')]);

    expect(found(deployment('web', { spec, pods }), pullSecretFor('reg', 'docker.io')).codes).toEqual([
      'image-not-found',
    ]);
  });
});

describe('a certificate', () => {
  const ingress = (name: string) => ({ metadata: { name, namespace }, spec: { tls: [{ secretName: 'cert' }] } });

  test('that is missing is one finding with every Ingress that needs it', () => {
    expect(only([{ ingresses: [ingress('b'), ingress('a')] }])).toMatchObject({
      id: 'tls-secret-missing/shop/cert',
      object: { kind: 'Ingress', namespace, name: 'a' },
      references: [
        { kind: 'Ingress', namespace, name: 'a', via: 'tls', optional: false },
        { kind: 'Ingress', namespace, name: 'b', via: 'tls', optional: false },
      ],
      fix: 'kubectl -n shop create secret tls cert --cert=FILE --key=FILE',
    });
  });

  test.each([
    [true, ['tls-secret-missing']],
    [false, ['secret-missing', 'tls-secret-missing']],
  ])('that a volume would take too is still said to be missing (optional: %s)', (optional, codes) => {
    const spec = mounting({ name: 'v', secret: { secretName: 'cert', optional } });
    const found = findings([{ ingresses: [ingress('a')] }, deployment('web', { spec })]);

    expect(found.map(({ code }) => code)).toEqual(codes);
    for (const { fix } of found) expect(fix).toBe('kubectl -n shop create secret tls cert --cert=FILE --key=FILE');
    for (const { code, references = [] } of found) {
      expect(references.map(refText)).toEqual([code === 'tls-secret-missing' ? 'ingress/a' : 'deployment/web']);
    }
  });

  test('that lacks its private key lacks a key, and blocks no workload', () => {
    expect(only([{ ingresses: [ingress('a')] }, secret('cert', ['tls.crt'])])).toMatchObject({
      code: 'secret-key-missing',
      key: 'tls.key',
      blocks: [],
      fix: 'kubectl -n shop create secret tls cert --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl replace --force -f -',
    });
  });

  test('that holds other things alone is the wrong Secret, and keeps them', () => {
    const found = diagnose(snapshotOf({ ingresses: [ingress('a')] }, secret('cert', ['password'])));
    expect(found.map(({ message, fix }) => `${message}: ${fix}`)).toEqual(
      ['tls.crt', 'tls.key'].map(
        (key) =>
          `secret/cert lacks key ${key}, which ingress/a needs; it is of type Opaque and holds no certificate: is another Secret meant?: kubectl -n shop edit ingress a`,
      ),
    );
  });
});

describe('what could not be read', () => {
  const resources = [
    'secrets',
    'pods',
    'deployments',
    'statefulsets',
    'daemonsets',
    'replicasets',
    'jobs',
    'cronjobs',
    'services',
    'serviceaccounts',
    'ingresses',
    'events',
  ];

  test.each(resources)('%s: is said once, and is neither an error nor missing', (resource) => {
    const found = only([
      deployment('web', { spec: { containers: [container('c')] } }),
      { gaps: [gap(resource), gap(resource)] },
    ]);

    expect(found).toMatchObject({
      id: expect.stringMatching(/^unreadable\/shop\//),
      severity: 'warning',
      message: expect.stringContaining(
        `${resource} in namespace shop could not be read (listing ${resource} is forbidden)`,
      ),
      fix: `kubectl auth can-i list ${resource} -n shop`,
    });
  });

  test.each(['applications', 'deployments', 'statefulsets'])('%s of Argo CD are said too', (resource) => {
    const codes = findings([{ applications: [], gaps: [gap(resource, 'argocd')] }]).map(({ id }) => id.split('/')[0]);

    expect(codes).toEqual(['unreadable']);
  });

  test('Secrets: their keys are not called missing', () => {
    const parts = [deployment('web', { spec: withEnv(keyEnv('app', 'k')) }), { gaps: [gap('secrets')] }];

    expect(findings(parts).map(({ code }) => code)).toEqual(['unreadable']);
  });

  test('a workload of the stack is not called missing where its list could not be read', () => {
    const stack = stackOf({ components: [{ name: 'db', workload: 'StatefulSet/db' }] });

    expect(findings([{ gaps: [gap('statefulsets')] }], stack).map(({ code }) => code)).toEqual(['unreadable']);
    expect(findings([], stack).map(({ code }) => code)).toEqual(['workload-missing']);
  });
});
