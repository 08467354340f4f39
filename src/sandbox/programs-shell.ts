import type { Program, ProgramStart } from './programs.ts';

const pollsEveryMs = 1000;
const endsAfterMs = 1000;

/** What a command line does as far as the sandbox can tell; undefined where it can tell nothing. */
export function shellCommand(start: ProgramStart, text: string): Program | undefined {
  const awaited = dependencyOf(text, start.env);
  if (awaited) {
    waitFor(start, awaited);
    return silent;
  }
  const sleep = /\bsleep (\d+|infinity)/.exec(text)?.[1];
  const exit = /\bexit (\d+)/.exec(text)?.[1];
  if (exit !== undefined || text === 'true' || text === 'false') {
    endAfter(start, sleep === undefined ? 100 : Number(sleep) * 1000, Number(exit ?? Number(text === 'false')));
    return silent;
  }
  if (sleep !== undefined) {
    if (sleep !== 'infinity') {
      endAfter(start, Number(sleep) * 1000, 0);
    }
    return silent;
  }
  if (start.isToEnd) {
    endAfter(start, endsAfterMs, 0);
    return silent;
  }
  return undefined;
}

const silent: Program = { listensOn: () => false };

function endAfter(start: ProgramStart, ms: number, code: number): void {
  start.after(ms, () => {
    start.exit(code);
  });
}

/** The `host:port` that a waiting init container asks for: `pg_isready -h HOST -p PORT` or `nc -z HOST PORT`. */
function dependencyOf(text: string, env: ReadonlyMap<string, string>): { host: string; port: number } | undefined {
  const expanded = text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => env.get(name) ?? whole);
  const host = /\bpg_isready\b[^;&|]*?\s(?:-h|--host)[ =](\S+?)(?=[\s;]|$)/.exec(expanded)?.[1];
  if (host !== undefined) {
    return { host, port: Number(/\bpg_isready\b[^;&|]*?\s-p (\d+)/.exec(expanded)?.[1] ?? 5432) };
  }
  const [, name, port] = /\bnc\b[^;&|]*?\s-\w*z\w*(?: -\S+(?: \d+)?)* ([^\s;-]\S*) (\d+)/.exec(expanded) ?? [];
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
