import type { ClusterProbe, ExecResult } from '../../cluster-ports.ts';
import { absent, present, unreadable, type Observed } from '../../core/cluster/observed.ts';
import { asObject, parseObject } from '../json-object.ts';
import { answerFailure, apiStatus, TransportFailure, type ApiAnswer } from './kubernetes-errors.ts';
import { collectionPath } from './kubernetes-resources.ts';
import { followStream, KeptOutput } from './kubernetes-streams.ts';
import type { Transport } from './kubernetes-transport.ts';

const standardInput = 0;
const standardOutput = 1;
const standardError = 2;
const outcome = 3;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** What a shell gives for a command that is not there. */
const commandNotFound = 127;

type ExecTarget = Parameters<ClusterProbe['exec']>[0];

/**
 * Each secret input is one line of base64: values may hold line breaks and any bytes, and a shell can read lines
 * without an end of input. Absent where the pod, or a running container of that name, is not there.
 */
export async function execInPod(transport: Transport, target: ExecTarget): Promise<Observed<ExecResult>> {
  const podName = `${target.namespace}/${target.pod}`;
  const stdout = new KeptOutput();
  const stderr = new KeptOutput();
  const status = new KeptOutput();
  const outputs = new Map([
    [standardOutput, stdout],
    [standardError, stderr],
    [outcome, status],
  ]);
  const input = (target.input ?? []).map((value) => `${value.revealBase64()}\n`).join('');

  let started = false;
  const following = followStream(transport, execPath(target), protocols, {
    onOpen: (channel) => {
      started = true;
      if (input === '') return;
      channel.send(standardInput, Buffer.from(input));
      channel.endInput();
    },
    onFrame: (number, bytes) => outputs.get(number)?.add(bytes),
    onClose: () => undefined,
  });
  const refusal = await following.catch((error: unknown) => {
    if (!started || !(error instanceof TransportFailure) || error.failure.cause !== 'timeout') throw error;
    const limit = `${transport.requestTimeoutMs / 1000} s`;
    throw new TransportFailure('timeout', `the command in pod ${podName} did not end within ${limit}`);
  });
  if (refusal !== undefined) return refusedExec(refusal, target);

  const exitCode = exitCodeOf(status.toString());
  return exitCode === undefined
    ? unreadable('server-error', `the command in pod ${podName} ended without a result`)
    : present({ exitCode, stdout: stdout.toString(), stderr: stderr.toString() });
}

function execPath(target: ExecTarget): string {
  const query = new URLSearchParams([
    ...target.command.map((word): [string, string] => ['command', word]),
    ['container', target.container],
    ['stdin', String((target.input ?? []).length > 0)],
    ['stdout', 'true'],
    ['stderr', 'true'],
  ]);
  const pod = `${collectionPath('/api/v1', 'pods', target.namespace)}/${encodeURIComponent(target.pod)}`;
  return `${pod}/exec?${query.toString()}`;
}

function refusedExec(refusal: ApiAnswer, target: ExecTarget): Observed<ExecResult> {
  const status = apiStatus(refusal);
  const message = status?.message ?? refusal.text;
  const notRunning = /^container not found|is not valid for pod|does not have a host assigned/.test(message);
  if (notRunning || (refusal.status === 404 && status?.reason === 'NotFound')) return absent;
  const subject = { verb: 'create', resource: 'pods/exec', namespace: target.namespace, name: target.pod };
  return answerFailure(refusal, subject);
}

function exitCodeOf(text: string): number | undefined {
  const status = parseObject(text);
  if (status?.['status'] === 'Success') return 0;
  const details = asObject(status?.['details']);
  const causes = Array.isArray(details?.['causes']) ? details['causes'].map(asObject) : [];
  const code = causes.find((cause) => cause?.['reason'] === 'ExitCode')?.['message'];
  if (typeof code === 'string' && /^\d+$/.test(code)) return Number(code);
  const message = status?.['message'];
  const missing = typeof message === 'string' && /executable file not found|no such file or directory/.test(message);
  return missing ? commandNotFound : undefined;
}
