import { expect } from '@jest/globals';

import { sealingKey } from '../../support/sealing-key.ts';
import type { KubeObject, World } from './worlds.ts';

/** External Secrets and Sealed Secrets beside a shop, each of which may be given its Secret. */
export class RightsOwners {
  /** NAMESPACE/SERVICE of the Sealed Secrets controller. */
  readonly controller: string;
  readonly #world: World;
  readonly #secret: string;
  readonly #isSandbox: boolean;

  constructor(world: World, secret: string, isSandbox: boolean) {
    this.#world = world;
    this.#secret = secret;
    this.#isSandbox = isSandbox;
    this.controller = `${isSandbox ? 'kube-system' : 'sealed-secrets'}/sealed-secrets-controller`;
  }

  /** A store that has these entries, and in the sandbox a controller that tells what to seal with. */
  async deploy(values: Readonly<Record<string, string>>): Promise<void> {
    const data = Object.entries(values).map(([key, value]) => ({ key, value }));
    await this.#create(this.#external('secretstores'), {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { name: 'vault' },
      spec: { provider: { fake: { data } } },
    });
    await this.#world.eventually('the store is ready', async () => {
      const { body } = await this.#world.send('GET', `${this.#external('secretstores')}/vault`);
      return body['status'] === undefined ? undefined : true;
    });
    if (this.#isSandbox) await this.#deployController();
  }

  /** Nobody writes the Secret but people. */
  async free(): Promise<void> {
    for (const path of [this.#external('externalsecrets'), this.#sealed()]) {
      const { body } = await this.#world.send('GET', path);
      for (const { metadata } of (body['items'] ?? []) as KubeObject[]) {
        await this.#world.send('DELETE', `${path}/${metadata.name}`);
      }
    }
  }

  /** Sealed Secrets writes it, and has nothing of it. */
  async seal(): Promise<void> {
    await this.free();
    await this.#world.send('DELETE', `secrets/${this.#secret}`);
    await this.#create(this.#sealed(), {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: this.#secret },
      spec: { encryptedData: {}, template: {} },
    });
    await this.#world.eventually('its controller has looked at it', async () => {
      const { body } = await this.#world.send('GET', `${this.#sealed()}/${this.#secret}`);
      return body['status'] === undefined ? undefined : true;
    });
  }

  /** External Secrets writes it, and would leave it behind. */
  async hand(keys: readonly string[]): Promise<void> {
    await this.free();
    const name = this.#secret;
    await this.#create(this.#external('externalsecrets'), {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'vault', kind: 'SecretStore' },
        target: { name, creationPolicy: 'Orphan' },
        data: keys.map((key) => ({ secretKey: key, remoteRef: { key } })),
      },
    });
    await this.#world.eventually('External Secrets has written it', async () => {
      const { text } = await this.#world.send('GET', `${this.#external('externalsecrets')}/${name}`);
      return text.includes('SecretSynced') ? true : undefined;
    });
  }

  /** What a command could have changed of them. */
  async written(): Promise<string[]> {
    const seen: string[] = [];
    for (const path of [this.#external('externalsecrets'), this.#sealed()]) {
      const { body } = await this.#world.send('GET', path);
      for (const { metadata } of (body['items'] ?? []) as { metadata: Record<string, unknown> }[]) {
        seen.push([path, metadata['name'], metadata['uid'], metadata['generation']].join(' '));
      }
    }
    return seen;
  }

  async #deployController(): Promise<void> {
    const [namespace = '', name = ''] = this.controller.split('/');
    const path = `/api/v1/namespaces/${namespace}`;
    await this.#world.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    const { secret } = await sealingKey();
    await this.#create(`${path}/secrets`, secret);
    const labels = { app: name };
    await this.#create(`${path}/services`, { metadata: { name }, spec: { selector: labels, ports: [{ port: 8080 }] } });
    const env = [{ name: 'SEALING_CERTIFICATE', valueFrom: { secretKeyRef: { name: 'sealing-key', key: 'tls.crt' } } }];
    const container = { name: 'main', image: 'node:22-alpine', env, ports: [{ containerPort: 8080 }] };
    await this.#create(`${path}/pods`, { metadata: { name, labels }, spec: { containers: [container] } });
    await this.#world.eventually('the controller tells its certificate', async () => {
      const { status } = await this.#world.send('GET', `${path}/services/${name}:8080/proxy/v1/cert.pem`);
      return status === 200 ? true : undefined;
    });
  }

  #external(resource: string): string {
    return `/apis/external-secrets.io/v1/namespaces/${this.#world.namespace}/${resource}`;
  }

  #sealed(): string {
    return `/apis/bitnami.com/v1alpha1/namespaces/${this.#world.namespace}/sealedsecrets`;
  }

  async #create(path: string, object: object): Promise<void> {
    const { status, text } = await this.#world.send('POST', path, object);
    expect({ path, status, text: status > 201 ? text : '' }).toEqual({ path, status, text: '' });
  }
}
