import { describe, expect, test } from '@jest/globals';

import type { LocatedFinding, ValidateReport } from '../../src/core/reports/file-reports.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import { deploymentYaml, keyYaml, manifestFolder, secretYaml } from '../support/manifest-folder.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

async function validate(files: Readonly<Record<string, string>>, ...flags: string[]) {
  const cwd = await manifestFolder(files);
  const { code, stdout, stderr } = await runCli(['validate', '.', '-o', 'json', ...flags], { cwd });
  return { code, stderr, report: JSON.parse(stdout) as ValidateReport };
}

/** `code object-or-key file:line …`, which is all that a table has to say of a finding. */
function brief({ code, object, secret, key, locations }: LocatedFinding): string {
  const what = key ?? secret ?? object.name;
  return [code, what, ...locations.map(({ file, line }) => `${file}:${line}`)].join(' ');
}

const api = deploymentYaml('api', [keyYaml('app', 'a'), keyYaml('app', 'b')].join('\n'));

const externalSecret = (spec: string) => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: app, namespace: shop }
spec:
${spec}
`;

const clusterExternalSecret = (where: string) => `apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: { name: app }
spec:
  ${where}
  externalSecretSpec: { data: [{ secretKey: a }, { secretKey: b }] }
`;

const sealedSecret = (spec: string) => `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: app, namespace: shop }
spec: ${spec}
`;

const stackFile = (keys: string) => `version: 1
name: shop
namespaces: [shop]
secrets:
  - name: app
    keys: { ${keys} }
`;

const lacksB = ['secret-key-missing b api.yaml:22 app.yaml:1'];
const table: readonly (readonly [situation: string, files: Record<string, string>, expected: readonly string[]])[] = [
  ['nothing provides the Secret', { 'api.yaml': api }, ['secret-missing app api.yaml:17']],
  ['a Secret has every key', { 'api.yaml': api, 'app.yaml': secretYaml('app', '  a: x\n  b: two') }, []],
  ['a Secret lacks a key', { 'api.yaml': api, 'app.yaml': secretYaml('app', '  a: x') }, lacksB],
  [
    'an ExternalSecret fetches every key',
    { 'api.yaml': api, 'app.yaml': externalSecret('  data: [{ secretKey: a }, { secretKey: b }]') },
    [],
  ],
  [
    'an ExternalSecret lacks one',
    { 'api.yaml': api, 'app.yaml': externalSecret('  data: [{ secretKey: a }]') },
    lacksB,
  ],
  [
    'an ExternalSecret takes whatever is in the store',
    { 'api.yaml': api, 'app.yaml': externalSecret('  dataFrom: [{ extract: { key: app } }]') },
    [],
  ],
  [
    'an ExternalSecret merges into a Secret that others write',
    { 'api.yaml': api, 'app.yaml': externalSecret('  target: { creationPolicy: Merge }\n  data: [{ secretKey: a }]') },
    [],
  ],
  [
    'a template of an ExternalSecret stands in for what was fetched',
    {
      'api.yaml': api,
      'app.yaml': externalSecret(
        '  data: [{ secretKey: a }, { secretKey: b }]\n  target: { template: { data: { a: "{{ .a }}" } } }',
      ),
    },
    lacksB,
  ],
  [
    'a template that is merged adds to it',
    {
      'api.yaml': api,
      'app.yaml': externalSecret(
        '  data: [{ secretKey: a }]\n  target: { template: { mergePolicy: Merge, data: { b: "{{ .a }}" } } }',
      ),
    },
    [],
  ],
  [
    'a ClusterExternalSecret writes it wherever its selector says',
    { 'api.yaml': api, 'app.yaml': clusterExternalSecret('namespaceSelectors: [{ matchLabels: { x: y } }]') },
    [],
  ],
  [
    'a ClusterExternalSecret writes it elsewhere',
    { 'api.yaml': api, 'app.yaml': clusterExternalSecret('namespaces: [other]') },
    ['secret-missing app api.yaml:17'],
  ],
  [
    'an ExternalSecret writes a Secret of another name',
    { 'api.yaml': api, 'app.yaml': externalSecret('  target: { name: other }\n  data: [{ secretKey: a }]') },
    ['secret-missing app api.yaml:17'],
  ],
  [
    'an ExternalSecret creates nothing',
    { 'api.yaml': api, 'app.yaml': externalSecret('  target: { creationPolicy: None }\n  data: [{ secretKey: a }]') },
    ['secret-missing app api.yaml:17'],
  ],
  [
    'a SealedSecret seals one key and templates the other',
    { 'api.yaml': api, 'app.yaml': sealedSecret('{ encryptedData: { a: AgB }, template: { data: { b: "x" } } }') },
    [],
  ],
  ['a SealedSecret lacks one', { 'api.yaml': api, 'app.yaml': sealedSecret('{ encryptedData: { a: AgB } }') }, lacksB],
  ['the stack file declares them', { 'api.yaml': api, 'c2l.yaml': stackFile('a: {}, b: {}') }, []],
  [
    'the stack file does not know one',
    { 'api.yaml': api, 'c2l.yaml': stackFile('a: {}') },
    ['secret-key-missing b api.yaml:22'],
  ],
  [
    'the stack file requires a key that the ExternalSecret does not fetch',
    {
      'api.yaml': api,
      'app.yaml': externalSecret('  data: [{ secretKey: a }, { secretKey: b }]'),
      'c2l.yaml': stackFile('a: {}, b: {}, c: {}'),
    },
    ['secret-key-missing c app.yaml:1'],
  ],
  [
    'a value does not fit the format of the stack file',
    {
      'api.yaml': api,
      'app.yaml': secretYaml('app', '  a: short\n  b: ok'),
      'c2l.yaml': stackFile('a: { format: { minLength: 16 } }, b: {}'),
    },
    ['secret-value-invalid a app.yaml:7 api.yaml:17'],
  ],
  [
    'a value is a placeholder',
    { 'api.yaml': api, 'app.yaml': secretYaml('app', '  a: CHANGE_ME\n  b: ok') },
    ['secret-value-placeholder a app.yaml:7 api.yaml:17'],
  ],
  [
    'a value is empty, one ends in a line break, one was encoded twice',
    {
      'api.yaml': deploymentYaml('api', ['a', 'b', 'c'].map((key) => keyYaml('app', key)).join('\n')),
      'app.yaml': secretYaml(
        'app',
        `  a: ""\n  b: "two\\n"\n  c: ${Buffer.from('the value itself').toString('base64')}`,
      ),
    },
    [
      'secret-value-empty a app.yaml:7 api.yaml:17',
      'secret-value-encoded-twice c app.yaml:9 api.yaml:27',
      'secret-value-whitespace b app.yaml:8 api.yaml:22',
    ],
  ],
  [
    'the Secret is of another namespace',
    { 'api.yaml': api, 'app.yaml': secretYaml('app', '  a: x\n  b: two').replace('shop', 'other') },
    ['secret-missing app api.yaml:17'],
  ],
  [
    'volume, projected volume, envFrom and image pull Secret each name their own line',
    {
      'job.yaml': `apiVersion: batch/v1
kind: CronJob
metadata: { name: job, namespace: shop }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          imagePullSecrets:
            - name: pull
          containers:
            - name: job
              envFrom:
                - secretRef:
                    name: whole
              volumeMounts:
                - { name: one, mountPath: /one }
                - { name: two, mountPath: /two }
          volumes:
            - name: one
              secret:
                secretName: files
                items:
                  - { key: ca.crt, path: ca.crt }
            - name: two
              projected:
                sources:
                  - secret:
                      name: joined
`,
    },
    [
      'image-pull-secret-missing pull job.yaml:10',
      'secret-missing files job.yaml:22',
      'secret-missing joined job.yaml:29',
      'secret-missing whole job.yaml:14',
    ],
  ],
  [
    'a volume that no container mounts is told at its line, and is no error',
    {
      'pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: api, namespace: shop }
spec:
  containers:
    - name: main
  volumes:
    - name: idle
      projected:
        sources:
          - secret:
              name: spare
`,
    },
    ['optional-key-absent spare pod.yaml:12'],
  ],
  [
    'a certificate is nobody’s, another cert-manager’s by annotation, a third by a Certificate',
    {
      'ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: plain, namespace: shop }
spec:
  tls:
    - secretName: ours
    - secretName: made
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shimmed, namespace: shop, annotations: { cert-manager.io/cluster-issuer: le } }
spec:
  tls:
    - secretName: shimmed
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: made, namespace: shop }
spec: { secretName: made }
`,
    },
    ['tls-secret-missing ours ingress.yaml:6'],
  ],
];

describe('what validate finds', () => {
  test.each(table)('%s', async (_, files, expected) => {
    const { code, report } = await validate(files);

    expect(report.findings.map(brief)).toEqual(expected);
    const fails = report.findings.some(({ severity }) => severity === 'error');
    expect(code).toBe(fails ? ExitCode.problems : ExitCode.ok);
  });

  test('a List on standard input is taken apart, and lines are those of the stream', async () => {
    const item = api.replace(/^/gm, '    ').replace('    apiVersion', '  - apiVersion');
    const stdin = [`apiVersion: v1\nkind: List\nitems:\n${item}\n---\n`, secretYaml('app', '  a: x')];

    const { stdout, code } = await runCli(['validate', '-', '-o', 'json'], { cwd: await manifestFolder({}), stdin });

    expect((JSON.parse(stdout) as ValidateReport).findings.map(brief)).toEqual(['secret-key-missing b -:25 -:28']);
    expect(code).toBe(ExitCode.problems);
  });

  test('manifests without a namespace are those of the stack, and -n leaves out others', async () => {
    const bare = api.replace('  namespace: shop\n', '');
    const files = { 'api.yaml': bare, 'c2l.yaml': stackFile('a: {}, b: {}'), 'x.yaml': api.replace('shop', 'x') };

    const { report } = await validate(files, '-n', 'shop');

    expect(report).toMatchObject({ verdict: 'ok', namespaces: ['shop'], objects: 1 });
    expect(report.skipped).toEqual([{ file: 'x.yaml', line: 1 }]);
  });

  test('the stack file beside a file that is named alone speaks of it', async () => {
    const cwd = await manifestFolder({ 'k8s/api.yaml': api, 'k8s/c2l.yaml': stackFile('a: {}') });

    const { stdout } = await runCli(['validate', 'k8s/api.yaml', '-o', 'json'], { cwd });

    expect((JSON.parse(stdout) as ValidateReport).findings.map(brief)).toEqual([
      'secret-key-missing b k8s/api.yaml:22',
    ]);
  });

  test('it asks no cluster: there is none, and the report names none', async () => {
    const { report, stderr } = await validate({ 'api.yaml': api });

    expect(report).toMatchObject({ context: '', server: '' });
    expect(stderr).toBe('');
  });
});

describe('what cannot be judged is named, and never ok', () => {
  const good = secretYaml('app', '  a: x\n  b: two');
  test.each<readonly [string, string, string, RegExp]>([
    ['no YAML', 'apiVersion: v1\nkind: [', 'bad.yaml:2', /^not YAML/],
    ['a template of Helm', 'kind: Pod\nmetadata:\n  name: {{ .Release.Name }}', 'bad.yaml:3', /was not rendered/],
    [
      'a template in the name of a key',
      deploymentYaml('x', keyYaml('app', '"{{ .k }}"')),
      'bad.yaml:13',
      /not rendered/,
    ],
    ['a template in a value', secretYaml('s', '  p: "{{ .Values.p }}"'), 'bad.yaml:7', /not rendered/],
    ['a variable of envsubst', good.replace('name: app', 'name: ${APP}'), 'bad.yaml:4', /not rendered/],
    ['a duplicate key', 'kind: Secret\nkind: Secret', 'bad.yaml:2', /^not YAML: map keys must be unique/],
    [
      'a wrong type',
      deploymentYaml('x', '            one: two'),
      'bad.yaml:12',
      /spec.template.spec.containers\[0\].env /,
    ],
    ['a number where text belongs', secretYaml('s', '  port: 587'), 'bad.yaml:7', /port is no text: quote it/],
    ['plain text in data', secretYaml('s', '  p: not base64', 'data'), 'bad.yaml:7', /p is not base64/],
    ['no name', 'apiVersion: v1\nkind: Secret\nmetadata: {}', 'bad.yaml:3', /it has no name/],
    ['a name that no object has', good.replace('name: app', 'name: App_1'), 'bad.yaml:4', /cannot be called App_1/],
    ['a list', '- a\n- b', 'bad.yaml:1', /no Kubernetes object/],
    ['a kind without apiVersion', 'kind: Secret\nmetadata: { name: x }', 'bad.yaml:1', /apiVersion is no text/],
    [
      'the same Secret, otherwise',
      good.replace('two', 'three'),
      'bad.yaml:1',
      /a second time, otherwise than in a.yaml:1/,
    ],
    [
      'a kustomization that changes what it takes',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamePrefix: x-',
      'bad.yaml:1',
      /namePrefix/,
    ],
  ])('%s', async (_, text, place, message) => {
    const { code, report } = await validate({ 'a.yaml': good, 'bad.yaml': text });

    expect(report.findings.map(({ code: word, locations: [at] }) => [word, `${at?.file}:${at?.line}`])).toEqual([
      ['unreadable', place],
    ]);
    expect(report.findings[0]?.message).toMatch(message);
    expect(code).toBe(ExitCode.unreadable);
  });

  test('a template that another document is meant to have is not what is wrong with a broken one', async () => {
    const templated = externalSecret('  data: [{ secretKey: a }]\n  target: { template: { data: { b: "{{ .a }}" } } }');
    const text = [templated, secretYaml('t', '  port: 587'), 'kind: Pod\nmetadata:\n  name: {{ .Release.Name }}'].join(
      '---\n',
    );

    const { report } = await validate({ 'bad.yaml': text });

    expect(report.findings.map(({ message, locations: [at] }) => `${at?.line} ${message}`)).toEqual([
      expect.stringMatching(/^14 .*port is no text: quote it/),
      expect.stringMatching(/^18 .*was not rendered/),
    ]);
  });

  test('bytes that are no text', async () => {
    const cwd = await manifestFolder({ 'bad.yaml': new Uint8Array([0xff, 0xfe, 0x00]) });

    const { code, stdout } = await runCli(['validate', 'bad.yaml'], { cwd });

    expect(stdout).toContain('is not UTF-8 text');
    expect(code).toBe(ExitCode.unreadable);
  });

  test.each([
    ['a path that is not there', ['nowhere'], 'there is no file or folder nowhere'],
    ['an empty folder', ['.'], 'there is no Kubernetes object in .'],
    ['an empty pipe', ['-'], 'there is no Kubernetes object in standard input'],
  ])('%s is a mistake of the call', async (_, paths, message) => {
    const { code, stderr } = await runCli(['validate', ...paths], { cwd: await manifestFolder({}) });

    expect(stderr).toContain(message);
    expect(code).toBe(ExitCode.usage);
  });

  test.each([
    ['settings of other programs', { 'values.yaml': 'replicas: 2', 'package.json': '{ "name": "x" }' }],
    [
      'a kustomization that only lists',
      { 'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]' },
    ],
    [
      'an alert with a template of its own',
      {
        'alert.yaml':
          'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: r }\nspec: { text: "{{ $labels.pod }}" }',
      },
    ],
    ['the same file by two names', { 'b/again.yaml': good }],
  ])('%s lie beside manifests and do no harm', async (_, files) => {
    const { report } = await validate({ 'a.yaml': good, ...files });

    expect(report.findings).toEqual([]);
    expect(report.verdict).toBe('ok');
  });
});

describe('values in files', () => {
  const git = { '.git/HEAD': 'ref: refs/heads/main\n' };
  const plain = secretYaml('app', '  a: canary-value\n  b: ""\n  c: CHANGE_ME_PLEASE');

  test('a plain Secret that Git takes is a warning, without its values', async () => {
    const cwd = await manifestFolder({ ...git, 'app.yaml': plain });

    const { code, stdout } = await runCli(['validate', 'app.yaml'], { cwd });

    expect(stdout).toMatch(/1 {2}warning {2}secret\/app stands in a file that Git takes with the value of a\n/);
    expect(stdout).not.toContain('canary-value');
    expect(code).toBe(ExitCode.ok);
  });

  test.each([
    ['outside of Git', { 'app.yaml': plain }],
    ['ignored by Git', { ...git, '.gitignore': 'app.yaml\n', 'app.yaml': plain }],
    [
      'encrypted by SOPS',
      { ...git, 'app.yaml': `${secretYaml('app', '  a: ENC[AES256_GCM,data:x]')}sops: { mac: x }\n` },
    ],
    ['a path of the vault plugin', { ...git, 'app.yaml': secretYaml('app', '  a: <path:kv/data/app#a>') }],
  ])('%s it is not', async (_, files) => {
    const { report } = await validate(files);

    expect(report.findings).toEqual([]);
  });

  test('encrypted keys count as keys', async () => {
    const sops = `${secretYaml('app', '  a: ENC[AES256_GCM,data:x]')}sops: { mac: x }\n`;

    const { report } = await validate({ 'api.yaml': api, 'app.yaml': sops });

    expect(report.findings.map(brief)).toEqual(lacksB);
  });
});

describe('the store that an ExternalSecret takes its values from', () => {
  const takes = (ref: string): string => externalSecret(`  secretStoreRef: ${ref}\n  data: [{ secretKey: a }]`);
  const store = (kind: string, namespace: string): string =>
    `apiVersion: external-secrets.io/v1\nkind: ${kind}\nmetadata: { name: vault, namespace: ${namespace} }\n`;
  const nobody = ['secret-store-not-ready vault app.yaml:5'];

  test.each<[string, Record<string, string>, string[]]>([
    ['is nowhere here', { 'app.yaml': takes('{ name: vault }') }, nobody],
    ['is here', { 'app.yaml': takes('{ name: vault }'), 'store.yaml': store('SecretStore', 'shop') }, []],
    [
      'is in another namespace',
      { 'app.yaml': takes('{ name: vault }'), 'store.yaml': store('SecretStore', 'other') },
      nobody,
    ],
    [
      'is one of the whole cluster',
      {
        'app.yaml': takes('{ name: vault, kind: ClusterSecretStore }'),
        'store.yaml': store('ClusterSecretStore', '""'),
      },
      [],
    ],
    [
      'is one of the whole cluster, and none of the namespace',
      { 'app.yaml': takes('{ name: vault }'), 'store.yaml': store('ClusterSecretStore', '""') },
      nobody,
    ],
    [
      'is named for one key alone',
      { 'app.yaml': externalSecret('  data:\n    - secretKey: a\n      sourceRef: { storeRef: { name: vault } }') },
      ['secret-store-not-ready vault app.yaml:7'],
    ],
  ])('%s', async (_, files, expected) => {
    const { code, report } = await validate(files);

    expect(report.findings.map(brief)).toEqual(expected);
    expect([code, report.findings.every(({ severity }) => severity === 'info')]).toEqual([0, true]);
  });

  test('may be in the cluster, which is to be asked', async () => {
    const cwd = await manifestFolder({ 'app.yaml': takes('{ name: vault }') });
    const { stdout } = await runCli(['validate', 'app.yaml'], { cwd });

    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /5 note no manifest here is secretstore\/vault, which externalsecret\/app takes values from: no cluster was asked whether it has it verdict: ok, 1 note next: c2l validate --against-cluster app.yaml $/,
    );
  });
});

test('a Secret that nothing provides is looked for in the cluster, rather than taken for given', async () => {
  const cwd = await manifestFolder({ 'api.yaml': api });
  const { stdout } = await runCli(['validate', 'api.yaml'], { cwd });

  expect(stdout).toMatch(/\nnext: c2l validate --against-cluster api.yaml\n$/);
});

describe('against a cluster', () => {
  const name = 'cloudtolocalllm-secrets';
  const inNamespace = (text: string): string => text.replaceAll('shop', 'cloudtolocalllm');
  const wants = (...keys: string[]): string =>
    inNamespace(deploymentYaml('api', keys.map((key) => keyYaml(name, key)).join('\n')));

  async function against(text: string, intercept: Parameters<typeof sandbox>[0] = {}) {
    const { kubeconfig } = await sandbox({ scenario: 'healthy', ...intercept });
    const cwd = await manifestFolder({ 'api.yaml': text });
    const flags = ['--against-cluster', '-o', 'json'];
    const { code, stdout, stderr } = await runCli(['validate', 'api.yaml', ...flags], { cwd, kubeconfig });
    return { code, stderr, report: stdout === '' ? undefined : (JSON.parse(stdout) as ValidateReport) };
  }
  const refused = { status: 403, body: JSON.stringify({ kind: 'Status', reason: 'Forbidden', code: 403 }) };

  test('its Secrets count, and what it lacks is repaired there', async () => {
    const { code, report, stderr } = await against(wants('jwt-secret', 'nobody-has-it'));

    const errors = report?.findings.filter(({ severity }) => severity === 'error') ?? [];
    expect(errors.map(brief)).toEqual(['secret-key-missing nobody-has-it api.yaml:22']);
    expect(errors[0]?.fix).toBe('c2l fix-secrets -n cloudtolocalllm');
    expect(stderr).toContain('context ');
    expect(code).toBe(ExitCode.problems);
  });

  test('a key that a manifest adds is there, beside those of the cluster', async () => {
    const added = inNamespace(secretYaml(name, '  new: value'));

    const { report } = await against(`${wants('jwt-secret', 'new')}\n---\n${added}`);

    expect(report?.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('where Secrets may not be listed they are read by name', async () => {
    const intercept = ({ path }: { readonly path: string }) => (/\/secrets(\?|$)/.test(path) ? refused : undefined);

    const { report } = await against(wants('jwt-secret', 'nobody-has-it'), { intercept });

    expect(report?.findings.filter(({ severity }) => severity === 'error').map(brief)).toEqual([
      'secret-key-missing nobody-has-it api.yaml:22',
    ]);
  });

  const takesFrom = (kind: string, target: string): string =>
    inNamespace(
      externalSecret(`  secretStoreRef: { kind: ${kind}, name: vault }
  target: { name: ${target} }
  data: [{ secretKey: jwt-secret }]`),
    );

  test.each([
    ['SecretStore', 'app', 'error'],
    ['SecretStore', name, 'warning'],
    ['ClusterSecretStore', 'app', 'error'],
  ])('a %s that neither has cannot fill secret/%s, which is an %s', async (kind, target, severity) => {
    const { report } = await against(takesFrom(kind, target));

    expect(report?.findings.map((finding) => `${finding.severity} ${brief(finding)} ${finding.message}`)).toEqual([
      `${severity} secret-store-not-ready vault api.yaml:5 neither manifests nor cluster have ${kind.toLowerCase()}/vault, which externalsecret/app takes values from`,
    ]);
  });

  test('a store that the cluster has is as good as one of the manifests', async () => {
    const { kubeconfig, store } = await sandbox({ scenario: 'healthy' });
    store.create('secretstores', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { namespace: 'cloudtolocalllm', name: 'vault' },
    });
    const cwd = await manifestFolder({ 'api.yaml': takesFrom('SecretStore', 'app') });
    const { code, stdout } = await runCli(['validate', 'api.yaml', '--against-cluster'], { cwd, kubeconfig });

    expect([code, stdout]).toEqual([0, expect.stringContaining('every required key is provided')]);
  });

  test('stores that may not be listed hide whether they are there', async () => {
    const { code, report } = await against(takesFrom('SecretStore', 'app'), {
      intercept: ({ path }: { readonly path: string }) => (path.includes('/secretstores') ? refused : undefined),
    });

    expect([code, report?.findings.map((finding) => finding.code)]).toEqual([ExitCode.unreadable, ['unreadable']]);
  });

  test('where they may not be read at all nothing is missing, and nothing is ok', async () => {
    const intercept = ({ path }: { readonly path: string }) => (path.includes('/secrets') ? refused : undefined);
    const added = inNamespace(secretYaml(name, '  new: value'));

    const { code, report } = await against(`${wants('jwt-secret', 'new')}\n---\n${added}`, { intercept });

    expect(report?.findings.map((finding) => finding.code)).toEqual(['unreadable']);
    expect(code).toBe(ExitCode.unreadable);
  });

  test('what to type next means the same cluster', async () => {
    const cwd = await manifestFolder({ 'api.yaml': api, 'c2l.yaml': stackFile('a: {}, b: {}') });

    const { stdout } = await runCli(['validate', 'api.yaml', '--context', 'there', '-n', 'shop'], { cwd });

    expect(stdout).toMatch(/\nnext: c2l validate --against-cluster api.yaml --context there -n shop\n$/);
  });

  test('one that does not answer is told as such', async () => {
    const { code, report } = await against(wants('jwt-secret'), {
      intercept: () => ({ status: 500, body: 'no' }),
    });

    expect(report).toMatchObject({ verdict: 'error', error: { code: 'nothing-readable' } });
    expect(code).toBe(ExitCode.unreadable);
  });
});

test('what the stack file or a manifest says to ignore does not fail, and comes back when its time is over', async () => {
  const until = (day: string) => ({
    'api.yaml': api,
    'c2l.yaml': `${stackFile('x: {}')}ignore: [{ code: secret-key-missing, key: b, reason: comes later, until: ${day} }]\n`,
    'app.yaml': secretYaml('app', '  x: long enough').replace(
      'metadata:\n',
      `metadata:\n  annotations: { c2l.dev/ignore: 'secret-key-missing until=${day} reason=a rehearsal' }\n`,
    ),
  });
  const kept = await validate(until('2999-12-31'));
  const over = await validate(until('2020-01-01'));

  expect(kept.code).toBe(ExitCode.ok);
  expect(kept.report.findings).toEqual([]);
  expect(kept.report.ignored.map(({ code, ignored: { by } }) => `${code} by ${by}`)).toEqual([
    'secret-key-missing by annotation',
    'secret-key-missing by stack file',
  ]);
  expect(over.report.findings.map(({ code }) => code)).toEqual(['secret-key-missing', 'secret-key-missing']);
  expect(over.report.lapsedIgnores.map(({ why }) => why)).toEqual([
    'ignoring secret-key-missing ended on 2020-01-01 (annotation: a rehearsal)',
    'ignoring secret-key-missing ended on 2020-01-01 (stack file: comes later)',
  ]);
});
