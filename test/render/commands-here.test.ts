import { expect, test } from '@jest/globals';
import type { GlobalFlags } from '../../src/commands/options.ts';
import { printError } from '../../src/commands/run-report.ts';
import { OperatorError } from '../../src/errors.ts';
import type { Deps } from '../../src/ports.ts';
import { commandsHere } from '../../src/render/commands-here.ts';
import { createStyle } from '../../src/render/style.ts';

const both = "--kubeconfig '/tmp/my config' --context blue --config c2l.yaml -n shop";
const there = "kubectl --kubeconfig '/tmp/my config' --context blue";

test.each<[what: string, flags: string, words: string, typed: string]>([
  ['a command', both, 'kubectl -n shop edit secret app', `${there} -n shop edit secret app`],
  ['a verb that comes first', both, 'kubectl auth can-i list secrets -A', `${there} auth can-i list secrets -A`],
  [
    'each one of a pipeline',
    both,
    "kubectl -n shop get secret app -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f -",
    `${there} -n shop get secret app -o yaml | sed '/^immutable: true$/d' | ${there} replace --force -f -`,
  ],
  [
    'the one before kubeseal, which it leaves',
    '--context blue',
    'kubectl -n shop create secret generic app --dry-run=client -o yaml | kubeseal -o yaml',
    'kubectl --context blue -n shop create secret generic app --dry-run=client -o yaml | kubeseal -o yaml',
  ],
  [
    'one within a sentence, and no word of prose',
    '--context blue',
    'is base64 of a text, as kubectl prints it; see to its spec, then: kubectl -n a annotate b c-',
    'is base64 of a text, as kubectl prints it; see to its spec, then: kubectl --context blue -n a annotate b c-',
  ],
  [
    'one that names its context itself',
    both,
    'kubectl --context green label namespace shop a=b',
    "kubectl --kubeconfig '/tmp/my config' --context green label namespace shop a=b",
  ],
  [
    'one that names it at its end, and not where all contexts are asked for',
    '--kubeconfig k --context blue',
    'kubectl cluster-info --context green, or another cluster: kubectl config get-contexts',
    'kubectl --kubeconfig k cluster-info --context green, or another cluster: kubectl --kubeconfig k config get-contexts',
  ],
  ['none where nothing was given', '-n shop', 'kubectl get nodes', 'kubectl get nodes'],
  ['none of a sandbox', '--sandbox --context blue', 'kubectl get nodes', 'kubectl get nodes'],
  [
    'none that is a file of its own',
    '--context blue',
    '/usr/bin/kubectl get nodes; mykubectl get nodes',
    '/usr/bin/kubectl get nodes; mykubectl get nodes',
  ],
])('the cluster of this run is meant by %s', (_, flags, words, typed) => {
  expect(commandsHere(words, { flags })).toBe(typed);
});

const blue = '--context blue -n shop';

test.each([
  ['alone', 'c2l dr-drill abort', 'c2l dr-drill abort --context blue -n shop'],
  ['with a namespace of its own', 'c2l dr-drill abort -n other', 'c2l dr-drill abort -n other --context blue'],
  ['of all namespaces', 'c2l audit -A', 'c2l audit -A --context blue'],
  [
    'within a sentence',
    'skipped; c2l restart goes on from here, or c2l audit, then c2l bootstrap again',
    'skipped; c2l restart --context blue -n shop goes on from here, or c2l audit --context blue -n shop, then c2l bootstrap --context blue -n shop again',
  ],
  ['before a file', 'c2l audit -o json > a.json', 'c2l audit -o json --context blue -n shop > a.json'],
  ['by npx', 'npx c2l verify', 'npx c2l verify --context blue -n shop'],
  ['completed before', 'c2l audit --context blue -n shop', 'c2l audit --context blue -n shop'],
  ['broken over lines', 'c2l fix-secrets --from env:FILE \\', 'c2l fix-secrets --from env:FILE \\'],
  ['of no cluster', 'c2l explain lists all; c2l audit --help', 'c2l explain lists all; c2l audit --help'],
  ['of a sandbox', 'try it: c2l stabilize --sandbox', 'try it: c2l stabilize --sandbox'],
])('c2l is typed for the place of this run: %s', (_, words, typed) => {
  expect(commandsHere(words, { flags: blue })).toBe(typed);
});

test('a stack of its own is another one than that of this run', () => {
  expect(commandsHere('c2l generate rbac --config FILE', { flags: '--stack a -n b' })).toBe(
    'c2l generate rbac --config FILE -n b',
  );
});

test('so it is where a fix is printed, and a kubeconfig in quotes stays whole beside one that c2l names itself', () => {
  const style = createStyle(false, { flags: both });
  expect(commandsHere('kubectl describe node a', style)).toBe(`${there} describe node a`);
  expect(commandsHere('c2l audit', style)).toBe(`c2l audit ${both}`);
  expect(commandsHere('c2l audit -n other --kubeconfig FILE', style)).toBe(
    'c2l audit -n other --kubeconfig FILE --context blue --config c2l.yaml',
  );
});

test('so it is in the hint of an error, and not where a program reads it', async () => {
  const error = new OperatorError('forbidden', 'may not list secrets', {
    hint: 'kubectl auth can-i list secrets -A, or c2l doctor',
  });
  const said: string[] = [];
  const terminal = { program: 'c2l', out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
  const deps = { terminal } as unknown as Pick<Deps, 'terminal'>;
  await printError(error, { name: 'audit', flags: { output: 'json', context: 'my blue' } as GlobalFlags }, deps);

  const [document = '', line] = said;
  expect(line).toBe(
    "error: may not list secrets; kubectl --context 'my blue' auth can-i list secrets -A, or c2l doctor --context 'my blue'",
  );
  expect(JSON.parse(document)).toMatchObject({ error: { hint: error.hint } });
});
