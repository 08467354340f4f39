import type { Cluster } from './cluster-ports.ts';
import type { DrillJournal } from './core/drill/drill-journal.ts';
import type { DrillResult } from './core/drill/drill-report.ts';
import type { DrillScenario } from './core/drill/drill-schema.ts';
import type { ManifestSet } from './core/manifests/manifests.ts';
import type { Fingerprints } from './core/revisions/revision.ts';
import type { SecretValue } from './core/secrets/secret-value.ts';
import type { Stack } from './core/stack/stack.ts';
import type { RunbookWorld } from './runbook-ports.ts';
import type { ValueSource, BackupTarget, Sealer, Sealing } from './value-ports.ts';
import type { WatchWorld } from './watch-ports.ts';

export interface Clock {
  now(): Date;
  /** Milliseconds that only move forward, for durations. */
  monotonic(): number;
  /** Rejects with OperatorError `interrupted` when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Asks a person. Only used where Terminal.canPrompt. Ctrl-C rejects with OperatorError `interrupted`. */
export interface Prompter {
  /** Default is No. */
  confirm(question: string): Promise<boolean>;
  /** Hidden input; `check` says what is wrong with what was typed, or undefined. */
  secret(question: string, check: (value: SecretValue) => string | undefined): Promise<SecretValue>;
  /** Free text, for typing the name of a production context. */
  /** `check` gives what is wrong with an answer, which is then asked for again. */
  text(question: string, check?: (text: string) => string | undefined): Promise<string>;
}

/** One line that changes while something is waited for; plain appended lines where there is no terminal. */
export interface Progress {
  update(text: string): void;
  /** Ends the line with a mark: the glyph never carries the meaning alone. */
  finish(outcome: 'ok' | 'failed' | 'stopped', text: string): void;
}

export interface Terminal {
  /** Writes the answer to standard output. */
  out(text: string): void;
  /** Writes an answer that is only read: through the person's pager where one is set and the screen is too small for it. */
  show(text: string): Promise<void>;
  /** Writes a line for the person to standard error. */
  err(line: string): void;
  progress(text: string): Progress;
  /** Whether standard input and error are terminals and neither `CI` nor `--no-input` forbids asking. */
  readonly canPrompt: boolean;
  /** Whether one person reads the answer and what is said beside it on the same terminal. */
  readonly isOneScreen: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number;
  readonly color: boolean;
  /** How a person types this program here. */
  readonly program: string;
  /** Whether this runs in a step of a runbook that goes on after such an exit code: what comes next comes by itself. */
  readonly goesOnAfter?: (exitCode: number) => boolean;
}

export interface ConnectOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** Where set, an embedded sandbox is started and connected to instead of a kubeconfig's cluster. */
  readonly sandbox?: SandboxOptions | undefined;
  readonly requestTimeoutMs: number;
}

/** A cluster and, with `--sandbox`, the sources that the sandbox ships. */
export interface Connection {
  readonly cluster: Cluster;
  /** `--from` values that are used when the operator gives none. */
  readonly defaultSources: readonly string[];
  /** `--manifests` values that are used likewise: the stack of the sandbox. */
  readonly defaultManifests: readonly string[];
  /** What makes c2l and kubectl, started by this one, find the same kubeconfig. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** Ends connections and, with `--sandbox`, the sandbox. */
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly scenario: string;
  /** How many times faster than real time its kubelet and controllers work. */
  readonly speed: number;
}

/** A sandbox that keeps running for other programs, and the files it was written to. */
export interface RunningSandbox {
  readonly url: string;
  readonly kubeconfigPath: string;
  readonly envBackupPath: string;
  readonly manifestsPath: string;
  readonly vaultUrl: string;
  close(): Promise<void>;
}

/** The sandbox's vault alone, with what a client needs to be given to reach it. */
export interface RunningVault {
  readonly url: string;
  readonly caPath: string;
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  close(): Promise<void>;
}

export interface StackFiles {
  /** `--config FILE`; else `c2l.yaml` here or above; undefined where there is none. `path` is as people would type it. Throws `stack-invalid`, `stack-not-found`. */
  find(configFile: string | undefined): Promise<{ stack: Stack; path: string } | undefined>;
  /** A stack that ships with c2l. Throws `stack-not-found` with the names there are. */
  builtIn(name: string): Promise<Stack>;
  /** The schema of an installed c2l as a stack file at that path has to name it; undefined where none is beside it or above. */
  schemaFor(path: string): Promise<string | undefined>;
  /** Writes a stack file; one that is there is left as it is unless it is to be replaced. Throws `output-unwritable`. */
  write(path: string, text: string, options: { readonly replace: boolean }): Promise<'written' | 'exists'>;
}

/** Disasters that are described in files. */
export interface DrillFiles {
  /** One that ships with c2l, or a path. Throws `drill-invalid`. */
  read(name: string): Promise<DrillScenario>;
}

/** All that ends a drill, should the cluster lose its own journal. */
export interface KeptDrill {
  readonly journal: DrillJournal;
  /** By the name of the Secret that holds the same copy. */
  readonly copies: ReadonlyMap<string, SecretValue>;
}

/** The journal of a drill on disk, encrypted. */
export interface DrillJournalFile {
  readonly path: string;
  /** Undefined where there is no such file. Throws `source-unreadable`. */
  read(): Promise<KeptDrill | undefined>;
  /** On the disk as a whole when this returns. Throws `output-unwritable`, with the file as it was. */
  write(kept: KeptDrill): Promise<void>;
  remove(): Promise<void>;
}

export interface WantedFiles {
  readonly paths: readonly string[];
  readonly folders: readonly string[];
}

export interface FolderChange {
  readonly write: readonly { readonly path: string; readonly text: string }[];
  readonly remove: readonly string[];
}

/** Where generated files go: below a folder relative to the working directory. */
export interface OutputFolder {
  /**
   * The texts of the named files that are there and of whatever lies in the named folders, by their path below the
   * folder. Throws `output-unwritable` where one of the named files cannot be read.
   */
  read(folder: string, wanted: WantedFiles): Promise<ReadonlyMap<string, string>>;
  /** All of it or nothing: what was there before is there again where a part fails. Throws `output-unwritable`. */
  change(folder: string, change: FolderChange): Promise<void>;
}

/** Manifests as they lie in files, before anything of them is applied. */
export interface ManifestFiles {
  /**
   * Reads files, folders and, for `-`, standard input. What cannot be read or understood is a problem of the answer;
   * throws `manifests-not-found` for a path that does not exist.
   */
  read(paths: readonly string[]): Promise<ManifestSet>;
}

export interface OpenSourceOptions {
  /** The file of an age identity, for an encrypted backup. */
  readonly identity?: string | undefined;
}

export interface KubeconfigContexts {
  /** Undefined where none is chosen. */
  readonly current: string | undefined;
  readonly names: readonly string[];
  /** The files that they stand in, or the folder of a pod's ServiceAccount, and what chose them. */
  readonly place: { readonly path: string; readonly chosenBy: string };
}

/** The text of a person's settings, and where everything stands in it. */
export interface SettingsText {
  readonly value: unknown;
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

export interface SettingsFile {
  readonly path: string;
  /** Undefined where there is none, or an empty one. Throws `config-invalid`. */
  read(): Promise<SettingsText | undefined>;
  /** `config-invalid` with all that is wrong. */
  refusal(problems: readonly { readonly line: number; readonly message: string }[]): Error;
}

/** What a person has set beside the command line. */
export interface PersonalSettings {
  readonly file: SettingsFile;
  /** Those of the environment that begin with `C2L_`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Everything a command needs of the world. */
export interface Deps {
  connect(options: ConnectOptions): Promise<Connection>;
  /** The contexts of the kubeconfig, without asking any cluster. Throws as `connect` does where there is none. */
  contexts(kubeconfig: string | undefined): Promise<KubeconfigContexts>;
  readonly settings: PersonalSettings;
  startSandbox(options: SandboxOptions): Promise<RunningSandbox>;
  startVault(): Promise<RunningVault>;
  openWatchWorld(): Promise<WatchWorld>;
  openRunbookWorld(): Promise<RunbookWorld>;
  openSource(spec: string, options?: OpenSourceOptions): Promise<ValueSource>;
  openTarget(spec: string, options: { readonly recipients: readonly string[] }): Promise<BackupTarget>;
  /** Undefined where kubeseal is not there. */
  openSealer(): Promise<Sealer | undefined>;
  readonly sealing: Sealing;
  /** Throws where a file of age identities or a sealing certificate that a flag names cannot be used as such. */
  checkNamedFiles(files: {
    readonly identity?: string | undefined;
    readonly sealCert?: string | undefined;
  }): Promise<void>;
  readonly stackFiles: StackFiles;
  /** A document of a file, YAML or JSON. Throws `plan-invalid`. */
  readPlanFile(path: string): Promise<unknown>;
  /** An earlier report, YAML or JSON. Throws `baseline-invalid`. */
  readReportFile(path: string): Promise<unknown>;
  readonly drillFiles: DrillFiles;
  openDrillJournalFile(path: string, options: OpenSourceOptions): Promise<DrillJournalFile>;
  /** Undefined where the value holds no journal of a drill. */
  readJournal(value: SecretValue): DrillJournal | undefined;
  /** The results among the values of a Secret, the newest first. */
  readDrillResults(values: Iterable<SecretValue>): readonly DrillResult[];
  resultDigest(result: DrillResult): string;
  journalDigest(journal: DrillJournal): string;
  readonly outputFolder: OutputFolder;
  readonly manifestFiles: ManifestFiles;
  /** Why a certificate and a private key cannot serve together. */
  tlsPairProblem(certificate: SecretValue, key: SecretValue): string | undefined;
  /** With a new key, or with the one that was kept beside earlier fingerprints. */
  fingerprints(key?: SecretValue): Fingerprints;
  /** Beyond guessing. */
  randomBytes(count: number): Uint8Array;
  readonly clock: Clock;
  readonly prompter: Prompter;
  readonly terminal: Terminal;
  /** Fires at Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * A second Ctrl-C ends the program at once; until what is returned is called, it is answered with these words and ends
   * nothing.
   */
  holdOn(words: string): () => void;
  /** Who runs c2l, for revisions: user@host where it can be told. */
  readonly operator: string;
  /** Of this run. */
  readonly processId: number;
  /** Whether a process of this id runs on this machine. */
  isRunning(processId: number): boolean;
  readonly version: string;
  /** Address of a Pushgateway, where a drill is told of none. */
  readonly pushGateway?: string | undefined;
}
