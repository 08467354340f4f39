import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { TestCluster } from '../e2e/support/cluster.ts';
import { deployIncident, deployPostgres, removeStack } from '../e2e/support/stack.ts';
import { freshValues } from '../e2e/support/values.ts';
import { launcher, start } from '../support/built-program.ts';
import { countingProxy } from './counting-proxy.ts';
import { drillRow } from './drill.ts';
import { home, interleaved, peakMemory, type CommandLine } from './measure.ts';
import { recoveryRow } from './recovery.ts';
import { verifyRow } from './verify.ts';
import { machine, score, table, type Row } from './rows.ts';
import { realSizeRows } from './size/real-size-rows.ts';
import { sizeRows } from './size/size-rows.ts';
import { vaultRows } from './vault.ts';
import { watchRows } from './watch.ts';
import { writtenRows } from './written.ts';

const { values: flags } = parseArgs({
  options: {
    gate: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    pairs: { type: 'string', default: '5' },
    /** Measures this part alone; may be given several times. */
    only: { type: 'string', multiple: true },
  },
});
const pairs = Number(flags.pairs);
const c2l = (...argv: string[]): CommandLine => ({
  file: process.execPath,
  argv: [launcher, ...argv],
  accepts: [0, 1],
});
const note = (text: string): void => void process.stderr.write(`${text}\n`);

async function startUpRow(flag: string): Promise<Row> {
  const bare: CommandLine = { file: process.execPath, argv: ['-e', '0'] };
  const { ours, other } = await interleaved(2 * pairs + 1, { ours: c2l(flag), other: bare });
  return {
    measured: `c2l ${flag}`,
    value: ours,
    unit: 'ms',
    against: { name: 'node -e 0', value: other },
    limit: 1.6,
    gate: 3,
  };
}

/** Everything for the built-in stack, to files that are written anew each time. */
async function generateRow(): Promise<Row> {
  const bare: CommandLine = { file: process.execPath, argv: ['-e', '0'] };
  const generate = c2l('generate', '--all', '--stack', 'cloudtolocalllm', '--out', 'generated');
  const { ours } = await interleaved(pairs, { ours: generate, other: bare });
  return { measured: 'c2l generate --all, built-in stack', value: ours, unit: 'ms', limit: 1000, gate: 3000 };
}

async function auditRows(where: string, kubeconfig: string): Promise<Row[]> {
  const place = ['--kubeconfig', kubeconfig, '-n', 'cloudtolocalllm'];
  const audit = c2l('audit', ...place);
  const memory: Row = {
    measured: `c2l audit, ${where}, peak`,
    value: peakMemory(audit),
    unit: 'MB',
    limit: 110,
    gate: 110,
  };
  if (spawnSync('kubectl', ['version', '--client']).status !== 0) {
    note(`skipped: c2l audit against kubectl on ${where}: no kubectl here`);
    return [memory];
  }
  const kubectl: CommandLine = { file: 'kubectl', argv: ['get', 'pods', ...place] };
  const { ours, other } = await interleaved(pairs, { ours: audit, other: kubectl });
  const against = { name: 'kubectl get pods', value: other };
  return [{ measured: `c2l audit, ${where}`, value: ours, unit: 'ms', against, limit: 2.5 }, memory];
}

/** One list for each kind that an audit looks at, and a few questions about the namespace and Argo CD. */
const mostRequests = 25;

async function requestRow(kubeconfig: string): Promise<Row> {
  const document = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: [{ cluster: { server: string } }] };
  const proxy = await countingProxy(document.clusters[0].cluster.server);
  document.clusters[0].cluster.server = proxy.url;
  const path = join(home, 'kubeconfig');
  writeFileSync(path, stringify(document), { mode: 0o600 });
  await start(['audit', '--kubeconfig', path, '-n', 'cloudtolocalllm']).finished;
  proxy.close();
  const value = proxy.requests.length;
  return { measured: 'c2l audit, requests', value, unit: 'requests', limit: mostRequests, gate: mostRequests };
}

async function sandboxRows(): Promise<Row[]> {
  const sandbox = start(['sandbox'], { timeoutMs: 600_000 });
  try {
    const kubeconfig = (await sandbox.said('stdout', /\n/)).trim();
    return [...(await auditRows('sandbox', kubeconfig)), await requestRow(kubeconfig)];
  } finally {
    sandbox.child.kill('SIGINT');
    await sandbox.finished;
  }
}

async function realRows(): Promise<Row[]> {
  if (!process.env['C2L_E2E_KUBECONFIG']) {
    note('skipped: the real cluster: C2L_E2E_KUBECONFIG is not set');
    return [];
  }
  const cluster = TestCluster.open();
  const values = freshValues();
  try {
    await deployIncident(cluster, values);
    await deployPostgres(cluster);
    const rows = await auditRows('real cluster', cluster.kubeconfigPath);
    if (flags.quick) return rows;
    const recovery = await recoveryRow(cluster, values, pairs);
    return [...rows, recovery, await verifyRow(cluster.kubeconfigPath, pairs)];
  } finally {
    await removeStack(cluster);
  }
}

/** One small cluster in CI; the largest takes minutes. */
async function generatedRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const podCount of flags.quick ? [500] : [500, 5000, 20_000]) {
    rows.push(...(await sizeRows(podCount, flags.quick ? 1 : pairs)));
  }
  return rows;
}

const parts: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  'start-up': async () => [await startUpRow('--version'), await startUpRow('--help'), await generateRow()],
  vault: () => vaultRows(pairs),
  written: () => writtenRows(pairs),
  sandbox: sandboxRows,
  drill: async () => (flags.quick ? [] : [await drillRow(pairs)]),
  watch: () => (flags.quick ? [] : watchRows()),
  real: realRows,
  size: generatedRows,
  'real-size': () => realSizeRows(pairs, note),
};
/** Makes 5,000 pods where they may be in the way: only by name. */
const apart: ReadonlySet<string> = new Set(['real-size']);
const unknown = flags.only?.find((part) => !(part in parts));
if (unknown !== undefined) throw new Error(`--only ${unknown}: not one of ${Object.keys(parts).join(', ')}`);
const rows: Row[] = [];
for (const [part, measure] of Object.entries(parts)) {
  if (flags.only?.includes(part) ?? !apart.has(part)) rows.push(...(await measure()));
}
console.log(`${machine()}\n\n${table(rows)}`);
const over = rows.filter((row) => row.gate !== undefined && score(row) > row.gate);
for (const row of over) note(`over its gate of ${String(row.gate)}: ${row.measured}`);
if (flags.gate && over.length > 0) process.exitCode = 1;
