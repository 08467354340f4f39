import { InvalidArgumentError, type Command } from 'commander';

import type { OutputFormat } from '../render/report.ts';
import type { SessionOptions } from '../shell/session.ts';

/** Flags that every command takes, under the same names and with the same meaning. */
export interface GlobalFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly config?: string;
  readonly stack?: string;
  readonly sandbox?: boolean;
  readonly scenario: string;
  readonly speed: number;
  readonly output: OutputFormat;
  readonly input: boolean;
  readonly color: ColorChoice;
  readonly requestTimeout: number;
  readonly verbose?: boolean;
}

export const colorChoices = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof colorChoices)[number];
export const outputFormats = ['text', 'json', 'yaml'] as const;
export const scenarios = ['incident', 'total-secret-loss', 'healthy'] as const;

/** Consent flags of the commands that write. */
export interface WriteFlags {
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly dryRun?: boolean;
}

export function addWriteOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'go ahead without asking')
    .option('--confirm <name>', 'name of the production context or namespace, where --yes alone is not consent')
    .option('--dry-run', 'show what would be done and change nothing');
}

/** Adds one value to a list: for options that may be given several times. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** A list of namespaces; an empty shell variable is a mistake, not the default namespace. */
export function collectNamespace(value: string, earlier: readonly string[] = []): readonly string[] {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError('expected the name of a namespace: lower-case letters, digits and "-".');
  }
  return [...earlier, value];
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `5m`, `500ms`, `1h`, or seconds as a bare number; gives milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? 's'] ?? Number.NaN);
  // A timer of Node holds 31 bits; beyond them it would fire at once.
  if (!(ms > 0) || ms > 2 ** 31 - 1)
    throw new InvalidArgumentError(`expected a duration such as 90s or 5m, not "${text}".`);
  return ms;
}

export function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0 && speed <= 1000))
    throw new InvalidArgumentError(`expected a number from 0.1 to 1000, not "${text}".`);
  return speed;
}

export function sessionOptions(flags: GlobalFlags): SessionOptions {
  return {
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    namespaces: flags.namespace ?? [],
    allNamespaces: flags.allNamespaces === true,
    config: flags.config,
    stack: flags.stack,
    sandbox: flags.sandbox === true ? { scenario: flags.scenario, speed: flags.speed } : undefined,
    requestTimeoutMs: flags.requestTimeout,
  };
}
