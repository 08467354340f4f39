import type { ContextPolicies } from '../core/user-settings.ts';
import type { OutputFormat } from '../render/output-format.ts';
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
  readonly readOnly?: boolean;
  /** What this person's settings say of contexts. */
  readonly policies?: ContextPolicies;
  /** Of commands whose answer may be long. */
  readonly limit?: number;
}

export const colorChoices = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof colorChoices)[number];
export const scenarios = ['incident', 'total-secret-loss', 'healthy', 'empty'] as const;

/** Consent flags of the commands that write. */
export interface WriteFlags {
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly dryRun?: boolean;
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
    readOnly: flags.readOnly === true,
    policies: flags.policies,
  };
}
