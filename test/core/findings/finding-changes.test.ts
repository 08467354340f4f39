import { describe, expect, test } from '@jest/globals';
import { findingChanges } from '../../../src/core/findings/finding-changes.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { newFinding } from '../../../src/core/findings/new-finding.ts';

function missing(name: string, message = `${name} is missing`): Finding {
  const object = { kind: 'Secret', namespace: 'shop', name };
  return newFinding('secret-missing', { object, secret: name, message, fix: 'c2l fix-secrets' });
}

const gap = newFinding('unreadable', {
  object: { kind: 'Secret', namespace: 'shop', name: '' },
  message: 'secrets could not be read',
  fix: 'kubectl auth whoami',
});

describe('from one look to the next', () => {
  test('tells what is new, gone and changed, and nothing of what stays', () => {
    const changes = findingChanges(
      [missing('a'), missing('b'), missing('c')],
      [missing('b'), missing('c', 'x'), missing('d')],
    );
    expect(changes.fresh.map(({ secret }) => secret)).toEqual(['d']);
    expect(changes.gone.map(({ secret }) => secret)).toEqual(['a']);
    expect(changes.changed.map(({ before, after }) => [before.message, after.message])).toEqual([
      ['c is missing', 'x'],
    ]);
  });

  test('a finding that cannot be looked for is not gone, and not new when it is seen again', () => {
    const blind = findingChanges([missing('a')], [gap]);
    expect(blind).toMatchObject({ fresh: [gap], gone: [] });
    const again = findingChanges(blind.standing, [missing('a')]);
    expect(again).toMatchObject({ fresh: [], gone: [gap] });
    expect(
      findingChanges(blind.standing, [])
        .gone.map(({ code }) => code)
        .sort(),
    ).toEqual(['secret-missing', 'unreadable']);
  });
});
