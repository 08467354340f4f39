import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createVaultCertificates } from '../../src/sandbox/vault/vault-certificates.ts';
import { errorLines } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(60_000);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const value = 'v'.repeat(20);
const admission = '/apis/admissionregistration.k8s.io/v1';

/** What the webhook does with what it is asked. */
type Manner = 'allows' | 'refuses' | 'answers 500' | 'hangs' | 'is gone';

/** The sandbox has no admission of others: nothing could refuse there. */
const kind = worldKinds.find(({ isSandbox, isThere }) => isThere && !isSandbox);

(kind === undefined ? describe.skip : describe)('a write that admission refuses on a real cluster', () => {
  let world: World;
  let folder: string;
  let webhook: Server;
  let manner: Manner = 'refuses';
  const deployments = () => `/apis/apps/v1/namespaces/${world.namespace}/deployments`;
  const ofNamespace = () => ({ matchLabels: { 'kubernetes.io/metadata.name': world.namespace } });

  async function create(path: string, body: object): Promise<void> {
    const { status, text } = await world.send('POST', path, body);
    expect([status, text]).toEqual([201, expect.anything()]);
  }

  async function serveWebhook(): Promise<void> {
    const { caPem, certPem, keyPem } = await createVaultCertificates(new Date());
    webhook = createServer({ key: keyPem, cert: certPem }, (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        if (manner === 'hangs') return;
        if (manner === 'answers 500') {
          response.writeHead(500).end(`broken by ${value}`);
          return;
        }
        const { uid } = (JSON.parse(text) as { request: { uid: string } }).request;
        const answer = { uid, allowed: manner === 'allows', status: { code: 403, message: `${value} is in use` } };
        const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(review));
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    const { port } = webhook.address() as AddressInfo;
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['secrets'] }];
    await create(`${admission}/validatingwebhookconfigurations`, {
      metadata: { name: world.namespace },
      webhooks: [
        {
          name: 'gate.shop.test',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          timeoutSeconds: 1,
          namespaceSelector: ofNamespace(),
          objectSelector: { matchLabels: { asks: 'webhook' } },
          rules,
          clientConfig: { url: `https://127.0.0.1:${String(port)}/`, caBundle: base64(caPem) },
        },
      ],
    });
  }

  async function declarePolicy(): Promise<void> {
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['secrets'] }];
    const refused = [
      "request.operation == 'CREATE' && object.metadata.name == 'not-new'",
      "request.operation == 'CREATE' && object.metadata.name.startsWith('not-kept.c2l-')",
      "request.operation == 'UPDATE' && object.metadata.name == 'not-changed'",
    ];
    const validations = refused.map((expression) => ({ expression: `!(${expression})`, message: value }));
    await create(`${admission}/validatingadmissionpolicies`, {
      metadata: { name: world.namespace },
      spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: rules }, validations },
    });
    await create(`${admission}/validatingadmissionpolicybindings`, {
      metadata: { name: world.namespace },
      spec: {
        policyName: world.namespace,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: ofNamespace() },
      },
    });
  }

  /** Both are heard of by the API server only after a while. */
  async function inForce(): Promise<void> {
    const labels = { asks: 'webhook' };
    await create('secrets', { metadata: { name: 'probe', labels } });
    const mergePatch = 'application/merge-patch+json';
    const probes = [
      () => world.send('POST', 'secrets?dryRun=All', { metadata: { name: 'not-new' } }),
      () => world.send('PATCH', 'secrets/probe?dryRun=All', { data: { a: base64('x') } }, mergePatch),
    ];
    const refused = probes.map((probe) =>
      world.eventually('it is refused', async () => ((await probe()).status < 300 ? undefined : true)),
    );
    await Promise.all(refused);
  }

  beforeAll(async () => {
    world = await kind!.start();
    folder = mkdtempSync(join(tmpdir(), 'c2l-refused-'));
    writeFileSync(join(folder, 'b.env'), `B='${value}'\n`, { mode: 0o600 });
    await Promise.all([serveWebhook(), declarePolicy()]);
    await inForce();
  });

  afterEach(async () => {
    await world.send('DELETE', `${deployments()}/app`);
  });

  afterAll(async () => {
    for (const resource of ['webhookconfigurations', 'admissionpolicies', 'admissionpolicybindings']) {
      await world.send('DELETE', `${admission}/validating${resource}/${world.namespace}`);
    }
    webhook.closeAllConnections();
    webhook.close();
    rmSync(folder, { recursive: true });
    await world.close();
  });

  /** Has c2l add a key to it, and proves that nothing in the namespace has changed. */
  async function expectRefused(secret: string, reason: RegExp, hint: RegExp): Promise<void> {
    const env = [{ name: 'B', valueFrom: { secretKeyRef: { name: secret, key: 'b' } } }];
    const template = {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'app', image: 'busybox:1.36', env }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: 'app' } }, template };
    await create(deployments(), { metadata: { name: 'app' }, spec });
    const before = await secrets();
    const argv = ['fix-secrets', '-n', world.namespace, '--yes', '--from', 'env:b.env'];
    const { code, stdout, stderr } = await runCli(argv, { kubeconfig: world.kubeconfig, cwd: folder });
    expect([code, errorLines({ stderr })]).toEqual([2, [expect.stringMatching(reason)]]);
    expect(stderr).toMatch(hint);
    expect(stderr).toContain('error: nothing was changed');
    expect(stdout + stderr).not.toContain(value);
    expect(await secrets()).toEqual(before);
  }

  async function secrets(): Promise<string[]> {
    const { body } = await world.send('GET', 'secrets');
    return (body['items'] as KubeObject[]).map(({ metadata }) => `${metadata.name} at ${metadata.resourceVersion}`);
  }

  test.each([
    ['the change', 'not-changed', 'patch'],
    ['its revision', 'not-kept', 'create'],
    ['the new one', 'not-new', 'create'],
  ])('%s, by a ValidatingAdmissionPolicy', async (_case, name, verb) => {
    if (name !== 'not-new') await create('secrets', { metadata: { name }, data: { a: base64('kept') } });
    const what = `${verb} secrets ${world.namespace}/${name}`;
    const hint = new RegExp(`kubectl get validatingadmissionpolicy ${world.namespace} -o yaml`);
    const reason = new RegExp(`${what}\\S* failed: the admission policy ${world.namespace} refuses it \\(422\\)`);
    await expectRefused(name, reason, hint);
  });

  test.each<[Manner, RegExp]>([
    ['refuses', /the admission webhook gate\.shop\.test refuses it \(403\)/],
    ['answers 500', /cannot ask the admission webhook gate\.shop\.test: it answers with an error \(500\)/],
    ['hangs', /cannot ask the admission webhook gate\.shop\.test: it does not answer in time \(500\)/],
    ['is gone', /cannot ask the admission webhook gate\.shop\.test: it refuses connections \(500\)/],
  ])('the change, by a webhook that %s', async (wanted, reason) => {
    const name = `asked-${wanted.replaceAll(' ', '-')}`;
    await create('secrets', { metadata: { name, labels: { asks: 'webhook' } }, data: { a: base64('kept') } });
    manner = wanted;
    const { port } = webhook.address() as AddressInfo;
    if (wanted === 'is gone') {
      webhook.closeAllConnections();
      await new Promise((resolve) => webhook.close(resolve));
    }
    await expectRefused(name, reason, /kubectl get validatingwebhookconfigurations,.*gate\.shop\.test/);
    if (wanted === 'is gone') await new Promise<void>((resolve) => webhook.listen(port, '127.0.0.1', resolve));
  });
});
