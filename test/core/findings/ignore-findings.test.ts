import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { ignoreAnnotation, ignoreFindings } from '../../../src/core/findings/ignore-findings.ts';
import { parseStack } from '../../../src/core/stack/parse-stack.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { container, deployment, gap, keyEnv, namespace, secret, snapshotOf } from '../../support/builders.ts';

const base = { version: 1, name: 'shop', namespaces: [namespace] };

function stackWith(...ignore: readonly object[]): Stack {
  const parsed = parseStack({ ...base, ignore });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return parsed.stack;
}

/** Two keys missing of one Secret, in January 2026. */
function world(annotation?: string): Snapshot {
  const app = secret('app', []);
  const annotations = annotation === undefined ? {} : { [ignoreAnnotation]: annotation };
  return snapshotOf(
    { secrets: app.secrets!.map((each) => ({ ...each, metadata: { ...each.metadata, annotations } })) },
    deployment('app', {
      spec: { containers: [container('app', { env: [keyEnv('app', 'one'), keyEnv('app', 'two')] })] },
    }),
  );
}

function judged(snapshot: Snapshot, stack?: Stack) {
  const { findings, ignored, lapsed } = ignoreFindings(diagnose(snapshot, stack), snapshot, stack);
  const keys = (list: typeof findings) => list.flatMap(({ key }) => key ?? []);
  return { counted: keys(findings), ignored: keys(ignored), lapsed: lapsed.map(({ why }) => why) };
}

const reason = 'replaced next week';
const until = '2026-12-31';
const everything = { counted: ['one', 'two'], ignored: [], lapsed: [] };

describe('a rule that ended', () => {
  test('is told once, however many findings it was for', () => {
    const note = `secret-key-missing until=2026-01-01 reason=${reason}`;
    expect(judged(world(note))).toEqual({
      ...everything,
      lapsed: [`ignoring secret-key-missing ended on 2026-01-01 (annotation: ${reason})`],
    });
  });
});

describe('the stack file ignores', () => {
  test.each([
    ['by code', { code: 'secret-key-missing' }, ['one', 'two']],
    ['by object', { object: 'Secret/app' }, ['one', 'two']],
    ['by object as all output has it', { object: 'secret/app' }, ['one', 'two']],
    ['by code, object and key', { code: 'secret-key-missing', object: 'Secret/app', key: 'one' }, ['one']],
    ['in its namespace', { object: 'Secret/app', namespace }, ['one', 'two']],
    ['not in another namespace', { object: 'Secret/app', namespace: 'other' }, []],
    ['not another object', { object: 'Secret/other' }, []],
    ['not another code', { code: 'secret-missing' }, []],
  ])('%s', (_, entry, ignored) => {
    const seen = judged(world(), stackWith({ ...entry, reason, until }));
    expect(seen.ignored).toEqual(ignored);
    expect([...seen.counted, ...seen.ignored].sort()).toEqual(['one', 'two']);
  });

  test('until its last day, and then says that it counts again', () => {
    const entry = { code: 'secret-key-missing', key: 'one', reason };
    expect(judged(world(), stackWith({ ...entry, until: '2026-01-02' })).ignored).toEqual(['one']);
    expect(judged(world(), stackWith({ ...entry, until: '2026-01-01' }))).toEqual({
      ...everything,
      lapsed: ['ignoring secret-key-missing ended on 2026-01-01 (stack file: replaced next week)'],
    });
  });

  test.each([
    [{ reason, until }, 'needs a code, an object, or both'],
    [{ code: 'secret-mising', reason, until }, 'did you mean secret-missing?'],
    [{ code: 'unreadable', reason, until }, 'what could not be read cannot be ignored'],
    [{ code: 'secret-missing', until }, 'is missing'],
    [{ code: 'secret-missing', reason }, 'is missing'],
    [{ code: 'secret-missing', reason, until: '2026-02-30' }, '2026-02-30 is no day of the calendar'],
    [{ code: 'secret-missing', reason, until: 'soon' }, 'expected a day such as 2026-12-31'],
    [{ object: 'app', reason, until }, 'expected KIND/NAME'],
  ])('nothing by %j', (entry, message) => {
    expect(() => stackWith(entry)).toThrow(message);
  });
});

describe('an annotation ignores', () => {
  test('its code on its object, with reason and end', () => {
    const snapshot = world(`secret-key-missing until=${until} reason=${reason}`);
    const { ignored } = ignoreFindings(diagnose(snapshot), snapshot, undefined);
    expect(ignored.map((finding) => finding.ignored)).toEqual([
      { reason, until, by: 'annotation' },
      { reason, until, by: 'annotation' },
    ]);
  });

  test('one line for each code', () => {
    const note = `secret-missing until=${until} reason=x\nsecret-key-missing until=${until} reason=y`;
    expect(judged(world(note)).ignored).toEqual(['one', 'two']);
  });

  test.each([
    'secret-key-missing',
    `secret-key-missing reason=${reason}`,
    `all until=${until} reason=x`,
    'x until=2026-99-99 reason=y',
  ])('nothing by "%s", and that is said', (note) => {
    expect(judged(world(note))).toEqual({
      ...everything,
      lapsed: [`annotation c2l.dev/ignore is not CODE until=YYYY-MM-DD reason=TEXT: ${note}`],
    });
  });
});

test('what could not be read is never ignored', () => {
  const snapshot = snapshotOf({ gaps: [gap('secrets')] });
  const stack = stackWith({ object: 'Secret/app', reason, until });
  const { findings, ignored } = ignoreFindings(diagnose(snapshot, stack), snapshot, stack);
  expect(findings.map(({ code }) => code)).toContain('unreadable');
  expect(ignored).toEqual([]);
});
