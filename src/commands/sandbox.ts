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
    terminal.err(`  ${terminal.program} audit --kubeconfig ${sandbox.kubeconfigPath}`);
    terminal.err(
      `  ${terminal.program} stabilize --kubeconfig ${sandbox.kubeconfigPath} --from env:${sandbox.envBackupPath}`,
    );
    terminal.err('Ctrl-C ends it and forgets everything');
    await aborted(signal);
  } finally {
    await sandbox.close();
  }
  return ExitCode.ok;
}

/**
 * Keeps the sandbox's vault running until Ctrl-C; standard output is what a shell has to be told, so that
 * `eval "$(…)"` does it.
 */
export async function serveVault(deps: Deps): Promise<ExitCode> {
  const { terminal, signal } = deps;
  const vault = await deps.startVault();
  try {
    terminal.out(
      [
        `export IDENTITY_ENDPOINT=${vault.identityEndpoint}`,
        `export IDENTITY_HEADER=${vault.identityHeader}`,
        `export NODE_EXTRA_CA_CERTS=${vault.caPath}`,
        `export SSL_CERT_FILE=${vault.caPath}`,
        '',
      ].join('\n'),
    );
    terminal.err(`vault ${vault.url}, with a managed identity that may do everything`);
    terminal.err('its values are made up: no database that runs already knows its passwords');
    terminal.err('in another terminal, after the lines above:');
    terminal.err(`  ${terminal.program} fix-secrets --from azure-key-vault:${vault.url}`);
    terminal.err('Ctrl-C ends it and forgets everything');
    await aborted(signal);
  } finally {
    await vault.close();
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
