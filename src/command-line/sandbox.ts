import type { Registry } from './registry.ts';

export function declareSandbox(registry: Registry): void {
  const command = registry.command(
    'sandbox',
    'keep a sandbox cluster running, for kubectl and for c2l',
    'c2l sandbox --scenario total-secret-loss',
  );
  command.option('--vault-only', 'only its Key Vault, for any client of Azure, without a cluster');
  registry.runs(command, async ({ scenario, speed }, deps) => {
    const { serveSandbox, serveVault } = await import('../commands/sandbox.ts');
    if (command.opts<{ vaultOnly?: boolean }>().vaultOnly === true) return serveVault(deps);
    return serveSandbox({ scenario, speed }, deps);
  });
}
