import { expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  namespace,
  pullSecretFor,
  secret,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

const image = 'registry.example.test/app:1';

function app(pods?: 'none' | Pod['status'], images = [image]): Parts {
  const containers = images.map((each, index) => container(`c${index}`, { image: each }));
  const spec = { containers, imagePullSecrets: [{ name: 'regcred' }] };
  return deployment('app', { spec, ...(pods === undefined ? {} : { pods }) });
}

function failing(message: string): Pod['status'] {
  return pending([], [waiting('c0', 'ImagePullBackOff', message)]);
}

function holding(...entries: string[]): Parts {
  return pullSecretFor('regcred', ...entries);
}

function pullSecret(extra: Partial<Secret>): Parts {
  return secret('regcred', [], extra);
}

const denied = 'Back-off pulling image: failed to authorize: 401 Unauthorized';

function brief(...parts: Parts[]): string[] {
  return diagnose(snapshotOf(...parts)).map(({ severity, id, message }) => `${severity} ${id}: ${message}`);
}

test.each<[situation: string, parts: Parts[], found: RegExp[]]>([
  ['one that covers the image', [app(), holding('registry.example.test')], []],
  [
    'one of another type, while the image is on the node',
    [app(), pullSecret({})],
    [
      /^warning image-pull-secret-invalid\/shop\/regcred: secret\/regcred for pulling images is of type Opaque, which kubelet passes over: .*; pods run with/,
    ],
  ],
  [
    'one of another type, that its ServiceAccount brings',
    [
      {
        ...deployment('app', { spec: { containers: [container('c0', { image })], serviceAccountName: 'puller' } }),
        serviceAccounts: [{ metadata: { name: 'puller', namespace }, imagePullSecrets: [{ name: 'regcred' }] }],
      },
      pullSecret({}),
    ],
    [
      /^warning image-pull-secret-invalid\/shop\/regcred: .*dockerconfigjson; serviceaccount\/puller names it; pods run with/,
    ],
  ],
  [
    'one of another type, and the pull fails',
    [app(failing(denied)), pullSecret({})],
    [/^error image-pull-secret-invalid\/shop\/regcred: .*deployment\/app cannot pull its image$/],
  ],
  [
    'one that kubelet cannot read, before any pod was tried',
    [
      app('none'),
      pullSecret({ pullCredentials: { state: 'unreadable', why: 'its .dockerconfigjson has no "auths"' } }),
    ],
    [
      /^error image-pull-secret-invalid\/shop\/regcred: .* cannot be read by kubelet: its \.dockerconfigjson has no "auths"/,
      /workload-not-ready/,
    ],
  ],
  [
    'one for another registry, and the registry refuses',
    [app(failing(denied)), holding('other.example.test')],
    [
      /^error image-registry-not-covered\/shop\/deployment\/app: deployment\/app pulls from registry\.example\.test, for which secret\/regcred holds no credentials: it has some for other\.example\.test$/,
    ],
  ],
  [
    'one for another registry, and the image does not exist',
    [app(failing('Back-off pulling image: not found')), holding('other.example.test')],
    [/^error (?!image-registry)/],
  ],
  ['one for another registry, while the image is on the node', [app(), holding('other.example.test')], []],
  [
    'one for a registry of one of its images, the others being public',
    [app('none', [image, 'busybox:1.36']), holding('registry.example.test')],
    [/workload-not-ready/],
  ],
  ['one that was emptied', [app(failing(denied)), holding()], [/no credentials: it has none at all$/]],
])('%s', (_, parts, found) => {
  const told = brief(...parts);
  expect(told).toHaveLength(found.length);
  for (const [index, words] of found.entries()) expect(told[index]).toMatch(words);
});

test('one that a ServiceAccount brings counts as one that the pod names', () => {
  const account = { metadata: { name: 'default', namespace }, imagePullSecrets: [{ name: 'regcred' }] };
  const pods = failing(denied);
  const spec = { containers: [container('c0', { image })] };
  const told = brief(deployment('app', { spec, pods }), { serviceAccounts: [account] }, holding('other.example.test'));
  expect(told).toEqual([expect.stringMatching(/^error image-registry-not-covered\/shop\/deployment\/app:/)]);
});

test('a pull Secret of the wrong type is made anew by a command that removes nothing before the file was read', () => {
  const [found] = diagnose(snapshotOf(app(), pullSecret({})));
  expect(found?.fix).toBe(
    'kubectl -n shop create secret docker-registry regcred --from-file=.dockerconfigjson=FILE --dry-run=client -o yaml | kubectl replace --force -f -',
  );
});
