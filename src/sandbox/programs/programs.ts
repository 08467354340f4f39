import type { ProgramAnswer, ProgramExit, ProgramRequest } from '../api/api-programs.ts';
import type { NodeContainer, NodePod } from '../kubelet/kubelet-pod.ts';
import { apiBackend, grafana, migration, sealedSecrets, web, webServer } from './programs-http.ts';
import { postgres } from './programs-postgres.ts';
import type { PostgresData, PostgresServer } from './programs-postgres.ts';
import { shellCommand } from './programs-shell.ts';

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

/** The words of a container's command, as one text to recognise it by. */
export function commandText({ command = [], args = [] }: NodeContainer): string {
  return [...command, ...args].join(' ');
}

/** Picks what a container runs by its image and command, and starts it. */
export function startProgram(start: ProgramStart): Program {
  const { container } = start;
  const text = commandText(container);
  const image = imageName(container.image ?? '');
  if (text === '' && image === 'postgres') {
    return postgres(start);
  }
  if (text === '' && image === 'grafana/grafana') {
    return grafana(start);
  }
  if (start.env.has('SEALING_CERTIFICATE')) {
    return sealedSecrets(start);
  }
  if (text.includes('/app/server.js')) {
    return text.includes('migrate') ? migration(start) : apiBackend(start);
  }
  if (start.env.has('API_URL') && !start.isToEnd) {
    return web(start);
  }
  return shellCommand(start, text) ?? webServer(start);
}

/** `docker.io/library/postgres:16-alpine` → `postgres` */
export function imageName(image: string): string {
  return image
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '')
    .replace(/[:@][^/]*$/, '');
}
