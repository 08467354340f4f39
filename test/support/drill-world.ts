import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import type { ExitCode } from '../../src/exit-codes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { atEndOfTest } from './at-end.ts';
import { runCli, type CliOptions } from './run-cli.ts';

export const namespace = 'cloudtolocalllm';
export const secretName = 'cloudtolocalllm-secrets';

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-drill-'));
  atEndOfTest(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

export interface Answer {
  readonly code: ExitCode;
  readonly report: DrillReport & {
    readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  };
  readonly stderr: string;
}

export async function drill(cluster: Sandbox, argv: readonly string[], options: CliOptions = {}): Promise<Answer> {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  const ran = await runCli(['dr-drill', ...argv, '-o', 'json'], { kubeconfig: cluster.kubeconfig, cwd, ...options });
  return { code: ran.code, report: JSON.parse(ran.stdout) as Answer['report'], stderr: ran.stderr };
}

export const run = (name: string, ...more: string[]) => [
  'run',
  name,
  '--confirm',
  'c2l-sandbox',
  '--from',
  'env:backup.env',
  ...more,
];

/** Every Secret without what the server sets itself, and without what is kept of each drill on purpose. */
export function secrets({ store }: Sandbox): object[] {
  const others = store.list('secrets').filter(({ metadata }) => !metadata.name.startsWith('c2l-drill-results.'));
  return others.map((secret) => {
    const { name, labels = {}, annotations = {} } = secret.metadata;
    return { name, labels, annotations, type: secret['type'], data: secret['data'], immutable: secret['immutable'] };
  });
}
