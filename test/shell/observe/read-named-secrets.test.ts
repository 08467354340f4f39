import { expect, test } from '@jest/globals';
import type { ClusterReader } from '../../../src/cluster-ports.ts';
import { absent, present, unreadable, type Observed } from '../../../src/core/cluster/observed.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import type { Gap } from '../../../src/core/cluster/snapshot.ts';
import { readNamedSecrets } from '../../../src/shell/observe/read-named-secrets.ts';
import { barePod, container, gap, keyEnv, namespace, secret, snapshotOf } from '../../support/builders.ts';

const needs = (...names: readonly string[]) =>
  barePod('api', { containers: [container('api', { env: names.map((name) => keyEnv(name, 'k')) })] });

/** A cluster that answers for single Secrets and counts who asks for what. */
function cluster(answers: Readonly<Record<string, Observed<Secret>>>) {
  const asked: string[] = [];
  const readSecret: ClusterReader['readSecret'] = (place, name) => {
    asked.push(`${place}/${name}`);
    return Promise.resolve(answers[name] ?? absent);
  };
  // Nothing else of it is used.
  return { asked, reader: { readSecret } as ClusterReader };
}

const refused = unreadable('forbidden', 'not allowed');
const brief = (gaps: readonly Gap[]) => gaps.map(({ resource, name = 'all' }) => `${resource} ${name}`);

test('reads nothing by name where the list was answered', async () => {
  const { asked, reader } = cluster({});

  const { gaps } = await readNamedSecrets(reader, snapshotOf(needs('app')), undefined);

  expect([asked, gaps]).toEqual([[], []]);
});

test('reads exactly what is needed where the list is refused, and leaves nothing open', async () => {
  const found = secret('app', ['k']).secrets?.[0] as Secret;
  const { asked, reader } = cluster({ app: present(found), gone: absent });

  const snapshot = snapshotOf(needs('app', 'gone'), { gaps: [gap('secrets')] });
  const { items, gaps } = await readNamedSecrets(reader, snapshot, undefined);

  expect(asked).toEqual([`${namespace}/app`, `${namespace}/gone`]);
  expect([items, gaps]).toEqual([[found], []]);
});

test('names what is refused by name as well', async () => {
  const { reader } = cluster({ closed: refused });

  const snapshot = snapshotOf(needs('closed', 'gone'), { gaps: [gap('secrets')] });
  const { gaps } = await readNamedSecrets(reader, snapshot, undefined);

  expect(brief(gaps)).toEqual(['secrets closed']);
});

test('keeps the one gap of the list where every name is refused', async () => {
  const { reader } = cluster({ a: refused, b: refused });

  const snapshot = snapshotOf(needs('a', 'b'), { gaps: [gap('secrets')] });
  const { gaps } = await readNamedSecrets(reader, snapshot, undefined);

  expect(brief(gaps)).toEqual(['secrets all']);
});

test('asks a server that does not answer no further', async () => {
  const { asked, reader } = cluster({});

  const snapshot = snapshotOf(needs('a'), { gaps: [{ ...gap('secrets'), cause: 'timeout' }] });
  const { gaps } = await readNamedSecrets(reader, snapshot, undefined);

  expect([asked, brief(gaps)]).toEqual([[], ['secrets all']]);
});
