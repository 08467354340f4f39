import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AgentOptions } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launcher } from '../../support/built-program.ts';
import { kubeconfigText } from '../../support/fake-server.ts';
import { countingProxy } from '../counting-proxy.ts';
import { home, interleaved, peakMemory, type CommandLine } from '../measure.ts';
import type { Row } from '../rows.ts';
import { expectExactly } from './named-keys.ts';

const bareScript = fileURLToPath(new URL('bare-fetch.mjs', import.meta.url));

/** A server that holds a generated cluster. */
export interface Served {
  /** As the table calls it. */
  readonly what: string;
  readonly kubeconfig: string;
  readonly server: string;
  /** Certificates, where the server wants any. */
  readonly tls?: AgentOptions;
  /** Every key that is missing there. */
  readonly missing: readonly string[];
  readonly limits: { readonly peakMb: number; readonly requests: number };
}

export interface Measuring {
  readonly pairs: number;
  readonly signal?: AbortSignal;
}

/** `audit -A` against kubectl and against a script that only fetches, once its findings were looked at. */
export async function auditSizeRows(served: Served, measuring: Measuring): Promise<Row[]> {
  const { what, kubeconfig, limits } = served;
  const requests = await requestsOf(served);
  const audit = auditOf(kubeconfig);
  return [
    ...(await kubectlRows(served, measuring)),
    await bareRow(served, measuring),
    {
      measured: `${what}, peak`,
      value: peakMemory(audit),
      unit: 'MB',
      limit: limits.peakMb,
      gate: limits.peakMb * 1.25,
    },
    {
      measured: `${what}, requests`,
      value: requests,
      unit: 'requests',
      limit: limits.requests,
      gate: limits.requests,
    },
  ];
}

function auditOf(kubeconfig: string): CommandLine {
  return { file: process.execPath, argv: [launcher, 'audit', '-A', '--kubeconfig', kubeconfig], accepts: [1] };
}

async function kubectlRows({ what, kubeconfig }: Served, { pairs, signal }: Measuring): Promise<Row[]> {
  if (spawnSync('kubectl', ['version', '--client']).status !== 0) return [];
  const kubectl: CommandLine = { file: 'kubectl', argv: ['get', 'pods', '-A', '--kubeconfig', kubeconfig] };
  const { ours, other } = await interleaved(pairs, { ours: auditOf(kubeconfig), other: kubectl, signal });
  const against = { name: 'kubectl get pods -A', value: other };
  return [{ measured: what, value: ours, unit: 'ms', against, limit: 0.9 }];
}

async function bareRow({ what, kubeconfig, server, tls }: Served, { pairs, signal }: Measuring): Promise<Row> {
  const place = join(home, 'size-server.json');
  writeFileSync(place, JSON.stringify({ server, tls }), { mode: 0o600 });
  const bare: CommandLine = { file: process.execPath, argv: [bareScript, place] };
  const { ours, other } = await interleaved(pairs, { ours: auditOf(kubeconfig), other: bare, signal });
  return {
    measured: what,
    value: ours,
    unit: 'ms',
    against: { name: 'bare Node script', value: other },
    limit: 1.3,
  };
}

/** Counts what one audit asks, and holds it to naming every missing key and no other. */
async function requestsOf({ server, tls, missing }: Served): Promise<number> {
  const proxy = await countingProxy(server, tls);
  const kubeconfig = join(home, 'size-counted-kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText(proxy.url), { mode: 0o600 });
  const child = spawn(process.execPath, [...auditOf(kubeconfig).argv, '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  proxy.close();
  expectExactly(missing, Buffer.concat(chunks).toString('utf8'));
  return proxy.requests.length;
}
