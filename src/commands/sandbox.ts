import { ExitCode } from '../exit-codes.ts';
import type { Deps, SandboxOptions } from '../ports.ts';

/** Keeps a sandbox running until Ctrl-C; standard output is the kubeconfig's path, so that scripts can use it. */
export async function serveSandbox(options: SandboxOptions, deps: Deps): Promise<ExitCode> {
  const { terminal, signal } = deps;
  const sandbox = await deps.startSandbox(options);
  try {
    terminal.out(`${sandbox.kubeconfigPath}\n`);
    terminal.err(`sandbox ${sandbox.url}, scenario ${options.scenario}, ${options.speed} times real time`);
    terminal.err(`backup of its values: ${sandbox.envBackupPath}`);
    terminal.err('in another terminal:');
    terminal.err(`  kubectl --kubeconfig ${sandbox.kubeconfigPath} get pods`);
    terminal.err(`  c2l audit --kubeconfig ${sandbox.kubeconfigPath}`);
    terminal.err(`  c2l stabilize --kubeconfig ${sandbox.kubeconfigPath} --from env:${sandbox.envBackupPath}`);
    terminal.err('Ctrl-C ends it and forgets everything');
    await aborted(signal);
  } finally {
    await sandbox.close();
  }
  return ExitCode.ok;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
