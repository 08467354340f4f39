import { describe, expect, test } from '@jest/globals';
import type { EndpointSlice } from '../../../src/core/cluster/kubernetes.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { judgeCommand } from '../../../src/core/verify/command-result.ts';
import { judgeEndpoints } from '../../../src/core/verify/endpoints.ts';
import { readReached } from '../../../src/core/verify/reach-scripts.ts';

describe('endpoints of a Service', () => {
  const slice = (service: string, ...ready: (boolean | undefined)[]): EndpointSlice => ({
    metadata: { name: `${service}-x`, labels: { 'kubernetes.io/service-name': service } },
    endpoints: ready.map((each) => ({ conditions: each === undefined ? {} : { ready: each } })),
  });

  test.each<[string, number, EndpointSlice[], boolean, string]>([
    ['none at all', 1, [], false, 'has no endpoints: no running pod fits its selector'],
    ['those of another', 1, [slice('web', true)], false, 'has no endpoints: no running pod fits its selector'],
    ['one that is not ready', 1, [slice('api', false)], false, '0 of 1 endpoint ready where 1 must be'],
    ['one whose state is unknown', 1, [slice('api', undefined)], true, '1 of 1 endpoint ready'],
    ['enough over several slices', 2, [slice('api', true), slice('api', true, false)], true, '2 of 3 endpoints ready'],
    ['fewer than are wanted', 2, [slice('api', true)], false, '1 of 1 endpoint ready where 2 must be'],
  ])('%s', (_, min, slices, isEnough, detail) => {
    expect(judgeEndpoints({ service: 'api', min }, slices)).toEqual({ isEnough, detail });
  });
});

describe('a command', () => {
  const planted = 'p'.repeat(24);
  const judge = (result: { exitCode: number; stdout?: string; stderr?: string }, output?: string) =>
    judgeCommand({ command: ['migrate', 'status'], exitCode: 0, output }, { stdout: '', stderr: '', ...result }, [
      SecretValue.fromText(planted),
    ]);

  test.each([
    ['that ends well', { exitCode: 0 }, undefined, true, 'ended with exit code 0'],
    ['whose output fits', { exitCode: 0, stdout: 'a\n3 applied\n' }, '^\\d+ applied$', true, /and its output matches$/],
    [
      'whose output does not',
      { exitCode: 0, stdout: '\n2 open\nx' },
      '^ok',
      false,
      /match \^ok: it begins with: 2 open$/,
    ],
    ['that has no output', { exitCode: 0 }, '^ok', false, /and its output does not match \^ok: it has none$/],
    [
      'that fails and says why on its output',
      { exitCode: 3, stdout: '2 open\n' },
      undefined,
      false,
      /3 instead of 0: 2 open$/,
    ],
    ['that fails', { exitCode: 3, stderr: 'error: no table\n' }, undefined, false, /3 instead of 0: error: no table$/],
    ['that is not there', { exitCode: 127 }, undefined, false, /127 instead of 0: the container has no migrate$/],
  ])('%s', (_, result, output, isExpected, detail) => {
    const judged = judge(result, output);
    expect(judged.isExpected).toBe(isExpected);
    expect(judged.detail).toMatch(detail);
  });

  test.each([
    [{ exitCode: 1, stderr: `cannot log in with ${planted}` }, undefined],
    [{ exitCode: 1, stdout: `cannot log in with ${planted}` }, undefined],
    [{ exitCode: 0, stdout: `cannot log in with ${planted}` }, '^ok'],
  ])('that quotes a value is told without it (%#)', (result, output) => {
    const { detail } = judge(result, output);
    expect(detail).toContain('cannot log in with [redacted]');
    expect(detail).not.toContain(planted);
  });
});

test.each([
  ['seen=ok\n', { word: 'ok', detail: '' }],
  ['seen=refused\r\n', { word: 'refused', detail: 'connection refused' }],
  ['seen=unknown-host\n', { word: 'unknown-host', detail: 'does not resolve in the pod' }],
  ['seen=else\n', undefined],
  ['', undefined],
])('what the look from inside a pod said: %j', (stdout, reached) => {
  expect(readReached(stdout)).toEqual(reached);
});
