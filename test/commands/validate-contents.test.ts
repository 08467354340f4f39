import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { beforeAll, describe, expect, test } from '@jest/globals';

import type { ValidateReport } from '../../src/core/reports/file-reports.ts';
import { deploymentYaml, keyYaml, manifestFolder, secretYaml } from '../support/manifest-folder.ts';
import { runCli } from '../support/run-cli.ts';

async function told(files: Readonly<Record<string, string>>): Promise<string[]> {
  const cwd = await manifestFolder(files);
  const { stdout } = await runCli(['validate', '.', '-o', 'json'], { cwd });
  return (JSON.parse(stdout) as ValidateReport).findings
    .filter(({ code }) => code !== 'secret-plain-in-manifest')
    .map(({ code, message, locations: [at] }) => `${at?.file ?? ''}:${at?.line ?? 0} ${code} ${message}`);
}

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { tls: [{ hosts: [shop.example.test], secretName: web-tls }] }
`;

describe('a certificate in a manifest', () => {
  let pairs: { readonly certificate: string; readonly key: string }[];
  beforeAll(async () => {
    pairs = await Promise.all(['shop.example.test', 'other.example.test'].map(pairFor));
  });

  const tls = (certificate = 'junk', key = 'junk'): string => {
    const text = (pem: string): string => JSON.stringify(pem);
    return `${secretYaml('web-tls', `  tls.crt: ${text(certificate)}\n  tls.key: ${text(key)}`)}type: kubernetes.io/tls\n`;
  };

  test('is judged as one of a cluster is', async () => {
    const [own, other] = pairs;
    const cases = [
      tls(own?.certificate, own?.key),
      tls(),
      tls(own?.certificate, other?.key),
      tls(other?.certificate, other?.key),
    ];
    const found = await Promise.all(cases.map((secret) => told({ 'ingress.yaml': ingress, 'tls.yaml': secret })));
    const served = 'secret/web-tls, which ingress/web serves,';
    expect(found).toEqual([
      [],
      [`tls.yaml:1 tls-secret-invalid ${served} cannot be served: its tls.crt holds no certificate that can be read`],
      [`tls.yaml:1 tls-secret-invalid ${served} cannot be served: its key is not that of its certificate`],
      [
        `tls.yaml:1 tls-host-not-covered ${served} holds a certificate for other.example.test, not for shop.example.test`,
      ],
    ]);
  });

  test('is no pull Secret', async () => {
    const [own] = pairs;
    const pulling = deploymentYaml('api', '            []', '      imagePullSecrets: [{ name: web-tls }]');
    expect(await told({ 'api.yaml': pulling, 'tls.yaml': tls(own?.certificate, own?.key) })).toEqual([
      'tls.yaml:1 image-pull-secret-invalid secret/web-tls for pulling images is of type kubernetes.io/tls, which kubelet passes over: it takes kubernetes.io/dockerconfigjson',
    ]);
  });
});

test('a Secret whose manifest cannot be read is not called missing', async () => {
  const files = {
    'api.yaml': deploymentYaml('api', keyYaml('app', 'a')),
    'app.yaml': secretYaml('app', '  a: not base64', 'data'),
  };
  expect(await told(files)).toEqual(['app.yaml:7 unreadable data.a is not base64; plain text belongs in stringData']);
});

async function pairFor(host: string): Promise<{ certificate: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=x',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 90 * 86_400_000),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { certificate: made.toString('pem'), key };
}
