import { describe, expect, test } from '@jest/globals';
import type { ConfigMap } from '../../../src/core/cluster/kubernetes.ts';
import { environment } from '../../../src/core/init/environment.ts';
import { container, keyEnv, namespace } from '../../support/builders.ts';

const settings = (data: Readonly<Record<string, string>>, name = 'settings', place = namespace): ConfigMap => ({
  metadata: { name, namespace: place },
  data,
});

const env = (name: string, value: string) => ({ name, value });

describe('what a variable gets', () => {
  test('is a text, the key of a Secret, or nothing that can be told; the later one counts', () => {
    const found = environment(
      container('web', {
        envFrom: [
          { configMapRef: { name: 'settings' }, prefix: 'APP_' },
          { secretRef: { name: 'app' } },
          { configMapRef: { name: 'gone' } },
        ],
        env: [
          env('PLAIN', 'x'),
          env('APP_MODE', 'own'),
          keyEnv('app', 'token'),
          { name: 'TAKEN', valueFrom: { configMapKeyRef: { name: 'settings', key: 'MODE' } } },
          { name: 'ABSENT', valueFrom: { configMapKeyRef: { name: 'settings', key: 'gone' } } },
          { name: 'ELSEWHERE', valueFrom: { configMapKeyRef: { name: 'elsewhere', key: 'MODE' } } },
          { name: 'NODE' },
        ],
      }),
      namespace,
      [
        settings({ MODE: 'wrong' }, 'settings', 'other'),
        settings({ MODE: 'fast', HOST: 'db' }),
        settings({ MODE: 'far' }, 'elsewhere', 'other'),
      ],
    );
    expect(Object.fromEntries(found)).toEqual({
      APP_MODE: { from: 'text', text: 'own' },
      APP_HOST: { from: 'text', text: 'db' },
      PLAIN: { from: 'text', text: 'x' },
      TOKEN: { from: 'secret', secret: 'app', key: 'token' },
      TAKEN: { from: 'text', text: 'fast' },
      ABSENT: { from: 'unknown' },
      ELSEWHERE: { from: 'unknown' },
      NODE: { from: 'unknown' },
    });
  });
});
