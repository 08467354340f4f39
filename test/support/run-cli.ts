import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

import { createDrillFiles } from '../../src/adapters/drill/drill-files.ts';
import { openDrillJournalFile } from '../../src/adapters/drill/drill-journal-file.ts';
import {
  journalDigest,
  readDrillResults,
  readJournal,
  resultDigest,
} from '../../src/adapters/drill/drill-journal-text.ts';
import { readPlanFile, readReportFile } from '../../src/adapters/files/document-file.ts';
import { checkNamedFiles } from '../../src/adapters/files/named-files.ts';
import { createOutputFolder } from '../../src/adapters/files/output-folder.ts';
import { createSettingsFile } from '../../src/adapters/files/settings-file.ts';
import { createStackFiles } from '../../src/adapters/files/stack-file.ts';
import { createFingerprints } from '../../src/adapters/fingerprints.ts';
import { kubeconfigContexts } from '../../src/adapters/kubernetes/kubeconfig.ts';
import { connectCluster } from '../../src/adapters/kubernetes/kubernetes-cluster.ts';
import { createManifestFiles } from '../../src/adapters/manifests/manifest-files.ts';
import { openKubeseal } from '../../src/adapters/owners/kubeseal.ts';
import { openSealing } from '../../src/adapters/owners/open-sealing.ts';
import { openRunbookWorld } from '../../src/adapters/runbook/open-runbook-world.ts';
import { openSource, type OpenSourceOptions } from '../../src/adapters/sources/open-source.ts';
import { openTarget } from '../../src/adapters/sources/open-target.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { tlsPairProblem } from '../../src/adapters/tls-pair.ts';
import { openWatchWorld } from '../../src/adapters/watch/open-watch-world.ts';
import { run } from '../../src/cli.ts';
import type { ExitCode } from '../../src/exit-codes.ts';
import type { Deps } from '../../src/ports.ts';
import { reportTroubles } from './report-schema.ts';
import { createScriptedPrompter, createTestTerminal, type ScriptedAnswer, type ScriptedPrompter } from './terminal.ts';

export interface CliOptions {
  /** Kubeconfig as text, of a sandbox or a server that fails; without it `--kubeconfig` and `env` decide. */
  readonly kubeconfig?: string;
  /** Where `c2l.yaml` and relative paths are looked up; by default a folder without either. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes in on standard input. */
  readonly stdin?: readonly string[];
  /** Answers of a person at a terminal; without them there is no terminal. */
  readonly answers?: readonly ScriptedAnswer[];
  /** Whether both streams are read in one place. */
  readonly isOneScreen?: boolean;
  /** What the person waits for before each answer. */
  readonly beforeAnswer?: () => Promise<void>;
  readonly signal?: AbortSignal;
  /** Is told of everything that is written to either stream, as it is written. */
  readonly onOutput?: (text: string) => void;
  /** Sources that are used where no `--from` is given. */
  readonly defaultSources?: readonly string[];
  /** How a vault is reached: the certificate of the sandbox's own, a short limit. */
  readonly azure?: OpenSourceOptions['azure'];
}

export interface CliResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  readonly prompter: ScriptedPrompter;
}

/** One command line, in this process, with the real adapters; only the terminal and the person are scripted. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const {
    cwd = '/',
    env = {},
    azure,
    answers,
    isOneScreen = false,
    signal = new AbortController().signal,
    defaultSources = [],
    stdin = [],
  } = options;
  const terminal = createTestTerminal({ canPrompt: answers !== undefined, isOneScreen, onOutput: options.onOutput });
  const prompter = createScriptedPrompter(answers, options.beforeAnswer);
  const deps: Deps = {
    connect: async ({ kubeconfig, context, requestTimeoutMs }) => {
      const cluster = await connectCluster({
        kubeconfigPath: kubeconfig,
        kubeconfigText: options.kubeconfig,
        context,
        requestTimeoutMs,
        env,
      });
      const close = () => {
        cluster.close();
        return Promise.resolve();
      };
      return { cluster, defaultSources, defaultManifests: [], childEnv: {}, close };
    },
    contexts: (kubeconfigPath) =>
      Promise.resolve().then(() => kubeconfigContexts({ kubeconfigPath, kubeconfigText: options.kubeconfig, env })),
    settings: { file: createSettingsFile(env), variables: env },
    openWatchWorld: () =>
      Promise.resolve(openWatchWorld({ cwd, env, version: '0.0.0-test', processId: 1, isRunning: () => false })),
    openRunbookWorld: () =>
      Promise.resolve(
        openRunbookWorld({
          cwd,
          env,
          stderr: process.stderr,
          program: [],
          processId: process.pid,
          isRunning: () => false,
        }),
      ),
    openTarget: (spec, { recipients }) =>
      openTarget(spec, {
        cwd,
        recipients,
        newPassphrase: terminal.canPrompt ? () => prompter.secret('new passphrase:', () => undefined) : undefined,
        now: () => systemClock.now(),
        ...(azure && { azure }),
      }),
    openSealer: () => openKubeseal({ env: { PATH: '', ...env } }),
    startVault: () => Promise.reject(new Error('a test starts its vault itself')),
    startSandbox: () => Promise.reject(new Error('a test starts its sandbox itself')),
    openSource: (spec, { identity } = {}) =>
      openSource(spec, {
        cwd,
        stdin: Readable.from(stdin),
        identityFile: identity ?? env['C2L_AGE_IDENTITY'],
        askPassphrase: terminal.canPrompt ? (question) => prompter.secret(question, () => undefined) : undefined,
        ...(azure && { azure }),
      }),
    sealing: openSealing({ cwd, clock: systemClock, usualFile: env['SEALED_SECRETS_CERT'] }),
    checkNamedFiles: (files) => checkNamedFiles(files, { cwd, clock: systemClock }),
    stackFiles: createStackFiles({ cwd }),
    drillFiles: createDrillFiles({ cwd }),
    openDrillJournalFile: (path, { identity }) =>
      openDrillJournalFile(path, { cwd, identityFile: identity ?? env['C2L_AGE_IDENTITY'] }),
    readJournal,
    readDrillResults,
    resultDigest,
    journalDigest,
    outputFolder: createOutputFolder({ cwd }),
    manifestFiles: createManifestFiles({ cwd, stdin: Readable.from(stdin) }),
    readPlanFile: (path) => readPlanFile(path, cwd),
    readReportFile: (path) => readReportFile(path, cwd),
    tlsPairProblem,
    fingerprints: createFingerprints,
    randomBytes,
    clock: systemClock,
    prompter,
    terminal,
    signal,
    // Suites run side by side on one real cluster: none may take the pause of another for one that a kill left behind.
    operator: `tester-${process.pid}@here`,
    processId: process.pid,
    isRunning: (processId) => processId === process.pid,
    holdOn: () => () => undefined,
    version: '0.0.0-test',
  };
  const code = await run(argv, {
    version: deps.version,
    program: terminal.program,
    print: (text) => {
      terminal.out(text);
    },
    createDeps: () => Promise.resolve(deps),
  });
  const troubles = reportTroubles(terminal.stdout);
  if (troubles.length > 0) throw new Error(`c2l ${argv.join(' ')}: ${troubles.join('; ')}`);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr, prompter };
}
