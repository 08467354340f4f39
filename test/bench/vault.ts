import { Agent, request } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { openAzureKeyVault } from '../../src/adapters/azure/azure-key-vault-source.ts';
import { issueToken } from '../../src/sandbox/vault/vault-tokens.ts';
import { startVault, type Vault } from '../../src/sandbox/vault/vault.ts';
import { median } from './measure.ts';
import type { Row } from './rows.ts';

const names = Array.from({ length: 12 }, (_, index) => `key-${String(index)}`);
const atOnce = 8;
/** What a vault in the same region takes to hear something. */
const wayMs = 40;

/** A way of some length to a server; nothing arrives before its time. */
export async function longWay(target: string): Promise<{ readonly url: string; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(target).port), '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket.setNoDelay());
      socket.on('error', () => socket.destroy());
    }
    near.on('data', (part) => void setTimeout(() => far.write(part), wayMs));
    near.on('close', () => far.destroy());
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

async function withC2l(vault: Vault, url: string): Promise<void> {
  const source = openAzureKeyVault(url, { caPem: vault.caPem, credential: 'managed-identity' });
  const wanted = names.map((name) => {
    return { namespace: 'shop', secret: 'app', key: name, envName: name, azureKeyVaultName: name };
  });
  const answers = await source.lookUp(wanted, new AbortController().signal);
  if (!answers.every(({ state }) => state === 'found')) throw new Error('the vault did not give every value');
}

/** The requests that the protocol asks for and nothing else: the challenge, then as many at once as c2l makes. */
export async function bareRequests(vault: Vault, url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, ca: vault.caPem });
  const authorization = `Bearer ${issueToken('https://vault.azure.net', new Date()).token}`;
  const get = (name: string, headers: Readonly<Record<string, string>>): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(`/secrets/${name}?api-version=7.5`, url), { agent, headers }, (answer) => {
        answer.resume().on('end', resolve);
      });
      sent.on('error', reject).end();
    });
  await get(names[0]!, {});
  await Promise.all(names.map((name) => get(name, { authorization })));
  agent.destroy();
}

export async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Twelve values of a vault that is some way off: how long, and with how many requests. */
export async function vaultRows(pairs: number): Promise<Row[]> {
  const vault = await startVault({ secrets: Object.fromEntries(names.map((name) => [name, `value of ${name}`])) });
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
  const way = await longWay(vault.url);
  try {
    // The first loads the libraries and fetches the token.
    await withC2l(vault, way.url);
    const before = vault.requests.length;
    await withC2l(vault, way.url);
    const requests = vault.requests.length - before;
    const ours: number[] = [];
    const other: number[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      ours.push(await timed(() => withC2l(vault, way.url)));
      other.push(await timed(() => bareRequests(vault, way.url)));
    }
    const against = { name: 'bare requests', value: median(other) };
    return [
      { measured: '12 values of a vault', value: median(ours), unit: 'ms', against, limit: 1.3 },
      { measured: '12 values of a vault, requests', value: requests, unit: 'requests', limit: 13, gate: 20 },
    ];
  } finally {
    way.close();
    await vault.close();
  }
}
