import { expect, test } from '@jest/globals';
import { readManifestText } from '../../../src/adapters/manifests/manifest-text.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { inNamespace, type LiveSecrets } from '../../../src/core/manifests/manifest-snapshot.ts';
import { validateManifests } from '../../../src/core/manifests/validate-manifests.ts';
import { storesElsewhere } from '../../../src/core/manifests/validate-stores.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { secret, stackOf } from '../../support/builders.ts';
import { deploymentYaml, keyYaml, secretYaml } from '../../support/manifest-folder.ts';

interface World {
  readonly stack?: Stack;
  /** Secrets that the cluster holds; undefined where none is asked. */
  readonly live?: readonly Secret[];
  readonly paths?: readonly string[];
  readonly isInGit?: boolean;
}

/** Each finding with its place and its repair. */
function validated(files: readonly string[], { stack, live, paths = ['k8s'], isInGit = false }: World = {}): string[] {
  const read = files.map((text, index) =>
    readManifestText(text, { file: `k8s/${index}.yaml`, isNamed: true, isInGit }),
  );
  const manifests = inNamespace(
    read.flatMap((each) => each.manifests),
    'shop',
  );
  const none = { items: [], gaps: [] };
  const seen: LiveSecrets | undefined = live && {
    secrets: { items: live, gaps: [] },
    serviceAccounts: none,
    stores: { secretStores: none, clusterSecretStores: none },
  };
  const findings = validateManifests({
    manifests,
    problems: read.flatMap((each) => each.problems),
    namespaces: ['shop'],
    stack,
    live: seen,
    takenAt: '2026-01-02T03:04:05Z',
    paths,
    stores: storesElsewhere(manifests, ['shop'], manifests),
  });
  return findings.map(({ severity, code, message, fix, locations }) => {
    const at = locations.map(({ file, line }) => `${file}:${line}`).join(' ');
    return `${severity} ${code}: ${message} [${fix}]${at === '' ? '' : ` @ ${at}`}`;
  });
}

const web = deploymentYaml('web', keyYaml('app', 'k'));
const api = deploymentYaml('api', keyYaml('app', 'k'));
const app = secretYaml('app', '  k: a-value-that-is-fine');
const pulling = deploymentYaml('web', keyYaml('app', 'k'), '      imagePullSecrets:\n        - name: reg\n');
const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
spec:
  tls:
    - secretName: cert
      hosts: [shop.example]
`;
const optional = deploymentYaml('web', `${keyYaml('app', 'k')}\n                  optional: true`);
const external = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: app
  namespace: shop
spec:
  secretStoreRef: { name: vault, kind: SecretStore }
  target: { name: app }
  data:
    - secretKey: k
      remoteRef: { key: app-k }
`;
const sealed = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: app
  namespace: shop
spec:
  encryptedData:
    k: AgB
`;
const declared = stackOf({ secrets: [{ name: 'app', keys: { k: {} } }] });
const held = (name: string, ...keys: readonly string[]): readonly Secret[] => secret(name, keys).secrets ?? [];

test.each<[string, readonly string[], World, readonly string[]]>([
  ['all there', [web, app], {}, []],
  [
    'a Secret that nothing provides',
    [web],
    {},
    [
      'error secret-missing: no manifest and no stack file provides secret/app, which deployment/web needs [c2l validate --against-cluster k8s] @ k8s/0.yaml:17',
    ],
  ],
  [
    'a Secret that nothing provides, for two',
    [web, api],
    {},
    [
      'error secret-missing: no manifest and no stack file provides secret/app, which deployment/api and deployment/web need [c2l validate --against-cluster k8s] @ k8s/1.yaml:17 k8s/0.yaml:17',
    ],
  ],
  ['a Secret that the stack declares', [web], { stack: declared }, []],
  [
    'a Secret that nothing provides, of standard input',
    [web],
    { paths: ['-'] },
    [
      'error secret-missing: no manifest and no stack file provides secret/app, which deployment/web needs [${EDITOR:-vi} +17 k8s/0.yaml] @ k8s/0.yaml:17',
    ],
  ],
  [
    'a Secret that neither files nor cluster have',
    [web],
    { live: [] },
    [
      'error secret-missing: neither manifests nor cluster have secret/app, which deployment/web needs [c2l fix-secrets -n shop] @ k8s/0.yaml:17',
    ],
  ],
  ['a Secret that the cluster has', [web], { live: held('app', 'k') }, []],
  [
    'a Secret that lacks a key in the cluster',
    [web],
    { live: held('app', 'o') },
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets -n shop] @ k8s/0.yaml:17',
    ],
  ],
  [
    'a Secret that lacks a key',
    [web, secretYaml('app', '  o: x')],
    {},
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [${EDITOR:-vi} +17 k8s/0.yaml] @ k8s/0.yaml:17 k8s/1.yaml:1',
    ],
  ],
  ['a Secret whose key the cluster has', [web, secretYaml('app', '  o: x')], { live: held('app', 'k') }, []],
  [
    'a value that is empty',
    [web, secretYaml('app', '  k: ""')],
    {},
    [
      'warning secret-value-empty: key k of secret/app is empty [${EDITOR:-vi} +7 k8s/1.yaml] @ k8s/1.yaml:7 k8s/0.yaml:17',
    ],
  ],
  [
    'a Secret that has no key in the cluster',
    [web],
    { live: held('app', 'k').map((each) => ({ ...each, data: new Map() })) },
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets -n shop] @ k8s/0.yaml:17',
    ],
  ],
  [
    'a value that is a placeholder, against the cluster',
    [web, secretYaml('app', '  k: CHANGE_ME')],
    { live: [], stack: declared },
    [
      'error secret-value-placeholder: key k of secret/app is a placeholder [${EDITOR:-vi} +7 k8s/1.yaml] @ k8s/1.yaml:7 k8s/0.yaml:17',
    ],
  ],
  [
    'a key that may be absent',
    [optional, secretYaml('app', '  o: x')],
    {},
    [
      'info optional-key-absent: nothing provides key k of secret/app, and nothing requires it [${EDITOR:-vi} +17 k8s/0.yaml] @ k8s/0.yaml:17 k8s/1.yaml:1',
    ],
  ],
  [
    'a Secret that may be absent',
    [optional],
    {},
    [
      'info optional-key-absent: nothing provides secret/app, and nothing requires it [${EDITOR:-vi} +17 k8s/0.yaml] @ k8s/0.yaml:17',
    ],
  ],
  [
    'a pull Secret that nothing provides',
    [pulling, app],
    {},
    [
      'error image-pull-secret-missing: no manifest and no stack file provides secret/reg, which deployment/web needs [c2l validate --against-cluster k8s] @ k8s/0.yaml:19',
    ],
  ],
  [
    'a pull Secret of another type',
    [pulling, app, secretYaml('reg', '  password: x')],
    {},
    [
      'error image-pull-secret-invalid: secret/reg for pulling images is of type Opaque, which kubelet passes over: it takes kubernetes.io/dockerconfigjson [${EDITOR:-vi} +1 k8s/2.yaml] @ k8s/2.yaml:1 k8s/0.yaml:19',
    ],
  ],
  [
    'a certificate that nothing provides',
    [ingress],
    {},
    [
      'error tls-secret-missing: no manifest and no stack file provides secret/cert, which ingress/shop needs [${EDITOR:-vi} +7 k8s/0.yaml] @ k8s/0.yaml:7',
    ],
  ],
  [
    'a Secret that is promised',
    [web, external],
    {},
    [
      'info secret-store-not-ready: no manifest here is secretstore/vault, which externalsecret/app takes values from: no cluster was asked whether it has it [c2l validate --against-cluster k8s] @ k8s/1.yaml:7',
    ],
  ],
  [
    'a Secret that is promised without its key',
    [deploymentYaml('web', keyYaml('app', 'l')), external],
    {},
    [
      'error secret-key-missing: secret/app lacks key l, which deployment/web needs [${EDITOR:-vi} +17 k8s/0.yaml] @ k8s/0.yaml:17 k8s/1.yaml:1',
      'info secret-store-not-ready: no manifest here is secretstore/vault, which externalsecret/app takes values from: no cluster was asked whether it has it [c2l validate --against-cluster k8s] @ k8s/1.yaml:7',
    ],
  ],
  [
    'a Secret that is promised from a store that the cluster lacks',
    [web, external],
    { live: [] },
    [
      'error secret-store-not-ready: neither manifests nor cluster have secretstore/vault, which externalsecret/app takes values from [${EDITOR:-vi} +7 k8s/1.yaml] @ k8s/1.yaml:7',
    ],
  ],
  ['a Secret that is sealed', [web, sealed], {}, []],
  [
    'a Secret that is sealed without its key',
    [deploymentYaml('web', keyYaml('app', 'l')), sealed],
    {},
    [
      'error secret-key-missing: secret/app lacks key l, which deployment/web needs [${EDITOR:-vi} +17 k8s/0.yaml] @ k8s/0.yaml:17 k8s/1.yaml:1',
    ],
  ],
  ['one object twice', [web, web, app], {}, []],
  [
    'one object in two forms',
    [web, deploymentYaml('web', keyYaml('app', 'l')), app],
    {},
    [
      'warning unreadable: deployment/web stands here a second time, otherwise than in k8s/0.yaml:1: which one is applied is not known [kustomize build DIRECTORY | c2l validate -] @ k8s/1.yaml:1',
    ],
  ],
  [
    'values in Git',
    [web, secretYaml('app', '  k: a-value-that-is-fine\n  l: x')],
    { isInGit: true },
    [
      'warning secret-plain-in-manifest: secret/app stands in a file that Git takes with the values of k and l [c2l explain secret-plain-in-manifest] @ k8s/1.yaml:1',
    ],
  ],
  [
    'one value in Git',
    [web, app],
    { isInGit: true },
    [
      'warning secret-plain-in-manifest: secret/app stands in a file that Git takes with the value of k [c2l explain secret-plain-in-manifest] @ k8s/1.yaml:1',
    ],
  ],
  [
    'a Secret that cannot be read',
    [web, secretYaml('app', '  k: "{{ .Values.k }}"')],
    {},
    [
      'error secret-missing: no manifest and no stack file provides secret/app, which deployment/web needs [c2l validate --against-cluster k8s] @ k8s/0.yaml:17',
      'warning unreadable: holds a template that was not rendered [helm template CHART | c2l validate -] @ k8s/1.yaml:7',
    ],
  ],
  [
    'garbage',
    ['kind: [', web, app],
    {},
    [
      'warning unreadable: not YAML: flow sequence in block collection must be sufficiently indented and end with a ] [${EDITOR:-vi} +1 k8s/0.yaml] @ k8s/0.yaml:1',
    ],
  ],
])('of manifests with %s', (_, files, world, expected) => {
  expect(validated(files, world)).toEqual(expected);
});
