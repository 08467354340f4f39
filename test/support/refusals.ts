import { expect } from '@jest/globals';

import type { OperatorErrorCode } from '../../src/errors.ts';
import type { ExitCode } from '../../src/exit-codes.ts';
import type { SeenRequest } from '../../src/sandbox/api/api-server.ts';
import type { Sandbox, StartOptions } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliOptions, type CliResult } from './run-cli.ts';
import { sandbox } from './sandbox.ts';

/** The one document that a program gets, as far as these tests look at it. */
export interface JsonAnswer {
  readonly schemaVersion: number;
  readonly command: string;
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
  readonly phases?: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly summary: string;
    readonly report?: Pick<JsonAnswer, 'findings'>;
  }[];
  readonly plan?: readonly { readonly action: string }[];
  readonly outcomes?: readonly { readonly action: string; readonly outcome: string; readonly detail: string }[];
}

export interface Refusal {
  readonly exit: ExitCode;
  readonly code: OperatorErrorCode;
  /** What the line names: the wrong value, and what to do next. */
  readonly says: RegExp;
}

/** The five commands, each as a script would run it. */
export const everyCommand: readonly { readonly command: string; readonly argv: readonly string[] }[] = [
  { command: 'audit', argv: ['audit'] },
  { command: 'fix-secrets', argv: ['fix-secrets', '--yes'] },
  { command: 'restart', argv: ['restart', '--yes'] },
  { command: 'verify', argv: ['verify'] },
  { command: 'stabilize', argv: ['stabilize', '--yes'] },
];

/** Standard output holds exactly one JSON document and nothing else. */
export function jsonOf({ stdout }: Pick<CliResult, 'stdout'>): JsonAnswer {
  const answer = JSON.parse(stdout) as JsonAnswer;
  expect(answer).toMatchObject({ schemaVersion: 1, verdict: expect.any(String), findings: expect.any(Array) });
  return answer;
}

/** Lines of standard error that tell a failure. */
export function errorLines({ stderr }: Pick<CliResult, 'stderr'>): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('error:'));
}

/** A command that could not do what was asked says so in one line for people and in one document for programs. */
export async function expectRefused(argv: readonly string[], options: CliOptions, refusal: Refusal): Promise<void> {
  const text = await runCli(argv, options);
  expect([text.code, text.stderr]).toEqual([refusal.exit, expect.stringMatching(refusal.says)]);
  expectOneErrorLine(text, refusal);
  expect(text.stdout).not.toContain('error:');

  const json = await runCli([...argv, '-o', 'json'], options);
  expect(json.code).toBe(refusal.exit);
  const answer = jsonOf(json);
  expect(answer).toMatchObject({ command: argv[0], verdict: 'error', error: { code: refusal.code } });
  expect(`${answer.error!.message}; ${answer.error!.hint ?? ''}`).toMatch(refusal.says);
  expectOneErrorLine(json, refusal);
}

function expectOneErrorLine(result: CliResult, { says }: Refusal): void {
  // No capital but of a name that is written so (KUBECONFIG); after the message stands the next thing to do.
  expect(errorLines(result)).toEqual([expect.stringMatching(/^error: (?![A-Z][a-z ]).*; \S/)]);
  expect(errorLines(result)[0]).toMatch(says);
}

export interface WatchedSandbox extends Sandbox {
  /** Requests that change something, in order. */
  readonly writes: readonly string[];
  /** Fails when a Secret, a pod or a workload's template changed since the start, or when a change was even asked for. */
  expectUntouched(): void;
}

/** A sandbox that knows whether anything in it was changed. */
export async function watchedSandbox(
  options: Partial<StartOptions> = {},
  begin: typeof sandbox = sandbox,
): Promise<WatchedSandbox> {
  const writes: string[] = [];
  const started = await begin({
    ...options,
    onRequest: (request) => {
      options.onRequest?.(request);
      if (isWrite(request)) writes.push(`${request.method} ${request.path}`);
    },
  });
  const before = whatIsKept(started);
  return {
    ...started,
    writes,
    expectUntouched: () => {
      expect(writes).toEqual([]);
      expect(whatIsKept(started)).toEqual(before);
    },
  };
}

/** A review of rights and a rehearsal are sent like writes and change nothing. */
export function isWrite({ method, path }: SeenRequest): boolean {
  return method !== 'GET' && !path.includes('selfsubjectaccessreviews') && !path.includes('dryRun=All');
}

function whatIsKept({ store }: Sandbox): string[] {
  const secrets = store.list('secrets').map(({ metadata }) => `${metadata.name} at ${metadata.resourceVersion}`);
  const pods = store.list('pods').map(({ metadata }) => `${metadata.name} is ${metadata.uid}`);
  const templates = ['deployments', 'statefulsets'].flatMap((resource) =>
    store.list(resource).map(({ metadata }) => `${metadata.name} in generation ${metadata.generation ?? 0}`),
  );
  return [...secrets, ...pods, ...templates];
}
