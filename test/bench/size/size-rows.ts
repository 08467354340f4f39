import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launcher } from '../../support/built-program.ts';
import { kubeconfigText } from '../../support/fake-server.ts';
import { countingProxy } from '../counting-proxy.ts';
import { home, interleaved, peakMemory, type CommandLine } from '../measure.ts';
import type { Row } from '../rows.ts';
import { generatedCluster } from './generated-cluster.ts';

const server = fileURLToPath(new URL('../../../node_modules/.cache/c2l-bench-server.mjs', import.meta.url));
const bareScript = fileURLToPath(new URL('bare-fetch.mjs', import.meta.url));
const megabytes: Readonly<Record<number, number>> = { 500: 200, 5000: 200, 20_000: 300 };

/** `audit -A` of a generated cluster that a process of its own serves, with the findings looked at first. */
export async function sizeRows(podCount: number, pairs: number): Promise<Row[]> {
  const child = spawn(process.execPath, [server, String(podCount)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = line.toString().trim();
    const kubeconfig = join(home, 'size-kubeconfig');
    const place = join(home, 'size-server.json');
    writeFileSync(place, JSON.stringify({ server: url }));
    const requests = await requestsOf(url, kubeconfig, podCount);
    writeFileSync(kubeconfig, kubeconfigText(url), { mode: 0o600 });

    const audit = auditOf(kubeconfig);
    const what = `c2l audit -A, ${String(podCount)} pods`;
    const bare: CommandLine = { file: process.execPath, argv: [bareScript, place] };
    const againstBare = interleaved(pairs, audit, bare);
    const limit = megabytes[podCount] ?? 300;
    return [
      ...kubectlRows(what, kubeconfig, pairs),
      {
        measured: what,
        value: againstBare.ours,
        unit: 'ms',
        against: { name: 'bare Node script', value: againstBare.other },
        limit: 1.3,
      },
      { measured: `${what}, peak`, value: peakMemory(audit), unit: 'MB', limit, gate: limit * 1.25 },
      {
        measured: `${what}, requests`,
        value: requests.count,
        unit: 'requests',
        limit: requests.most,
        gate: requests.most,
      },
    ];
  } finally {
    child.stdin.end();
    child.kill();
  }
}

function auditOf(kubeconfig: string): CommandLine {
  return { file: process.execPath, argv: [launcher, 'audit', '-A', '--kubeconfig', kubeconfig], accepts: [1] };
}

function kubectlRows(what: string, kubeconfig: string, pairs: number): Row[] {
  if (spawnSync('kubectl', ['version', '--client']).status !== 0) return [];
  const kubectl: CommandLine = { file: 'kubectl', argv: ['get', 'pods', '-A', '--kubeconfig', kubeconfig] };
  const { ours, other } = interleaved(pairs, auditOf(kubeconfig), kubectl);
  return [
    { measured: what, value: ours, unit: 'ms', against: { name: 'kubectl get pods -A', value: other }, limit: 0.9 },
  ];
}

/** Kinds of which there is one page, beside the pages of what was generated. */
const otherKinds = 25;

/** Counts what one audit asks, and holds it to naming every missing key and no other. */
async function requestsOf(url: string, kubeconfig: string, podCount: number): Promise<{ count: number; most: number }> {
  const proxy = await countingProxy(url);
  writeFileSync(kubeconfig, kubeconfigText(proxy.url), { mode: 0o600 });
  const report = join(home, 'size-report.json');
  const child = spawn(process.execPath, [...auditOf(kubeconfig).argv, '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  proxy.close();
  writeFileSync(report, Buffer.concat(chunks));
  expectExactly(generatedCluster(podCount).missing, readFileSync(report, 'utf8'));
  const pages = Math.ceil(podCount / 500) + 2 + 2;
  return { count: proxy.requests.length, most: pages + otherKinds };
}

interface Named {
  readonly code: string;
  readonly object: { readonly namespace: string };
  readonly secret?: string;
  readonly key?: string;
}

function expectExactly(missing: readonly string[], report: string): void {
  const { findings } = JSON.parse(report) as { findings: readonly Named[] };
  const named = findings
    .filter(({ code }) => code === 'secret-key-missing')
    .map(({ object, secret = '', key = '' }) => `${object.namespace}/${secret}/${key}`);
  const found = new Set(named);
  const lost = missing.filter((place) => !found.has(place));
  if (lost.length === 0 && named.length === missing.length) return;
  throw new Error(
    `of ${String(missing.length)} missing keys ${String(lost.length)} are not named, of ${String(named.length)} named`,
  );
}
