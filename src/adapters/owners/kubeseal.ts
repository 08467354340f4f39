import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { firstLine } from '../../core/first-line.ts';
import { OperatorError } from '../../errors.ts';
import type { Sealer, SealRequest } from '../../value-ports.ts';

export interface KubesealPlace {
  /** Of which the child gets to see nothing in which a value could stand. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = 'kubeseal';
const longestMs = 15_000;
const install = 'install kubeseal: https://github.com/bitnami-labs/sealed-secrets#kubeseal';

/** The program `kubeseal`; undefined where PATH has none. */
export async function openKubeseal({ env }: KubesealPlace): Promise<Sealer | undefined> {
  const version = await run(['--version'], '', { env });
  if (version === undefined) return undefined;
  return { seal: (request, signal) => seal(request, { env, signal }) };
}

interface Where extends KubesealPlace {
  readonly signal?: AbortSignal;
}

/** The certificate is public and goes by a file; the values go by standard input, and nowhere else. */
async function seal(request: SealRequest, where: Where): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-seal-'));
  try {
    const certificate = join(folder, 'cert.pem');
    await writeFile(certificate, request.certificate, { mode: 0o600 });
    const argv = ['--cert', certificate, '--scope', request.scope, '--format', 'json'];
    const ended = await run(argv, JSON.stringify(manifestOf(request)), where);
    if (ended === undefined) throw failed('is not on PATH any more', install);
    if (ended.code !== 0) throw failed(`failed: ${reasonOf(ended, request)}`);
    return sealedData(ended.stdout, request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function manifestOf({ namespace, name, data }: SealRequest): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name },
    data: Object.fromEntries([...data].map(([key, value]) => [key, value.revealBase64()])),
  };
}

/** It has read the values: they are taken out of whatever it says. */
function reasonOf({ stderr, code }: Ended, { data }: SealRequest): string {
  return firstLine(stderr, data.values()) ?? `ended with ${code ?? 'a signal'}`;
}

function sealedData(text: string, { data }: SealRequest): ReadonlyMap<string, string> {
  const found = encryptedDataOf(text);
  const keys = [...data.keys()];
  const lacking = keys.filter((key) => typeof found[key] !== 'string');
  if (lacking.length > 0) throw failed(`sealed no ${lacking.join(', ')}`);
  return new Map(keys.map((key) => [key, found[key] as string]));
}

function encryptedDataOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const sealed = JSON.parse(text) as { readonly spec?: { readonly encryptedData?: Record<string, unknown> } };
    return sealed.spec?.encryptedData ?? {};
  } catch {
    throw failed('printed no SealedSecret');
  }
}

function failed(what: string, hint?: string): OperatorError {
  return new OperatorError('write-failed', `kubeseal ${what}`, hint === undefined ? {} : { hint });
}

/** Undefined where PATH has no such program. */
async function run(argv: readonly string[], input: string, { env, signal }: Where): Promise<Ended | undefined> {
  const { PATH, HOME } = env;
  // Not the limit of `spawn`: its timer goes on, and holds the process, where there is no such program.
  const limit = AbortSignal.timeout(longestMs);
  const child = spawn(program, argv, {
    env: { PATH, HOME },
    stdio: ['pipe', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  // One that ends without reading its input says why by its exit code.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') resolve(undefined);
      else reject(failed(limit.aborted ? `gave no answer within ${longestMs / 1000} s` : whyNotRun(signal, code)));
    });
    child.on('close', (code) => {
      resolve({ code, ...texts });
    });
  });
}

function whyNotRun(signal: AbortSignal | undefined, code: string): string {
  return signal?.aborted === true ? 'was interrupted' : `did not start: ${code}`;
}
