import { expect, test } from '@jest/globals';

import { keyId, secretTargets, wantedKeys } from '../../../src/core/fix/plan-secrets.ts';
import { requirements } from '../../../src/core/secrets/requirements.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { wantedPairs } from '../../../src/core/sources/wanted-pairs.ts';
import { stackSchema } from '../../../src/core/stack/stack-schema.ts';
import { askAllSources } from '../../../src/shell/sources/ask-all-sources.ts';
import { nothingCollected, type Asker } from '../../../src/shell/sources/ask-sources.ts';
import type { ValueSource } from '../../../src/value-ports.ts';
import { emptySnapshot, listing, secret } from '../../support/planning-world.ts';
import { createTestTerminal } from '../../support/terminal.ts';

const namespace = 'shop';
const keys = { 'tls.crt': {}, 'tls.key': {} };
const stack = stackSchema.parse({
  version: 1,
  name: 'shop',
  namespaces: [namespace],
  secrets: [{ name: 'site', type: 'kubernetes.io/tls', keys }],
});

/** What stands in for a half: the number of the pair that it belongs to. */
type Halves = Readonly<Partial<Record<keyof typeof keys, string>>>;

function source(label: string, halves: Halves): ValueSource {
  const entries: Readonly<Record<string, string | undefined>> = halves;
  return {
    label,
    warnings: [],
    nameOf: ({ key }) => key,
    lookUp: (wanted) =>
      Promise.resolve(
        wanted.map(({ key }) => {
          const text = entries[key];
          return text === undefined
            ? { state: 'not-found' as const }
            : { state: 'found' as const, value: SecretValue.fromText(text) };
        }),
      ),
  };
}

/** Which source each half is taken from, and what is said of the others. */
async function taken(here: Halves | undefined, ...sources: readonly Halves[]): Promise<unknown> {
  const inCluster = here === undefined ? [] : [{ ...secret(namespace, 'site', here), type: 'kubernetes.io/tls' }];
  const snapshot = { ...emptySnapshot(namespace), secrets: listing(inCluster) };
  const wanted = wantedKeys(requirements(snapshot, stack), []);
  const terminal = createTestTerminal({});
  const tlsPairProblem = (certificate: SecretValue, key: SecretValue): string | undefined =>
    certificate.equals(key) ? undefined : 'tls.key does not belong to tls.crt';
  const asker = { deps: { terminal, tlsPairProblem, signal: new AbortController().signal }, stack } as unknown as Asker;
  const collected = nothingCollected(wanted, wantedPairs(secretTargets(wanted, snapshot, stack)));
  const opened = sources.map((halves, index) => source('abc'[index] ?? '', halves));
  await askAllSources(asker, wanted, { sources: opened }, collected);
  const id = (key: string): string => keyId({ namespace, secret: 'site', key });
  const of = (key: string): string | undefined => collected.found.get(id(key))?.source;
  const told = [...new Set([...collected.refusals.values()].flat())];
  return {
    from: [of('tls.crt'), of('tls.key')],
    told,
    warned: terminal.stderr.split('\n').filter((line) => line !== ''),
  };
}

const [one, other] = ['1', '2'].map((text): Halves => ({ 'tls.crt': text, 'tls.key': text }));
const mixed: Halves = { 'tls.crt': '1', 'tls.key': '2' };
const wrong = 'tls.key does not belong to tls.crt';

test.each([
  ['a pair', undefined, [one], ['a', 'a'], []],
  ['a pair in the second source, after one that is none', undefined, [mixed, other], ['b', 'b'], [`a: ${wrong}`]],
  ['halves of one pair in two sources', undefined, [{ 'tls.key': '1' }, { 'tls.crt': '1' }], ['b', 'a'], []],
  [
    'half a pair, and then another as a whole',
    undefined,
    [{ 'tls.crt': '1' }, other],
    ['b', 'b'],
    ['a: tls.crt belongs to another pair'],
  ],
  [
    'half a pair, then one that is none, then its other half',
    undefined,
    [{ 'tls.crt': '1' }, { 'tls.key': '2' }, { 'tls.key': '1' }],
    ['a', 'c'],
    [`b: ${wrong}`],
  ],
  ['no pair at all', undefined, [mixed], [undefined, undefined], [`a: ${wrong}`]],
  [
    'the half that the cluster lacks, in the second source',
    { 'tls.crt': '2' },
    [{ 'tls.key': '1' }, other],
    [undefined, 'b'],
    [`a: ${wrong}, of which one is there: to replace both, --overwrite tls.crt --overwrite tls.key`],
  ],
])('%s', async (_name, here, sources, from, told) => {
  expect(await taken(here, ...(sources as Halves[]))).toEqual({
    from,
    told,
    warned: told.map((text) => `warning: ${text}: not used`),
  });
});
