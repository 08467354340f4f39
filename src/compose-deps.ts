import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { getuid } from 'node:process';

import { journalDigest, readDrillResults, readJournal, resultDigest } from './adapters/drill/drill-journal-text.ts';
import { createOutputFolder } from './adapters/files/output-folder.ts';
import { createSettingsFile } from './adapters/files/settings-file.ts';
import { createStackFiles } from './adapters/files/stack-file.ts';
import { createFingerprints } from './adapters/fingerprints.ts';
import { openSealing } from './adapters/owners/open-sealing.ts';
import { systemClock } from './adapters/system-clock.ts';
import { createPrompter } from './adapters/terminal/prompter.ts';
import { createNodeTerminal, type NodeTerminalOptions } from './adapters/terminal/node-terminal.ts';
import { tlsPairProblem } from './adapters/tls-pair.ts';
import type { SecretValue } from './core/secrets/secret-value.ts';
import type { HostedSandbox } from './host-sandbox.ts';
import type { Connection, ConnectOptions, Deps } from './ports.ts';

/** What a command needs of the process that it runs in. */
export interface Surroundings extends NodeTerminalOptions {
  readonly env: Record<string, string | undefined>;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly processId: number;
  /** Whether a process of this id runs on this machine. */
  readonly isRunning: (processId: number) => boolean;
  readonly holdOn: Deps['holdOn'];
  readonly version: string;
  /** Program and arguments that start this c2l. */
  readonly program: readonly string[];
}

/** Picks the adapters. Those that are large, and those that few commands need, are loaded with their first use. */
export function composeDeps(surroundings: Surroundings): Deps {
  const { stdin, stderr, env, cwd, signal, version } = surroundings;
  /** The sandbox that this run works on: its vault is trusted for as long as it lives. */
  let sandbox: HostedSandbox | undefined;
  const prompter = createPrompter({ ...surroundings, input: stdin, output: stderr });
  const terminal = createNodeTerminal(surroundings);

  return {
    connect: async (options) => {
      if (options.sandbox === undefined) return connectTo(surroundings, options, options.kubeconfig);
      const { hostSandbox } = await import('./host-sandbox.ts');
      sandbox = await hostSandbox(options.sandbox, env);
      return connectToSandbox(surroundings, options, sandbox);
    },
    contexts: async (kubeconfigPath) =>
      (await import('./adapters/kubernetes/kubeconfig.ts')).kubeconfigContexts({ kubeconfigPath, env }),
    settings: {
      file: createSettingsFile(env),
      variables: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('C2L_'))),
    },
    openSource: async (spec, { identity } = {}) => {
      const { openSource } = await import('./adapters/sources/open-source.ts');
      const askPassphrase = (question: string): Promise<SecretValue> => prompter.secret(question, () => undefined);
      return openSource(spec, {
        stdin,
        cwd,
        identityFile: identity ?? env['C2L_AGE_IDENTITY'],
        askPassphrase: terminal.canPrompt ? askPassphrase : undefined,
        ...(sandbox === undefined ? {} : { azure: { caPem: sandbox.vault.caPem, credential: 'managed-identity' } }),
      });
    },
    openWatchWorld: async () => {
      const { openWatchWorld } = await import('./adapters/watch/open-watch-world.ts');
      return openWatchWorld(surroundings);
    },
    openRunbookWorld: async () => {
      const { openRunbookWorld } = await import('./adapters/runbook/open-runbook-world.ts');
      return openRunbookWorld(surroundings);
    },
    openTarget: async (spec, { recipients }) => {
      const { openTarget } = await import('./adapters/sources/open-target.ts');
      const newPassphrase = async (file: string): Promise<SecretValue> => {
        const { typedTwice } = await import('./shell/sources/typed-twice.ts');
        const questions = { first: `new passphrase for ${file}:`, again: 'the passphrase again:' };
        return typedTwice({ prompter, terminal }, questions, weakness);
      };
      return openTarget(spec, {
        cwd,
        recipients,
        newPassphrase: terminal.canPrompt ? newPassphrase : undefined,
        now: () => systemClock.now(),
        ...(sandbox === undefined ? {} : { azure: { caPem: sandbox.vault.caPem, credential: 'managed-identity' } }),
      });
    },
    openSealer: async () => {
      const { openKubeseal } = await import('./adapters/owners/kubeseal.ts');
      return openKubeseal({ env });
    },
    startVault: async () => (await import('./host-vault.ts')).hostVault(),
    startSandbox: async (options) => {
      const { hostSandbox } = await import('./host-sandbox.ts');
      const hosted = await hostSandbox(options, env);
      return { ...hosted, vaultUrl: hosted.vault.url };
    },
    sealing: openSealing({ cwd, clock: systemClock, usualFile: env['SEALED_SECRETS_CERT'] }),
    checkNamedFiles: async (files) => {
      const { checkNamedFiles } = await import('./adapters/files/named-files.ts');
      return checkNamedFiles(files, { cwd, clock: systemClock });
    },
    stackFiles: createStackFiles({ cwd }),
    drillFiles: {
      read: async (name) => {
        const { createDrillFiles } = await import('./adapters/drill/drill-files.ts');
        return createDrillFiles({ cwd }).read(name);
      },
    },
    openDrillJournalFile: async (path, { identity }) => {
      const { openDrillJournalFile } = await import('./adapters/drill/drill-journal-file.ts');
      return openDrillJournalFile(path, { cwd, identityFile: identity ?? env['C2L_AGE_IDENTITY'] });
    },
    readJournal,
    readDrillResults,
    resultDigest,
    journalDigest,
    outputFolder: createOutputFolder({ cwd }),
    manifestFiles: {
      read: async (paths) => {
        const { createManifestFiles } = await import('./adapters/manifests/manifest-files.ts');
        return createManifestFiles({ cwd, stdin }).read(paths);
      },
    },
    readPlanFile: async (path) => (await import('./adapters/files/document-file.ts')).readPlanFile(path, cwd),
    readReportFile: async (path) => (await import('./adapters/files/document-file.ts')).readReportFile(path, cwd),
    tlsPairProblem,
    fingerprints: createFingerprints,
    randomBytes,
    clock: systemClock,
    prompter,
    terminal,
    signal,
    holdOn: surroundings.holdOn,
    operator: `${userName()}@${hostname()}`,
    processId: surroundings.processId,
    isRunning: surroundings.isRunning,
    version,
    pushGateway: env['C2L_PUSH_METRICS'] || undefined,
  };
}

/** In a container a user is often a number that no file of users knows. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${getuid?.() ?? 'unknown'}`;
  }
}

/** Short ones can be guessed at leisure by whoever has the file. */
function weakness(passphrase: SecretValue): string | undefined {
  return passphrase.violation({ minLength: 12 });
}

async function connectTo(
  { env, version }: Surroundings,
  { context, requestTimeoutMs }: ConnectOptions,
  kubeconfigPath: string | undefined,
): Promise<Connection> {
  const { connectCluster } = await import('./adapters/kubernetes/kubernetes-cluster.ts');
  const cluster = await connectCluster({ kubeconfigPath, context, requestTimeoutMs, env, version });
  const close = (): Promise<void> => {
    cluster.close();
    return Promise.resolve();
  };
  const childEnv = kubeconfigPath === undefined ? {} : { KUBECONFIG: kubeconfigPath };
  return { cluster, defaultSources: [], defaultManifests: [], childEnv, close };
}

async function connectToSandbox(
  { env, version }: Surroundings,
  { context, requestTimeoutMs }: ConnectOptions,
  hosted: HostedSandbox,
): Promise<Connection> {
  const { connectCluster } = await import('./adapters/kubernetes/kubernetes-cluster.ts');
  const { kubeconfigText } = hosted;
  const cluster = await connectCluster({ kubeconfigText, context, requestTimeoutMs, env, version });
  return {
    cluster,
    defaultSources: [`azure-key-vault:${hosted.vault.url}`, `env:${hosted.envBackupPath}`],
    defaultManifests: [hosted.manifestsPath],
    childEnv: { KUBECONFIG: hosted.kubeconfigPath },
    close: async () => {
      cluster.close();
      await hosted.close();
    },
  };
}
