import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, StartOptions } from '../../src/sandbox/sandbox.ts';
import { atEndOfFile, atEndOfTest } from './at-end.ts';

/** A sandbox that ends with the test. Fast enough that a test may wait for what takes the kubelet a quarter minute. */
export async function sandbox(options: Partial<StartOptions> = {}): Promise<Sandbox> {
  const started = await startSandbox({ scenario: 'incident', speed: 100, ...options });
  atEndOfTest(() => started.close());
  return started;
}

/** One that ends with the last test of its file, for tests that change nothing in it. */
export async function fileSandbox(options: Partial<StartOptions> = {}): Promise<Sandbox> {
  const started = await startSandbox({ scenario: 'incident', speed: 1, ...options });
  atEndOfFile(() => started.close());
  return started;
}

/** The values of a sandbox's backup for the application's Secret, by its keys. */
export function backupValues(sandbox: Pick<Sandbox, 'envBackupText'>): Record<string, string> {
  const values = Object.entries(allBackupValues(sandbox));
  return Object.fromEntries(values.filter(([key]) => key !== 'regcred-dockerconfigjson'));
}

/** The values of a sandbox's backup for all of its Secrets, by their names as keys are written. */
export function allBackupValues({ envBackupText }: Pick<Sandbox, 'envBackupText'>): Record<string, string> {
  const lines = [...envBackupText.matchAll(/^(\w+)='(.*)'$/gm)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name.toLowerCase().replaceAll('_', '-'), value]));
}
