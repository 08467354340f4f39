import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Whether Prometheus's own checker is on the PATH; where it is not, that is said once and the tests count as skipped. */
export function hasProgram(program: string, ...argv: string[]): boolean {
  const found = spawnSync(program, argv, { stdio: 'ignore' }).error === undefined;
  if (!found) process.stderr.write(`SKIPPED: ${program} is not on the PATH, so what it would prove is not proven\n`);
  return found;
}

export interface Checked {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a checker over files in a folder that is gone afterwards. */
export function check(program: string, argv: readonly string[], files: Readonly<Record<string, string>>): Checked {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-check-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = spawnSync(program, argv, { cwd: folder, encoding: 'utf8' });
    return { code: status, output: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Samples every 30 seconds from the beginning on, as promtool writes them: `1x20`, `_x3 1x4`. */
export type Series = Readonly<Record<string, string>>;

export interface RuleCase {
  readonly series: Series;
  readonly alert: string;
  /** Seconds at which it must still be silent, and at which it must fire with these labels. */
  readonly silentAt: readonly number[];
  readonly firesAt?: number;
  readonly labels?: readonly Readonly<Record<string, string>>[];
}

/** One case as a file of `promtool test rules`. */
export function ruleTest({ series, alert, silentAt, firesAt, labels = [{}] }: RuleCase, common: object): string {
  const firing = `ALERTS{alertname="${alert}",alertstate="firing"}`;
  const sample = (each: object): object => ({
    labels: `ALERTS{${Object.entries({ alertname: alert, alertstate: 'firing', ...common, ...each })
      .map(([name, value]) => `${name}="${value}"`)
      .join(',')}}`,
    value: 1,
  });
  const expectAt = (seconds: number, samples: readonly object[]): object => ({
    expr: firing,
    eval_time: `${seconds}s`,
    exp_samples: samples,
  });
  return stringify({
    rule_files: ['rules.yaml'],
    evaluation_interval: '30s',
    tests: [
      {
        interval: '30s',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          ...silentAt.map((seconds) => expectAt(seconds, [])),
          ...(firesAt === undefined ? [] : [expectAt(firesAt, labels.map(sample))]),
        ],
      },
    ],
  });
}
