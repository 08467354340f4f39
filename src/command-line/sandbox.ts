import type { Registry } from './registry.ts';

export function declareSandbox(registry: Registry): void {
  const command = registry.command(
    'sandbox',
    'keep a sandbox cluster running, for kubectl and for c2l',
    'c2l sandbox --scenario total-secret-loss',
  );
  registry.runs(command, async ({ scenario, speed }, deps) => {
    const { serveSandbox } = await import('../commands/sandbox.ts');
    return serveSandbox({ scenario, speed }, deps);
  });
}
