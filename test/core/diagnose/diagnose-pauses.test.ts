import { expect, test } from '@jest/globals';

import { pauseAnnotation } from '../../../src/core/argocd/sync-pause.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { namespace, snapshotOf, type Parts } from '../../support/builders.ts';

const taken = Date.parse(snapshotOf().takenAt);

function note(untilMs: number): string {
  const until = new Date(taken + untilMs).toISOString();
  return JSON.stringify({
    id: 'a',
    until,
    by: 'kim@laptop',
    command: 'fix-secrets',
    processId: 1,
    order: 0,
    was: null,
  });
}

function paused(text: string): Parts {
  const metadata = { name: 'app', namespace, annotations: { [pauseAnnotation]: text } };
  const spec = { target: { creationPolicy: 'None' } };
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  return { externalSecrets: [{ metadata, spec, status }] };
}

test.each([
  [
    'holds',
    note(60_000),
    'info',
    /^sync of externalsecret\/app is paused: until .* by kim@laptop \(c2l fix-secrets\)$/,
  ],
  ['is over by less than what clocks are off', note(-10_000), 'info', /until/],
  [
    'is over',
    note(-60_000),
    'warning',
    /by kim@laptop \(c2l fix-secrets\), which should have ended it at .* and did not$/,
  ],
  ['cannot be read', 'edited', 'warning', /its note of how it was cannot be read any more$/],
] as const)('a pause that %s is told, with the way to end it', (_, text, severity, message) => {
  expect(diagnose(snapshotOf(paused(text))).filter(({ code }) => code === 'sync-paused')).toEqual([
    expect.objectContaining({
      severity,
      object: { kind: 'ExternalSecret', namespace, name: 'app' },
      message: expect.stringMatching(message),
      fix: `c2l restore-sync -n ${namespace}`,
    }),
  ]);
});

test('what is not paused is not told of', () => {
  const metadata = { name: 'app', namespace };
  const findings = diagnose(snapshotOf({ externalSecrets: [{ metadata }] }));
  expect(findings.filter(({ code }) => code === 'sync-paused')).toEqual([]);
});
