import type { ProgramAnswer, ProgramExit, ProgramRequest } from '../api/api-programs.ts';
import type { NodeContainer, NodePod } from '../kubelet/kubelet-pod.ts';

/** What programs leave on a volume. It stays as long as the volume does. */
export interface Disk {
  postgres?: PostgresData | undefined;
  grafanaAdminPassword?: string;
}

/** Why a process ended, where its exit code does not tell. */
export type ExitReason = 'OOMKilled';

/** A process that runs in a container. */
export interface Program {
  /** What it writes. */
  readonly output?: string;
  listensOn(port: number): boolean;
  httpGet?(request: ProgramRequest): ProgramAnswer;
  /** Undefined for a command that it does not know. */
  exec?(command: readonly string[], stdin: string): ProgramExit | undefined;
  readonly postgres?: PostgresServer;
}

/** Who listens behind `host:port` as a pod of the namespace sees it. */
export interface Network {
  connect(namespace: string, host: string, port: number): Program | 'unknown-host' | 'refused';
}

/** What a program finds when it starts. */
export interface ProgramStart {
  readonly pod: NodePod;
  readonly container: NodeContainer;
  /** Whether the container is one that must come to an end: an init container, or the container of a Job. */
  readonly isToEnd: boolean;
  /** Fixed from here on, whatever becomes of the Secrets that it came from. */
  readonly env: ReadonlyMap<string, string>;
  readonly network: Network;
  /** What is mounted at a path; it starts empty where nothing is. */
  disk(path: string): Disk;
  /** Calls `fn` unless the container has ended by then. */
  after(ms: number, fn: () => void): void;
  exit(code: number, reason?: ExitReason): void;
}

/** A database cluster as initdb left it: what the environment says at later starts is not looked at. */
export interface PostgresData {
  readonly user: string;
  readonly password: string;
  readonly databases: readonly string[];
  /** Tables that were made since. */
  readonly tables?: Set<string>;
}

export interface PostgresServer {
  login(login: Login): LoginAnswer;
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** PostgreSQL's SQLSTATE codes: 28P01 for a wrong user or password, 3D000 for a database that does not exist. */
export type LoginAnswer = 'ok' | '28P01' | '3D000';
