import { describe, expect, test } from '@jest/globals';

import { isAboutConfigMap, isAboutSecret } from '../../../src/core/workloads/kubelet-message.ts';

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
