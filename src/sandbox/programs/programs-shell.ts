import type { ProgramExit } from '../api/api-programs.ts';
import type { ExitReason, Network, Program, ProgramStart } from './program.ts';

const pollsEveryMs = 1000;
const endsAfterMs = 1000;

/** What a command line does as far as the sandbox can tell; undefined where it can tell nothing. */
export function shellCommand(start: ProgramStart, text: string): Program | undefined {
  const awaited = dependencyOf(text, start.env);
  if (awaited) {
    waitFor(start, awaited);
    return silent;
  }
  if (text.includes('tail /dev/zero') && start.container.resources?.limits?.['memory'] !== undefined) {
    endAfter(start, { ms: 100, code: 137, reason: 'OOMKilled' });
    return silent;
  }
  const end = endOf(text) ?? (start.isToEnd ? { ms: endsAfterMs, code: 0 } : undefined);
  if (end === undefined) {
    return undefined;
  }
  if (end !== 'never') {
    endAfter(start, end);
  }
  return { ...silent, output: echoed(text, start.env) };
}

interface End {
  readonly ms: number;
  readonly code: number;
  readonly reason?: ExitReason;
}

/** When a command line ends, and how: after its `sleep`, by its `exit`. Undefined where it says neither. */
function endOf(text: string): End | 'never' | undefined {
  const sleep = /\bsleep (\d+|infinity)/.exec(text)?.[1];
  const exit = /\bexit (\d+)/.exec(text)?.[1];
  if (sleep === 'infinity') {
    return 'never';
  }
  if (exit !== undefined || text === 'true' || text === 'false') {
    return { ms: sleep === undefined ? 100 : Number(sleep) * 1000, code: Number(exit ?? Number(text === 'false')) };
  }
  return sleep === undefined ? undefined : { ms: Number(sleep) * 1000, code: 0 };
}

const silent: Program = { listensOn: () => false };

function endAfter(start: ProgramStart, end: End): void {
  start.after(end.ms, () => {
    start.exit(end.code, end.reason);
  });
}

/** What the `echo` commands of a command line write, one after the other. */
function echoed(text: string, env: ReadonlyMap<string, string>): string {
  const words = [...text.matchAll(/\becho\s+(?:"([^"]*)"|'([^']*)'|([^;&|"']*))/g)];
  return words
    .map(([, double, single, bare = '']) => single ?? expanded(double ?? bare.trim(), env))
    .map((line) => `${line}\n`)
    .join('');
}

function expanded(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => env.get(name) ?? whole);
}

/** The `host:port` that a waiting init container asks for: `pg_isready -h HOST -p PORT` or `nc -z HOST PORT`. */
function dependencyOf(text: string, env: ReadonlyMap<string, string>): { host: string; port: number } | undefined {
  const line = expanded(text, env);
  const host = /\bpg_isready\b[^;&|]*?\s(?:-h|--host)[ =](\S+?)(?=[\s;]|$)/.exec(line)?.[1];
  if (host !== undefined) {
    return { host, port: Number(/\bpg_isready\b[^;&|]*?\s-p (\d+)/.exec(line)?.[1] ?? 5432) };
  }
  const [, name, port] = /\bnc\b[^;&|]*?\s-\w*z\w*(?: -\S+(?: \d+)?)* ([^\s;-]\S*) (\d+)/.exec(line) ?? [];
  return name === undefined ? undefined : { host: name, port: Number(port) };
}

/** The loop of an init container: asks, sleeps a second, asks again. */
function waitFor(start: ProgramStart, { host, port }: { host: string; port: number }): void {
  start.after(pollsEveryMs, () => {
    if (typeof start.network.connect(start.pod.metadata.namespace, host, port) === 'object') {
      start.exit(0);
    } else {
      waitFor(start, { host, port });
    }
  });
}

type Seen = ReturnType<Network['connect']>;

/** A command that is run in a container by exec, as far as every image has it; undefined for any other. */
export function shellExec(
  command: readonly string[],
  connect: (host: string, port: number) => Seen,
): ProgramExit | undefined {
  const [program, flag, script = '', name, ...args] = command;
  if (name === 'c2l-resolve' || name === 'c2l-connect') {
    const [host = '', port] = args;
    return printed(`seen=${seenWord(connect(host, Number(port ?? 0)), name === 'c2l-resolve')}`);
  }
  const text = program === 'sh' && flag === '-c' ? script : command.join(' ');
  if (!/^(?:true|false|echo .*|exit \d+)(?:; *(?:echo .*|exit \d+))*$/.test(text)) return undefined;
  const end = endOf(text);
  return { exitCode: typeof end === 'object' ? end.code : 0, stdout: echoed(text, new Map()), stderr: '' };
}

function seenWord(seen: Seen, isName: boolean): string {
  return typeof seen === 'object' || (isName && seen === 'refused') ? 'ok' : seen;
}

function printed(line: string): ProgramExit {
  return { exitCode: 0, stdout: `${line}\n`, stderr: '' };
}
