import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { start, type Finished } from './built-program.ts';

interface VaultAnswer {
  readonly status: number;
  readonly text: string;
}

/** `sandbox --vault-only` as a program of its own, and a client of it that shares no code with c2l. */
export interface ServedVault {
  readonly url: string;
  /** What a program has to be given to reach it. */
  readonly env: Record<string, string>;
  /** Sends a request of Key Vault's REST API; anything but 2xx and 404 throws. */
  readonly send: (method: string, path: string, body?: object) => Promise<VaultAnswer>;
  readonly stop: () => Promise<Finished>;
}

export async function serveVault(): Promise<ServedVault> {
  const served = start(['sandbox', '--vault-only'], { timeoutMs: 240_000 });
  const exported = await served.said('stdout', /SSL_CERT_FILE=.*\n/);
  const url = /vault (https:\S+),/.exec(await served.said('stderr', /vault https:\S+,/))?.[1] ?? '';
  const env = Object.fromEntries(
    [...exported.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const ca = readFileSync(env['SSL_CERT_FILE'] ?? '');
  const authorization = `Bearer ${await tokenFrom(env)}`;

  function send(method: string, path: string, body?: object): Promise<VaultAnswer> {
    const headers = { authorization, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(`${path}?api-version=7.5`, url), { method, ca, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status < 300 || status === 404) resolve({ status, text });
          else reject(new Error(`${method} ${path}: ${String(status)}`));
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  return {
    url,
    env,
    send,
    stop: () => {
      served.child.kill('SIGINT');
      return served.finished;
    },
  };
}

async function tokenFrom(env: Readonly<Record<string, string>>): Promise<string> {
  const query = 'api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net';
  const answer = await fetch(`${env['IDENTITY_ENDPOINT'] ?? ''}?${query}`, {
    headers: { 'x-identity-header': env['IDENTITY_HEADER'] ?? '' },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
