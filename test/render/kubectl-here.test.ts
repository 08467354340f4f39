import { expect, test } from '@jest/globals';
import type { GlobalFlags } from '../../src/commands/options.ts';
import { printError } from '../../src/commands/run-report.ts';
import { OperatorError } from '../../src/errors.ts';
import type { Deps } from '../../src/ports.ts';
import { withFlags } from '../../src/render/head-text.ts';
import { kubectlHere } from '../../src/render/kubectl-here.ts';
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
  expect(kubectlHere(words, { flags })).toBe(typed);
});

test('so it is where a fix is printed, and a kubeconfig in quotes stays whole beside one that c2l names itself', () => {
  const style = createStyle(false, { flags: both });
  expect(withFlags('kubectl describe node a', style)).toBe(`${there} describe node a`);
  expect(withFlags('c2l audit', style)).toBe(`c2l audit ${both}`);
  expect(withFlags('c2l audit -n other --kubeconfig FILE', style)).toBe(
    'c2l audit -n other --kubeconfig FILE --context blue --config c2l.yaml',
  );
});

test('so it is in the hint of an error, and not where a program reads it', async () => {
  const error = new OperatorError('forbidden', 'may not list secrets', { hint: 'kubectl auth can-i list secrets -A' });
  const said: string[] = [];
  const terminal = { program: 'c2l', out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
  const deps = { terminal } as unknown as Pick<Deps, 'terminal'>;
  await printError(error, { name: 'audit', flags: { output: 'json', context: 'my blue' } as GlobalFlags }, deps);

  const [document = '', line] = said;
  expect(line).toBe("error: may not list secrets; kubectl --context 'my blue' auth can-i list secrets -A");
  expect(JSON.parse(document)).toMatchObject({ error: { hint: error.hint } });
});
