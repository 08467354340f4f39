import type { DrillJournal } from './core/drill/drill-journal.ts';
import type { DrillScenario } from './core/drill/drill-schema.ts';
import type { Listed, ObjectMeta, OwnerReference, Resource } from './core/kubernetes.ts';
import type { ManifestSet } from './core/manifests.ts';
import type { Observed } from './core/observed.ts';
import type { Fingerprints } from './core/revision.ts';
import type { Secret } from './core/secret.ts';
import type { SecretValue } from './core/secret-value.ts';
import type { Stack } from './core/stack.ts';
import type { WatchWorld } from './watch-ports.ts';

/** One right, as a SelfSubjectAccessReview asks for it. */
export interface Right {
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'update' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  /** Of the one object that is meant; a Role may allow no other. */
  readonly name?: string;
}

/** What audit and verify are handed: it has no way to write. Reads never throw for the server's answers. */
export interface ClusterReader {
  readonly context: string;
  readonly server: string;
  /** The namespace that the kubeconfig's context names, `default` where it names none. */
  readonly defaultNamespace: string;
  namespaceExists(name: string): Promise<Observed<true>>;
  /** All pages of a list, in one namespace or, without one, in all. `absent` where the API has no such resource. */
  list<R extends Resource>(resource: R, namespace?: string): Promise<Observed<readonly Listed[R][]>>;
  listSecrets(namespace?: string): Promise<Observed<readonly Secret[]>>;
  /** The Secrets that c2l kept before its writes, and those alone. */
  listRevisions(namespace?: string): Promise<Observed<readonly Secret[]>>;
  /** Those in which Argo CD keeps its repositories and clusters, and those alone. */
  listArgoCdSecrets(namespace: string): Promise<Observed<readonly Secret[]>>;
  readSecret(namespace: string, name: string): Promise<Observed<Secret>>;
  /** Everything that makes a Secret what it is, to be put back later. */
  copySecret(namespace: string, name: string): Promise<Observed<SecretCopy>>;
  readNamespace(name: string): Promise<Observed<ObjectMeta>>;
  /** The end of what a container wrote, of at most a few kilobytes; `absent` where there is no log any more. */
  readLog(place: { namespace: string; pod: string; container: string }): Promise<Observed<string>>;
  isAllowed(right: Right): Promise<Observed<boolean>>;
}

/** A Secret as it was, but for what the server sets itself. */
export interface SecretCopy {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Whether deleting it leaves it there until somebody else agrees. */
  readonly hasFinalizers: boolean;
  /** Data, type, immutability, labels, annotations, owners and finalizers, packed: the same for the same. */
  readonly content: SecretValue;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /**
   * Why there was no answer by HTTP although the API server did its part: `connection refused`, `no ready endpoints`.
   * That is a fact about the service. The status is then the proxy's 503, or 0 for a pod.
   */
  readonly failure?: string;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The ways a check reaches into the cluster through the API server, so that it works from a laptop. */
export interface ClusterProbe {
  /** GET through the service proxy of the API server: proves the Service and its endpoints too. */
  serviceGet(target: { namespace: string; service: string; port: number; path: string }): Promise<Observed<HttpAnswer>>;
  /**
   * GET over a port-forward to one pod. The API server keeps an Authorization header for itself, so a login by HTTP
   * basic authentication cannot go through its proxy.
   */
  podGet(target: {
    namespace: string;
    pod: string;
    port: number;
    path: string;
    basicAuth?: { user: SecretValue; password: SecretValue };
  }): Promise<Observed<HttpAnswer>>;
  /** Runs a command in a container. Secret input goes over standard input: argv stands in audit logs. */
  exec(target: {
    namespace: string;
    pod: string;
    container: string;
    command: readonly string[];
    input?: readonly SecretValue[];
  }): Promise<Observed<ExecResult>>;
}

/**
 * Writes throw OperatorError: `conflict` when the object is not as planned, `forbidden`, `write-failed`.
 * Each is sent once: a write that timed out is never repeated before the object was read again.
 */
export interface ClusterWriter {
  createNamespace(name: string): Promise<void>;
  createSecret(secret: {
    namespace: string;
    name: string;
    type: string;
    labels: Readonly<Record<string, string>>;
    annotations: Readonly<Record<string, string>>;
    ownerReferences?: readonly OwnerReference[];
    immutable?: boolean;
    data: ReadonlyMap<string, SecretValue>;
    /** Everything but the storing: rights, quotas, size, and what admission says of it. */
    dryRun?: boolean;
  }): Promise<Secret>;
  /** JSON merge patch on `data` (and annotations), refused when the Secret is no longer at `resourceVersion`. */
  patchSecret(patch: {
    namespace: string;
    name: string;
    resourceVersion: string;
    data: ReadonlyMap<string, SecretValue>;
    /** Keys that are taken away. */
    remove?: readonly string[];
    annotations: Readonly<Record<string, string>>;
    dryRun?: boolean;
  }): Promise<Secret>;
  /** Makes a Secret what a copy holds: creates it, or replaces the one that is there at `resourceVersion`. */
  putBackSecret(copy: {
    readonly namespace: string;
    readonly name: string;
    readonly content: SecretValue;
    readonly resourceVersion?: string | undefined;
  }): Promise<Secret>;
  /** Exactly the object that was read is meant; one that is gone is what was wanted. */
  deleteSecret(secret: {
    namespace: string;
    name: string;
    uid: string;
    /** Given where a change since it was read must not get lost. */
    resourceVersion?: string;
    dryRun?: boolean;
  }): Promise<void>;
  /** Merges annotations into an object; what its controller makes of them is its own business. */
  annotate(object: {
    resource: Resource;
    namespace: string;
    name: string;
    annotations: Readonly<Record<string, string | null>>;
  }): Promise<void>;
  /**
   * Eviction, so that PodDisruptionBudgets hold; false when one refuses for now (429). Exactly the pod that was planned
   * is meant: one of the same name with another uid is left alone.
   */
  evictPod(pod: { namespace: string; name: string; uid: string }): Promise<boolean>;
  /** Sets `kubectl.kubernetes.io/restartedAt` on the pod template, as `kubectl rollout restart` does. */
  restartWorkload(workload: {
    kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
    namespace: string;
    name: string;
    at: string;
  }): Promise<void>;
}

export interface Cluster extends ClusterReader, ClusterProbe, ClusterWriter {
  /** Ends keep-alive connections. */
  close(): void;
}

/** A key that values are looked up for, with the name it has in each kind of source. */
export interface WantedValue {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly envName: string;
  readonly azureKeyVaultName: string;
  /** The version that the stack pins; otherwise the newest is meant. */
  readonly azureKeyVaultVersion?: string | undefined;
}

/** Whether a source has a value; a source that could not be asked is not a source that has none. */
export type SourceAnswer =
  | {
      readonly state: 'found';
      readonly value: SecretValue;
      /** Which of several, as it can be found again: `version 1a2b…`, `line 4`. */
      readonly detail?: string;
    }
  | { readonly state: 'not-found'; readonly detail?: string }
  /** Deleted, and `recover` can bring it back. */
  | { readonly state: 'deleted'; readonly reason: string; readonly detail?: string }
  | { readonly state: 'failed'; readonly reason: string };

/** Where values come from. */
export interface ValueSource {
  /** As the operator named it, without anything secret: `env:backup.env`. */
  readonly label: string;
  /** The name it knows a value by. */
  nameOf(wanted: WantedValue): string;
  /** Things to know before trusting it, such as a file that others can read. */
  readonly warnings: readonly string[];
  /** One answer for each wanted value, in the same order. */
  lookUp(wanted: readonly WantedValue[], signal: AbortSignal): Promise<readonly SourceAnswer[]>;
  /** Brings back values that were answered `deleted`, and looks them up. A write, so only after consent. */
  recover?(wanted: readonly WantedValue[], signal: AbortSignal): Promise<readonly SourceAnswer[]>;
}

/** A value on its way into a backup. */
export interface StoredValue {
  readonly wanted: WantedValue;
  readonly value: SecretValue;
}

/** What a place holds of a value. */
export type HeldState =
  | { readonly state: 'same' | 'different' | 'absent' | 'deleted' }
  | { readonly state: 'failed'; readonly reason: string };

export type StoreResult =
  /** With a note where what is stored is not yet what a repair would read. */
  { readonly stored: true; readonly note?: string } | { readonly stored: false; readonly reason: string };

/** Where a backup is written to. */
export interface BackupTarget {
  readonly label: string;
  readonly nameOf: ValueSource['nameOf'];
  /** What a person should agree to beside the values: `replace backup.env.age`. */
  readonly replaces?: string | undefined;
  /** Without telling what it holds. */
  compare(values: readonly StoredValue[], signal: AbortSignal): Promise<readonly HeldState[]>;
  /** One result for each value, in the same order. */
  store(values: readonly StoredValue[], signal: AbortSignal): Promise<readonly StoreResult[]>;
}

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
  text(question: string): Promise<string>;
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
  /** Writes a line for the person to standard error. */
  err(line: string): void;
  progress(text: string): Progress;
  /** Whether standard input and error are terminals and neither `CI` nor `--no-input` forbids asking. */
  readonly canPrompt: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number;
  readonly color: boolean;
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
  /** `--config FILE`; else `c2l.yaml` here or above; undefined where there is none. Throws `stack-invalid`, `stack-not-found`. */
  find(configFile: string | undefined): Promise<{ stack: Stack; path: string } | undefined>;
  /** A stack that ships with c2l. Throws `stack-not-found` with the names there are. */
  builtIn(name: string): Promise<Stack>;
  /** Writes a stack file; one that is there is left as it is unless it is to be replaced. Throws `output-unwritable`. */
  write(path: string, text: string, options: { readonly replace: boolean }): Promise<'written' | 'exists'>;
}

/** Disasters that are described in files. */
export interface DrillFiles {
  /** One that ships with c2l, or a path. Throws `drill-invalid`. */
  read(name: string): Promise<DrillScenario>;
}

/** Where generated files go. */
export interface OutputFolder {
  /** Replaces an older file of the name. Throws `output-unwritable`. */
  write(
    folder: string,
    name: string,
    text: string,
  ): Promise<{ readonly path: string; readonly state: 'written' | 'replaced' | 'unchanged' }>;
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

/** Everything a command needs of the world. */
export interface Deps {
  connect(options: ConnectOptions): Promise<Connection>;
  startSandbox(options: SandboxOptions): Promise<RunningSandbox>;
  startVault(): Promise<RunningVault>;
  openWatchWorld(): Promise<WatchWorld>;
  openSource(spec: string, options?: OpenSourceOptions): Promise<ValueSource>;
  openTarget(spec: string, options: { readonly recipients: readonly string[] }): Promise<BackupTarget>;
  readonly stackFiles: StackFiles;
  /** A document of a file, YAML or JSON. Throws `plan-invalid`. */
  readPlanFile(path: string): Promise<unknown>;
  /** An earlier report, YAML or JSON. Throws `baseline-invalid`. */
  readReportFile(path: string): Promise<unknown>;
  readonly drillFiles: DrillFiles;
  /** Undefined where the value holds no journal of a drill. */
  readJournal(value: SecretValue): DrillJournal | undefined;
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
  /** Who runs c2l, for revisions: user@host where it can be told. */
  readonly operator: string;
  readonly version: string;
}
