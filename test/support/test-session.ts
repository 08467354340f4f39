import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

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
import { connectCluster } from '../../src/adapters/kubernetes/kubernetes-cluster.ts';
import { createManifestFiles } from '../../src/adapters/manifests/manifest-files.ts';
import { openSealing } from '../../src/adapters/owners/open-sealing.ts';
import { openSource } from '../../src/adapters/sources/open-source.ts';
import { openTarget } from '../../src/adapters/sources/open-target.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { tlsPairProblem } from '../../src/adapters/tls-pair.ts';
import type { Deps } from '../../src/ports.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { openSession, type Session } from '../../src/shell/session.ts';
import { atEndOfTest } from './at-end.ts';
import {
  createScriptedPrompter,
  createTestTerminal,
  type ScriptedAnswer,
  type ScriptedPrompter,
  type TestTerminal,
} from './terminal.ts';

export interface TestSession extends Session {
  readonly terminal: TestTerminal;
  readonly prompter: ScriptedPrompter;
  /** Ctrl-C. */
  interrupt(): void;
  /** Writes a file that only its owner can read, and names it as a source. */
  envSource(text: string): Promise<string>;
}

export interface TestSessionOptions {
  /** Answers of a person at a terminal; without them there is none. */
  readonly answers?: readonly ScriptedAnswer[];
  readonly config?: string;
}

const shippedStack = fileURLToPath(new URL('../../src/stacks/cloudtolocalllm.yaml', import.meta.url));

/** A session on a sandbox through the adapters that a person's program uses; only the person is played. */
export async function testSession(sandbox: Sandbox, options: TestSessionOptions = {}): Promise<TestSession> {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-test-'));
  const interruption = new AbortController();
  const terminal = createTestTerminal({ canPrompt: options.answers !== undefined });
  const prompter = createScriptedPrompter(options.answers);
  const deps: Deps = {
    connect: async ({ requestTimeoutMs }) => {
      const cluster = await connectCluster({ kubeconfigText: sandbox.kubeconfig, requestTimeoutMs, env: {} });
      return {
        cluster,
        defaultSources: [],
        defaultManifests: [],
        childEnv: {},
        close: () => {
          cluster.close();
          return Promise.resolve();
        },
      };
    },
    contexts: () => Promise.resolve({ current: undefined, names: [], place: { path: '-', chosenBy: 'default' } }),
    settings: { file: createSettingsFile({}), variables: {} },
    openWatchWorld: () => Promise.reject(new Error('a session watches nothing')),
    openRunbookWorld: () => Promise.reject(new Error('a session walks no runbook')),
    openTarget: (spec, { recipients }) => openTarget(spec, { cwd: folder, recipients, now: () => systemClock.now() }),
    openSealer: () => Promise.resolve(undefined),
    startVault: () => Promise.reject(new Error('a test starts its vault itself')),
    startSandbox: () => Promise.reject(new Error('a test starts its sandbox itself')),
    openSource: (spec) => openSource(spec, { cwd: folder }),
    sealing: openSealing({ cwd: folder, clock: systemClock }),
    checkNamedFiles: (files) => checkNamedFiles(files, { cwd: folder, clock: systemClock }),
    stackFiles: createStackFiles({ cwd: folder }),
    drillFiles: createDrillFiles({ cwd: folder }),
    readJournal,
    readDrillResults,
    resultDigest,
    openDrillJournalFile: (path, { identity }) => openDrillJournalFile(path, { cwd: folder, identityFile: identity }),
    journalDigest,
    outputFolder: createOutputFolder({ cwd: folder }),
    manifestFiles: createManifestFiles({ cwd: folder, stdin: Readable.from([]) }),
    readPlanFile: (path) => readPlanFile(path, folder),
    readReportFile: (path) => readReportFile(path, folder),
    tlsPairProblem,
    fingerprints: createFingerprints,
    randomBytes,
    clock: systemClock,
    prompter,
    terminal,
    signal: interruption.signal,
    operator: 'tester@test',
    processId: process.pid,
    isRunning: (processId) => processId === process.pid,
    holdOn: () => () => undefined,
    version: '0.0.0-test',
  };
  const session = await openSession(
    { namespaces: [], allNamespaces: false, config: options.config ?? shippedStack, requestTimeoutMs: 5000 },
    deps,
  );
  let files = 0;
  atEndOfTest(async () => {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    ...session,
    terminal,
    prompter,
    interrupt: () => {
      interruption.abort();
    },
    envSource: async (text) => {
      const name = `backup-${++files}.env`;
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), 0o600);
      return `env:${name}`;
    },
  };
}
