import type { Readable } from 'node:stream';
import type { StoredObject } from '../store/stored-object.ts';

export interface ProgramAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ProgramExit {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramRequest {
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What runs in the containers: the API server asks it when somebody reaches into a pod. */
export interface Programs {
  /** `refused` where nothing in the pod listens on the port. */
  httpGet(pod: StoredObject, request: ProgramRequest): ProgramAnswer | 'refused';
  /** What a container wrote in its latest run; undefined where it never ran. */
  log(pod: StoredObject, container: string): string | undefined;
  /** Exit code 127 for a command that the container has not got. */
  exec(
    pod: StoredObject,
    call: { container: string; command: readonly string[]; stdin: Readable },
  ): Promise<ProgramExit>;
}
