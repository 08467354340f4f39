import type { Program } from '../programs/program.ts';
import { type NodeContainer, portNumber } from './kubelet-pod.ts';

/** Why a container is not ready by its readiness probe, in the kubelet's words; undefined where it is. */
export function probeFailure(container: NodeContainer, program: Program, podIP: string): string | undefined {
  const { httpGet, tcpSocket, exec } = container.readinessProbe ?? {};
  if (httpGet) {
    return httpFailure(program, podIP, { ...httpGet, port: portNumber([container], httpGet.port) ?? 0 });
  }
  if (tcpSocket) {
    const port = portNumber([container], tcpSocket.port) ?? 0;
    return program.listensOn(port) ? undefined : refused(podIP, port);
  }
  const exit = program.exec?.(exec?.command ?? [], '');
  return exit === undefined || exit.exitCode === 0 ? undefined : exit.stdout + exit.stderr;
}

function refused(podIP: string, port: number): string {
  return `dial tcp ${podIP}:${port}: connect: connection refused`;
}

function httpFailure(program: Program, podIP: string, probe: { path?: string; port: number }): string | undefined {
  const { path = '/', port } = probe;
  if (!program.listensOn(port)) {
    return `Get "http://${podIP}:${port}${path}": ${refused(podIP, port)}`;
  }
  const status = program.httpGet?.({ port, path, headers: {} }).status ?? 0;
  return status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`;
}
