import { describe, expect, test } from '@jest/globals';

import {
  isAboutConfigMap,
  isAboutSecret,
  lackingSecret,
  missingConfigMap,
} from '../../../src/core/workloads/kubelet-message.ts';

const mount = 'MountVolume.SetUp failed for volume';

describe('kubelet speaks', () => {
  test.each([
    `couldn't find key token in Secret shop/app`,
    `couldn't find key token in Secret shop/configmap-values`,
    'secret "app" not found',
    `${mount} "v" : references non-existent secret key: token`,
    `${mount} "v" : secret "app" not found`,
    `${mount} "v" : [secret "app" not found, references non-existent secret key: token]`,
  ])('of a Secret: %s', (message) => {
    expect([isAboutSecret(message), isAboutConfigMap(message)]).toEqual([true, false]);
  });

  test.each([
    'configmap "my-secret-config" not found',
    'configmap "secret" not found',
    `couldn't find key secret in ConfigMap secret/in-Secret`,
    `${mount} "secret" : configmap "secret" not found`,
    `${mount} "secret-files" : references non-existent config key: secret`,
  ])('of a ConfigMap: %s', (message) => {
    expect([isAboutSecret(message), isAboutConfigMap(message)]).toEqual([false, true]);
  });

  test.each([
    undefined,
    '',
    'container has runAsNonRoot and image will run as root (pod: "api_secret(1)", container: secret)',
    'MountVolume.MountDevice failed for volume "secret" : rpc error: timed out in namespace secret',
    'stat /srv/secret "data" : no such file or directory',
  ])('of neither: %s', (message) => {
    expect([isAboutSecret(message), isAboutConfigMap(message)]).toEqual([false, false]);
  });
});

test.each<[string, string | undefined, string | undefined, string | undefined]>([
  ['a Secret', 'secret "app" not found', 'app', undefined],
  ['a Secret that cannot be mounted', `${mount} "v" : secret "app" not found`, 'app', undefined],
  ['a key of a Secret', "couldn't find key token in Secret shop/app", 'app/token', undefined],
  ['a key of a Secret, first of all', 'find key token in Secret shop/app', 'app/token', undefined],
  ['a key of a Secret, among others', '[find key token in Secret shop/app]', 'app]/token', undefined],
  [
    'a key of which it does not say whose',
    `${mount} "v" : references non-existent secret key: token`,
    undefined,
    undefined,
  ],
  [
    'what is no clause of its own',
    'mysecret "app" not found, unfind key token in Secret shop/app',
    undefined,
    undefined,
  ],
  ['a ConfigMap', 'configmap "cm" not found', undefined, 'cm'],
  ['a ConfigMap that cannot be mounted', `${mount} "v" : [configmap "cm" not found]`, undefined, 'cm'],
  ['a key of a ConfigMap', "couldn't find key token in ConfigMap shop/cm", undefined, 'cm/token'],
  ['a key of a ConfigMap, first of all', 'find key token in ConfigMap shop/cm', undefined, 'cm/token'],
  [
    'what is no clause of a ConfigMap',
    'myconfigmap "cm" not found, unfind key token in ConfigMap shop/cm',
    undefined,
    undefined,
  ],
  ['nothing', undefined, undefined, undefined],
])('kubelet names %s', (_, message, secret, configMap) => {
  const text = (found: { name: string; key?: string } | undefined): string | undefined =>
    found && [found.name, ...(found.key === undefined ? [] : [found.key])].join('/');

  expect([text(lackingSecret(message)), text(missingConfigMap(message))]).toEqual([secret, configMap]);
});
