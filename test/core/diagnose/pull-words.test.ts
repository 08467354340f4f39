import { expect, test } from '@jest/globals';
import type { ContainerStatus, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  namespace,
  pullSecretFor,
  secret,
  snapshotOf,
  type Parts,
  type WorkloadOptions,
} from '../../support/builders.ts';
import { ended, pending, running, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const main = container('main', { image: 'registry.example/shop/main:1' });
const side = container('side', { image: 'mirror.example/side:1' });

function pulling(name: string, options: WorkloadOptions = {}, secrets: readonly string[] = ['reg']): Parts {
  const spec: PodSpec = {
    containers: [main, side],
    imagePullSecrets: secrets.map((each) => ({ name: each })),
    ...options.spec,
  };
  return deployment(name, { ...options, spec });
}

const inState = (...statuses: ContainerStatus[]) => ({ pods: pending([], statuses) });
const waitsFor = (reason: string) => waiting('main', reason);
const creating = waiting('side', 'ContainerCreating');
const refusal = 'failed to pull: 401 Unauthorized';
const account = (name: string): Parts => ({
  serviceAccounts: [{ metadata: { name, namespace }, imagePullSecrets: [{ name: 'reg' }] }],
});
const through = (name: string, serviceAccountName?: string): Parts =>
  deployment(name, { spec: { containers: [main], ...(serviceAccountName !== undefined && { serviceAccountName }) } });

const pullTold = (parts: readonly Parts[]): string[] =>
  told(
    diagnose(snapshotOf(...parts)).filter(
      ({ code }) => code.startsWith('image-') && !/^image-(?:pull-failed|pull-unauthorized|not-found)$/.test(code),
    ),
  );

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'of two of which one cannot pull',
    [pulling('b', inState(waitsFor('ErrImageNeverPull'), creating)), pulling('a')],
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and deployment/b cannot pull its image [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/b',
    ],
  ],
  [
    'of two that cannot pull',
    [pulling('b', inState(waitsFor('ErrImagePull'), creating)), pulling('a', inState(waitsFor('ImagePullBackOff')))],
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and deployment/a cannot pull its image [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/a deployment/b',
    ],
  ],
  [
    'of two without a pod',
    [pulling('a', { replicas: 0 }), pulling('b', { replicas: 0 })],
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and no pod shows that its image can be had without [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/a deployment/b',
    ],
  ],
  ...['CreateContainerConfigError', 'CreateContainerError', 'CrashLoopBackOff', 'RunContainerError'].map(
    (reason): [string, readonly Parts[], readonly string[]] => [
      `where the image is there: ${reason}`,
      [pulling('a', inState(creating, waitsFor(reason)))],
      [
        'warning image-pull-secret-missing: secret/reg for pulling images does not exist; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE]',
      ],
    ],
  ),
  [
    'where the container ended',
    [pulling('a', inState(ended('main', 1), creating))],
    [
      'warning image-pull-secret-missing: secret/reg for pulling images does not exist; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE]',
    ],
  ],
  [
    'where the container runs beside one that waits',
    [pulling('a', inState(running('main'), creating))],
    [
      'warning image-pull-secret-missing: secret/reg for pulling images does not exist; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE]',
    ],
  ],
  [
    'where no image is there yet',
    [pulling('a', inState(waitsFor('ContainerCreating'), creating))],
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and no pod shows that its image can be had without [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/a',
    ],
  ],
  [
    'through an account',
    [account('default'), through('a')],
    [
      'warning image-pull-secret-missing: secret/reg for pulling images does not exist; serviceaccount/default names it; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE]',
    ],
  ],
  [
    'through two accounts, and named',
    [account('robot'), account('android'), through('a', 'robot'), through('b', 'android'), pulling('c')],
    [
      'warning image-pull-secret-missing: secret/reg for pulling images does not exist; serviceaccount/android and serviceaccount/robot name it; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE]',
    ],
  ],
])('a pull Secret that is missing, %s', (_, parts, expected) => {
  expect(pullTold(parts)).toEqual(expected);
});

const opaque = secret('reg', ['password']);
const promised = secret('reg', ['password'], {
  promised: { names: new Set<string>(), hasOthers: false },
});

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'of another type',
    [pulling('a', { replicas: 0 }), opaque],
    [
      'error image-pull-secret-invalid: secret/reg for pulling images is of type Opaque, which kubelet passes over: it takes kubernetes.io/dockerconfigjson, and no pod shows that its image can be had without [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE --dry-run=client -o yaml | kubectl replace --force -f -] -> deployment/a',
    ],
  ],
  [
    'of another type, through an account',
    [account('default'), through('a'), opaque],
    [
      'warning image-pull-secret-invalid: secret/reg for pulling images is of type Opaque, which kubelet passes over: it takes kubernetes.io/dockerconfigjson; serviceaccount/default names it; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE --dry-run=client -o yaml | kubectl replace --force -f -]',
    ],
  ],
  [
    'of a type that nobody pulls with',
    [
      deployment('a', { spec: { containers: [container('c', { envFrom: [{ secretRef: { name: 'reg' } }] })] } }),
      opaque,
    ],
    [],
  ],
  [
    'of another type, of which another takes its environment',
    [
      pulling('a', { replicas: 0 }),
      deployment('b', {
        replicas: 0,
        spec: { containers: [container('c', { envFrom: [{ secretRef: { name: 'reg' } }] })] },
      }),
      opaque,
    ],
    [
      'error image-pull-secret-invalid: secret/reg for pulling images is of type Opaque, which kubelet passes over: it takes kubernetes.io/dockerconfigjson, and no pod shows that its image can be had without [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE --dry-run=client -o yaml | kubectl replace --force -f -] -> deployment/a',
    ],
  ],
  ['that is about to be written', [pulling('a', { replicas: 0 }), promised], []],
])('a pull Secret that is there, %s', (_, parts, expected) => {
  expect(pullTold(parts)).toEqual(expected);
});

const refusedMain = waiting('main', 'ImagePullBackOff', refusal);
const refusedSide = waiting('side', 'ErrImagePull', refusal);
const withInit = { spec: { initContainers: [{ ...main, name: 'init' }], containers: [side] } };

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'that is refused',
    [pulling('a', inState(refusedMain, creating)), pullSecretFor('reg', 'quay.io', 'ghcr.io')],
    [
      'error image-registry-not-covered: deployment/a pulls from registry.example, for which secret/reg holds no credentials: it has some for ghcr.io and quay.io [kubectl -n shop get secret reg -o yaml] -> deployment/a',
    ],
  ],
  [
    'that are refused, both',
    [
      pulling('a', inState(refusedMain, refusedSide), ['reg', 'old']),
      pullSecretFor('reg', 'quay.io'),
      pullSecretFor('old', 'ghcr.io'),
    ],
    [
      'error image-registry-not-covered: deployment/a pulls from mirror.example and registry.example, for which secret/old and secret/reg hold no credentials: they have some for ghcr.io and quay.io [kubectl -n shop get secret old -o yaml] -> deployment/a',
    ],
  ],
  [
    'that cannot be had for another reason',
    [pulling('a', inState(waiting('main', 'ErrImagePull', 'i/o timeout'), creating)), pullSecretFor('reg', 'quay.io')],
    [],
  ],
  [
    'that another container is refused',
    [
      pulling('a', inState(waiting('main', 'ErrImagePull', 'i/o timeout'), refusedSide)),
      pullSecretFor('reg', 'quay.io'),
    ],
    [
      'error image-registry-not-covered: deployment/a pulls from mirror.example, for which secret/reg holds no credentials: it has some for quay.io [kubectl -n shop get secret reg -o yaml] -> deployment/a',
    ],
  ],
  [
    'of an init container that is refused',
    [
      pulling('a', { ...withInit, pods: pending([waiting('init', 'ErrImagePull', refusal)], [creating]) }),
      pullSecretFor('reg', 'quay.io'),
    ],
    [
      'error image-registry-not-covered: deployment/a pulls from registry.example, for which secret/reg holds no credentials: it has some for quay.io [kubectl -n shop get secret reg -o yaml] -> deployment/a',
    ],
  ],
  [
    'whose words are of another trouble',
    [pulling('a', inState(waiting('main', 'CrashLoopBackOff', refusal), creating)), pullSecretFor('reg', 'quay.io')],
    [],
  ],
  ['of what runs', [pulling('a'), pullSecretFor('reg', 'quay.io')], []],
  [
    'of what has no pod yet',
    [pulling('a', { replicas: 0 }), pullSecretFor('reg', 'quay.io')],
    [
      'warning image-registry-not-covered: deployment/a pulls from mirror.example and registry.example, for which secret/reg holds no credentials: it has some for quay.io [kubectl -n shop get secret reg -o yaml]',
    ],
  ],
  [
    'that anybody may have',
    [pulling('a', { replicas: 0, spec: { containers: [container('c')] } }), pullSecretFor('reg', 'quay.io')],
    [],
  ],
  [
    'for which there are no credentials at all',
    [pulling('a', { replicas: 0 }), pullSecretFor('reg')],
    [
      'warning image-registry-not-covered: deployment/a pulls from mirror.example and registry.example, for which secret/reg holds no credentials: it has none at all [kubectl -n shop get secret reg -o yaml]',
    ],
  ],
  [
    'of what takes its environment from them alone',
    [
      pulling('a', { replicas: 0, spec: { containers: [container('c')] } }),
      deployment('b', {
        replicas: 0,
        spec: { containers: [{ ...main, envFrom: [{ secretRef: { name: 'reg' } }] }] },
      }),
      pullSecretFor('reg', 'quay.io'),
    ],
    [],
  ],
  [
    'for which one is missing',
    [pulling('a', { replicas: 0 }, ['reg', 'old']), pullSecretFor('reg', 'quay.io')],
    [
      'error image-pull-secret-missing: secret/old for pulling images does not exist, and no pod shows that its image can be had without [kubectl -n shop create secret docker-registry old --from-file=.dockerconfigjson=FILE] -> deployment/a',
    ],
  ],
  [
    'for which there are',
    [pulling('a', { replicas: 0 }), pullSecretFor('reg', 'registry.example', 'mirror.example')],
    [],
  ],
  [
    'of what names no pull Secret',
    [deployment('a', { replicas: 0, spec: { containers: [main] } }), pullSecretFor('reg', 'quay.io')],
    [],
  ],
])('credentials for images %s', (_, parts, expected) => {
  expect(pullTold(parts)).toEqual(expected);
});
