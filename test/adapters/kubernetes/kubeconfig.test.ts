import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { selectKubeconfig, type KubeconfigOptions } from '../../../src/adapters/kubernetes/kubeconfig.ts';
import { OperatorError } from '../../../src/errors.ts';

let folder = '';
let home = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-kubeconfig-'));
  home = join(folder, 'home');
  mkdirSync(join(home, '.kube'), { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Part {
  readonly current?: string;
  readonly context?: string;
  readonly server?: string;
  readonly user?: string;
  readonly cluster?: string;
}

const yaml = ({ current, context = 'blue', server = 'https://blue.example:6443', user = 'u', cluster = 'c' }: Part) =>
  [
    ...(current === undefined ? [] : [`current-context: ${current}`]),
    `contexts: [{name: ${context}, context: {cluster: ${cluster}, user: ${user}, namespace: shop}}]`,
    `clusters: [{name: c, cluster: {server: "${server}"}}]`,
    `users: [{name: u, user: {client-certificate: crt.pem}}]`,
  ].join('\n');

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Without KUBECONFIG, in a home that has no kubeconfig. */
function select(options: Partial<KubeconfigOptions>) {
  return selectKubeconfig({ env: { HOME: join(folder, 'empty-home') }, ...options });
}

function failure(options: Partial<KubeconfigOptions>): OperatorError {
  try {
    select(options);
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('where a kubeconfig is looked for', () => {
  test('--kubeconfig goes before KUBECONFIG, KUBECONFIG before ~/.kube/config', () => {
    const named = write('named', yaml({ current: 'named', context: 'named' }));
    const listed = write('listed', yaml({ current: 'listed', context: 'listed' }));
    writeFileSync(join(home, '.kube', 'config'), yaml({ current: 'home', context: 'home' }));

    expect(select({ kubeconfigPath: named, env: { HOME: home, KUBECONFIG: listed } }).context).toBe('named');
    expect(select({ env: { HOME: home, KUBECONFIG: listed } }).context).toBe('listed');
    expect(select({ env: { HOME: home, KUBECONFIG: '' } }).context).toBe('home');
  });

  test('of several files the first to name something wins, and one that is missing is passed over', () => {
    const one = write('one', yaml({ server: 'https://first.example' }));
    const two = write('two', yaml({ current: 'blue', server: 'https://second.example' }));
    const KUBECONFIG = [join(folder, 'missing'), one, two].join(delimiter);

    expect(select({ env: { KUBECONFIG } })).toMatchObject({ context: 'blue', server: 'https://first.example' });
  });

  test('a pod uses its ServiceAccount', () => {
    const account = join(folder, 'serviceaccount');
    mkdirSync(account);
    writeFileSync(join(account, 'token'), 'x');
    writeFileSync(join(account, 'namespace'), 'apps\n');
    const env = {
      HOME: join(folder, 'empty-home'),
      KUBERNETES_SERVICE_HOST: 'fd00::1',
      KUBERNETES_SERVICE_PORT: '443',
    };

    expect(select({ env, serviceAccountFolder: account })).toMatchObject({
      context: 'in-cluster',
      namespace: 'apps',
      server: 'https://[fd00::1]',
      cluster: { fields: { 'certificate-authority': join(account, 'ca.crt') } },
      user: { fields: { tokenFile: join(account, 'token') } },
    });
  });

  test.each<[string, () => Partial<KubeconfigOptions>, string]>([
    ['no file anywhere', () => ({}), 'no kubeconfig: KUBECONFIG is not set and'],
    ['a path that is wrong', () => ({ kubeconfigPath: '/no/such/file' }), 'kubeconfig /no/such/file does not exist'],
    ['KUBECONFIG that is wrong', () => ({ env: { KUBECONFIG: '/no/such' } }), 'KUBECONFIG names /no/such, which'],
    ['a file without contexts', () => ({ kubeconfigPath: write('bare', 'kind: Config') }), 'bare has no contexts'],
  ])('%s is told, never a silent localhost', (_name, options, message) => {
    const error = failure(options());

    expect(error.code).toBe('no-kubeconfig');
    expect(error.message).toContain(message);
    expect(error.hint).toContain('c2l stabilize --sandbox');
  });
});

describe('what is wrong with a kubeconfig', () => {
  test('an unknown context, with those that there are', () => {
    const path = write('contexts', yaml({ current: 'blue' }));

    const error = failure({ kubeconfigPath: path, context: 'green' });

    expect(error).toMatchObject({ code: 'unknown-context', hint: 'name one with --context: blue' });
    expect(error.message).toBe(`context "green" is not in kubeconfig ${path}`);
  });

  test('no current-context', () => {
    const error = failure({ kubeconfigPath: write('current', yaml({})) });

    expect(error).toMatchObject({ code: 'unknown-context', hint: 'name one with --context: blue' });
  });

  test.each<[string, string, string]>([
    ['is not there', yaml({ current: 'blue', cluster: 'gone' }), 'names the cluster "gone", which is not there'],
    ['has no such user', yaml({ current: 'blue', user: 'gone' }), 'names the user "gone", which is not there'],
    ['has no cluster', 'current-context: a\ncontexts: [{name: a, context: {}}]', 'names no cluster'],
    ['has no URL', yaml({ current: 'blue', server: 'blue.example' }), 'has no http(s) server URL'],
    ['goes over plain http', yaml({ current: 'blue', server: 'http://blue.example' }), 'would show Secrets'],
    ['is a list', '[]', 'is not a kubeconfig'],
    ['is empty', '', 'is not a kubeconfig'],
  ])('a context that %s', (_name, text, message) => {
    const error = failure({ kubeconfigPath: write('invalid', text) });

    expect(error.code).toBe('kubeconfig-invalid');
    expect(error.message).toContain(message);
  });

  test('text that is not YAML: the line is named, and nothing of it is quoted', () => {
    const token = 't'.repeat(20);
    const path = write('broken', `users:\n- name: u\n  user: {token: ${token}\n`);

    const error = failure({ kubeconfigPath: path });

    expect(error.code).toBe('kubeconfig-invalid');
    expect(error.message).toMatch(/broken is not YAML \(line \d\)$/);
    expect(`${error.message} ${String(error.hint)} ${String(error.cause)}`).not.toContain(token);
  });

  test('the line is the one that is wrong; a second document has none', () => {
    const repeated = write('repeated', 'kind: Config\nusers: []\nusers: []\n');
    const two = write('two', 'kind: Config\n---\nkind: Config\n');

    expect(failure({ kubeconfigPath: repeated }).message).toBe(`${repeated} is not YAML (line 3)`);
    expect(failure({ kubeconfigPath: two }).message).toBe(`${two} is not YAML`);
  });

  test('a context that is named like a date keeps its name', () => {
    expect(failure({ kubeconfigPath: write('dated', yaml({ context: '2026-01-31' })) }).hint).toBe(
      'name one with --context: 2026-01-31',
    );
  });

  test('a folder in place of a file', () => {
    expect(failure({ kubeconfigPath: folder }).message).toBe(`kubeconfig ${folder} cannot be read (EISDIR)`);
  });

  test('an auth-provider that kubectl has dropped', () => {
    const text = yaml({ current: 'blue' }).replace('client-certificate: crt.pem', 'auth-provider: {name: azure}');

    expect(failure({ kubeconfigPath: write('azure', text) })).toMatchObject({
      code: 'kubeconfig-invalid',
      hint: 'kubelogin convert-kubeconfig',
    });
  });
});

describe('what a selection holds', () => {
  test('paths start from the file that names them; a bare command is left to PATH', () => {
    const exec = (command: string) =>
      yaml({ current: 'blue' }).replace('client-certificate: crt.pem', `exec: {command: ${command}}`);

    expect(select({ kubeconfigPath: write('paths', yaml({ current: 'blue' })) }).user.fields).toEqual({
      'client-certificate': join(folder, 'crt.pem'),
    });
    expect(select({ kubeconfigPath: write('relative', exec('bin/login')) }).user.fields).toEqual({
      exec: { command: join(folder, 'bin/login') },
    });
    expect(select({ kubeconfigPath: write('command', exec('kubelogin')) }).user.fields).toEqual({
      exec: { command: 'kubelogin' },
    });
  });

  test('the server is shown without credentials, and keeps its path', () => {
    const text = yaml({ current: 'blue', server: `https://user:${'p'.repeat(9)}@blue.example/k8s/clusters/c-1/` });

    expect(select({ kubeconfigText: text })).toMatchObject({
      server: 'https://blue.example/k8s/clusters/c-1',
      namespace: 'shop',
    });
  });

  test('a malformed entry does no harm where nothing names it', () => {
    const text = yaml({ current: 'blue' }).replace('clusters: [', 'clusters: [7, {name: odd}, ');

    expect(select({ kubeconfigText: text }).context).toBe('blue');
  });
});
