import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { atEndOfTest } from './at-end.ts';

/** A folder of files that is gone after the test. */
export async function manifestFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-manifests-'));
  atEndOfTest(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** A Deployment of one container, whose environment begins in line 13. */
export function deploymentYaml(name: string, env: string, extra = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
spec:
  template:
    spec:
      containers:
        - name: ${name}
          image: busybox
          env:
${env}
${extra}`;
}

/** One variable from a key, in five lines; the key stands in the last. */
export function keyYaml(secret: string, key: string): string {
  return `            - name: ${key.toUpperCase().replaceAll('-', '_')}
              valueFrom:
                secretKeyRef:
                  name: ${secret}
                  key: ${key}`;
}

export function secretYaml(name: string, lines: string, kind = 'stringData'): string {
  return `apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  namespace: shop
${kind}:
${lines}
`;
}
