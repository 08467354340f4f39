import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubeconfigText } from '../../support/fake-server.ts';
import { home } from '../measure.ts';
import type { Row } from '../rows.ts';
import { generatedCluster } from './generated-cluster.ts';
import { auditSizeRows } from './measured-audit.ts';

const program = fileURLToPath(new URL('../../../node_modules/.cache/c2l-bench-server.mjs', import.meta.url));
const megabytes: Readonly<Record<number, number>> = { 500: 200, 5000: 200, 20_000: 300 };

/** Kinds of which there is one page, beside the pages of what was generated. */
const otherKinds = 25;

/** `audit -A` of a generated cluster that the sandbox's API serves from a process of its own. */
export async function sizeRows(podCount: number, pairs: number): Promise<Row[]> {
  const child = spawn(process.execPath, [program, String(podCount)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const server = line.toString().trim();
    const kubeconfig = join(home, 'size-kubeconfig');
    writeFileSync(kubeconfig, kubeconfigText(server), { mode: 0o600 });
    const { missing } = generatedCluster(podCount);
    const limits = {
      peakMb: megabytes[podCount] ?? 300,
      requests: Math.ceil(podCount / 500) + 2 + 2 + otherKinds,
    };
    const what = `c2l audit -A, ${String(podCount)} pods`;
    return await auditSizeRows({ what, kubeconfig, server, missing, limits }, { pairs });
  } finally {
    child.stdin.end();
    child.kill();
  }
}
