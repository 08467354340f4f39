import type { Registry } from './registry.ts';

export function declareAudit(registry: Registry): void {
  const command = registry.command(
    'audit',
    'find every missing Secret key and what each one blocks',
    'c2l audit -n shop',
  );
  registry.reports(command, { writes: false }, ({ audit }) => async (session) => ({ report: await audit(session) }));
}
