import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readManifestText, type ReadText } from '../../../src/adapters/manifests/manifest-text.ts';
import { inNamespace } from '../../../src/core/manifests/manifest-snapshot.ts';
import { validateManifests } from '../../../src/core/manifests/validate-manifests.ts';
import { storesElsewhere } from '../../../src/core/manifests/validate-stores.ts';
import type { ValidateReport } from '../../../src/core/reports/file-reports.ts';
import { verdictOf } from '../../../src/core/reports/report.ts';
import { outputFormats } from '../../../src/render/output-format.ts';
import { createStyle } from '../../../src/render/style.ts';
import { renderValidation } from '../../../src/render/validation/validation.ts';
import { bounded } from '../../support/bounded.ts';
import { inTurn } from '../../support/in-turn.ts';
import { spoilt, unprintable } from '../../support/spoilt-objects.ts';

const read = (text: string): ReadText => readManifestText(text, { file: 'f.yaml', isNamed: true, isInGit: true });

function reportOf({ manifests, problems }: ReadText): ValidateReport {
  const all = inNamespace(manifests, 'shop');
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))];
  const takenAt = '2026-01-02T03:04:05.000Z';
  const paths = ['f.yaml'];
  const findings = validateManifests({
    manifests: all,
    problems,
    namespaces,
    stack: undefined,
    live: undefined,
    takenAt,
    paths,
    stores: storesElsewhere(all, namespaces, all),
  });
  return {
    schemaVersion: 1,
    command: 'validate',
    context: '',
    server: '',
    namespaces,
    takenAt,
    verdict: verdictOf(findings),
    findings,
    ignored: [],
    lapsedIgnores: [],
    paths,
    files: 1,
    objects: all.length,
    skipped: [],
  };
}

function everyForm(report: ValidateReport): Promise<string[]> {
  const style = { ...createStyle(false, { verbose: true }), version: '0.0.0' };
  return inTurn(outputFormats, (format) => renderValidation(report, format, style));
}

const podSpec = {
  serviceAccountName: 'runner',
  imagePullSecrets: [{ name: 'pull' }],
  initContainers: [{ name: 'wait', command: ['sh', '-c', 'nc -z db 5432'] }],
  containers: [
    {
      name: 'main',
      image: 'busybox',
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'app', key: 'a', optional: false } } }],
      envFrom: [{ prefix: 'X_', secretRef: { name: 'whole' } }],
      ports: [{ name: 'web', containerPort: 80 }],
      readinessProbe: { httpGet: { path: '/', port: 'web' } },
    },
  ],
  volumes: [
    { name: 'v', secret: { secretName: 'files', items: [{ key: 'k', path: 'p' }] } },
    { name: 'p', projected: { sources: [{ secret: { name: 'joined' } }] } },
    { name: 'c', csi: { driver: 'd', nodePublishSecretRef: { name: 'csi' } } },
  ],
};
const metadata = { name: 'app', namespace: 'shop', labels: { app: 'app' }, annotations: { note: 'x' } };
const object = (apiVersion: string, kind: string, rest: object) => ({ apiVersion, kind, metadata, ...rest });
const objects = [
  object('apps/v1', 'Deployment', { spec: { replicas: 1, template: { metadata, spec: podSpec } } }),
  object('batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template: { spec: podSpec } } } } }),
  object('v1', 'Pod', { spec: podSpec }),
  object('v1', 'Secret', { type: 'Opaque', data: { a: 'eA==' }, stringData: { b: 'canary-of-b' } }),
  object('v1', 'Service', { spec: { selector: { app: 'app' }, ports: [{ port: 80, targetPort: 'web' }] } }),
  object('networking.k8s.io/v1', 'Ingress', { spec: { tls: [{ secretName: 'tls', hosts: ['h'] }] } }),
  object('external-secrets.io/v1', 'ExternalSecret', {
    spec: { target: { name: 'app', template: { data: { c: '{{ .c }}' } } }, data: [{ secretKey: 'a' }] },
  }),
  object('bitnami.com/v1alpha1', 'SealedSecret', { spec: { encryptedData: { a: 'x' }, template: { type: 'Opaque' } } }),
  object('cert-manager.io/v1', 'Certificate', { spec: { secretName: 'tls' } }),
  object('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', {
    spec: { secretObjects: [{ secretName: 'x', data: [{ key: 'k' }] }] },
  }),
  { apiVersion: 'v1', kind: 'List', items: [object('v1', 'ConfigMap', { data: { a: 'b' } })] },
];

const spoiltObject = fc.constantFrom(...objects).chain(spoilt);

describe('whatever stands in a manifest', () => {
  test('it is read to the end, judged and printed in every form, with nothing that a terminal obeys', async () => {
    const stream = fc.array(spoiltObject, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(stream, async (documents) => {
        const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
        const report = reportOf(read(text));
        for (const form of await everyForm(report)) {
          expect(unprintable.exec(form)?.index).toBeUndefined();
          expect(form).not.toContain('canary-of-b');
        }
      }),
      bounded(60),
    );
  });

  test('what is broken is named and hides nothing that stands beside it', () => {
    const good = JSON.stringify(objects[0]);
    fc.assert(
      fc.property(spoiltObject, (bad) => {
        const beside = read(`${JSON.stringify(bad)}\n---\n${good}`);
        const alone = read(JSON.stringify(bad));

        expect(beside.manifests.length + beside.problems.length).toBeGreaterThan(
          alone.manifests.length + alone.problems.length - 1,
        );
        expect(beside.manifests.some(({ kind }) => kind === 'Deployment')).toBe(true);
        if (alone.problems.length > 0) expect(reportOf(alone).verdict).not.toBe('ok');
      }),
      bounded(150),
    );
  });

  test('any text at all is no crash, and never silently nothing', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc
        .array(fc.constantFrom('a: ', '- ', '{', '[', '&a ', '*a', '\n', '---\n', '"', '|', '\t', '? ', '!!x '), {
          maxLength: 30,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { manifests, problems } = read(text);
        expect(manifests).toEqual([]);
        expect(problems.every(({ line }) => line >= 1)).toBe(true);
      }),
      bounded(1000),
    );
  });
});

describe('what was made to do harm', () => {
  const aliasBomb = (levels: number) =>
    [
      'a0: &a0 [x, x]',
      ...Array.from({ length: levels }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`),
    ].join('\n');
  test.each([
    [
      'aliases that multiply',
      `apiVersion: v1\nkind: Secret\nmetadata: { name: x }\n${aliasBomb(12)}`,
      /aliases that cannot be resolved/,
    ],
    ['an alias of itself', 'apiVersion: v1\nkind: Secret\nmetadata: &m { name: x, m: *m }', /alias/],
    ['flow lists 50,000 deep', `kind: ${'['.repeat(50_000)}`, /nested too deeply/],
    ['flow maps 50,000 deep', `kind: ${'{a: '.repeat(50_000)}`, /nested too deeply/],
    ['lists 20,000 deep', `kind:\n${'- '.repeat(20_000)}x`, /nested too deeply/],
    [
      'JSON 100,000 deep',
      `{"apiVersion":"v1","kind":"Pod","spec":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      /nested too deeply/,
    ],
    ['a duplicate key', 'apiVersion: v1\nkind: Pod\nkind: Secret', /unique/],
    ['a merge of what is no map', 'apiVersion: v1\nkind: Pod\n<<: 1', /not YAML|merge|cannot be resolved/i],
  ])('%s', (_, text, message) => {
    const started = performance.now();
    const { problems } = read(text);

    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('many documents, and large values, are read in linear time', () => {
    const one = JSON.stringify(objects[0]);
    const time = (amount: number): number => {
      const started = performance.now();
      const { manifests } = read(Array(amount).fill(one).join('\n---\n'));
      expect(manifests).toHaveLength(amount);
      return performance.now() - started;
    };
    time(50);
    const [few, many] = [time(50), time(400)];
    expect(many / few).toBeLessThan(24);
    expect(
      read(`apiVersion: v1\nkind: Secret\nmetadata: { name: x }\nstringData: { a: "${'x'.repeat(5_000_000)}" }`)
        .manifests,
    ).toHaveLength(1);
  });
});
