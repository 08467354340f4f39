import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { Registry } from './registry.ts';
import { addWriteOptions, consent } from './shared-options.ts';

export function declareRestoreSync(registry: Registry): void {
  const command = addWriteOptions(
    registry.command(
      'restore-sync',
      'have Argo CD and External Secrets sync again where c2l paused them',
      'c2l restore-sync -n cloudtolocalllm',
    ),
  );
  registry.reports(command, { writes: true }, ({ restoreSync }) => {
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags>();
    return (session) => restoreSync(session, consent(flags));
  });
}
