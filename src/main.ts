import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';

import { createInquirerPrompter } from './adapters/inquirer-prompter.ts';
import { createNodeTerminal } from './adapters/node-terminal.ts';
import { createStackFiles } from './adapters/stack-file.ts';
import { systemClock } from './adapters/system-clock.ts';
import { run, type TerminalSettings, type World } from './cli.ts';
import { ExitCode } from './exit-codes.ts';
import type { HostedSandbox } from './host-sandbox.ts';
import type { Connection, ConnectOptions, Deps } from './ports.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
// Beside this file in the source and in the build; modules that the build moves cannot tell.
const builtInFolder = fileURLToPath(new URL('stacks/', import.meta.url));
const interruption = new AbortController();
// Every request under way listens to it; Node would take a dozen for a leak.
setMaxListeners(0, interruption.signal);
/** The sandbox that this run works on: its vault is trusted for as long as it lives. */
let sandbox: HostedSandbox | undefined;

const world: World = {
  version,
  createDeps(settings: TerminalSettings): Deps {
    const { stdin, stdout, stderr, env } = process;
    return {
      connect,
      openSource: async (spec) => {
        const { openSource } = await import('./adapters/open-source.ts');
        return openSource(spec, {
          cwd: process.cwd(),
          ...(sandbox === undefined ? {} : { azure: { caPem: sandbox.vault.caPem, credential: 'managed-identity' } }),
        });
      },
      startSandbox: async (options) => {
        const { hostSandbox } = await import('./host-sandbox.ts');
        const hosted = await hostSandbox(options, env);
        return { ...hosted, vaultUrl: hosted.vault.url };
      },
      stackFiles: createStackFiles({ cwd: process.cwd(), builtInFolder }),
      clock: systemClock,
      prompter: createInquirerPrompter({ input: stdin, output: stderr, signal: interruption.signal }),
      terminal: createNodeTerminal({ stdin, stdout, stderr, env, noInput: !settings.input, color: settings.color }),
      signal: interruption.signal,
      operator: `${userInfo().username}@${hostname()}`,
      version,
    };
  },
};

async function connect(options: ConnectOptions): Promise<Connection> {
  const { connectCluster } = await import('./adapters/kubernetes-cluster.ts');
  const { kubeconfig, context, requestTimeoutMs } = options;
  const { env } = process;
  if (options.sandbox === undefined) {
    const cluster = await connectCluster({ kubeconfigPath: kubeconfig, context, requestTimeoutMs, env, version });
    const close = (): Promise<void> => {
      cluster.close();
      return Promise.resolve();
    };
    return { cluster, defaultSources: [], close };
  }

  const { hostSandbox } = await import('./host-sandbox.ts');
  const hosted = await hostSandbox(options.sandbox, env);
  sandbox = hosted;
  const cluster = await connectCluster({
    kubeconfigText: hosted.kubeconfigText,
    context,
    requestTimeoutMs,
    env,
    version,
  });
  return {
    cluster,
    defaultSources: [`azure-key-vault:${hosted.vault.url}`, `env:${hosted.envBackupPath}`],
    close: async () => {
      cluster.close();
      await hosted.close();
    },
  };
}

/** The first Ctrl-C lets the command end in a state that it can explain; the second ends it at once. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(ExitCode.interrupted);
  interruption.abort();
}

/**
 * A defect is told by its kind and place only: the message of a foreign error can quote what it choked on, and that
 * may be a value.
 */
function reportDefect(error: unknown): void {
  const [, ...frames] = error instanceof Error ? (error.stack ?? '').split('\n    at ') : [];
  const kind = error instanceof Error ? error.name : typeof error;
  process.stderr.write(
    `error: this is a defect in c2l ${version}: ${kind} at ${frames[0]?.trim() ?? 'an unknown place'}\n`,
  );
  if (process.argv.includes('-v') || process.argv.includes('--verbose')) {
    process.stderr.write(frames.map((frame) => `  at ${frame.trim()}\n`).join(''));
  } else {
    process.stderr.write('run it again with -v and report what it prints\n');
  }
  process.exitCode = ExitCode.defect;
}

process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// The terminal was closed: a sandbox must not leave its files behind.
process.on('SIGHUP', interrupt);
process.on('uncaughtException', reportDefect);

/** Resolves when what was written has left the process; a reader that went away does not hold it up. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

try {
  process.exitCode = await run(process.argv.slice(2), world);
} catch (error) {
  reportDefect(error);
}
await Promise.all([drained(process.stdout), drained(process.stderr)]);
// A library's request that nobody waits for any more must not keep the answer from the shell.
process.exit();
