import type { RunbookWorld } from '../../runbook-ports.ts';
import type { LockOptions } from '../files/lock-file.ts';
import { isOnPath } from './is-on-path.ts';
import { listRunbooks, readRunbook, type RunbookFilesOptions } from './runbook-files.ts';
import { openProgressFile } from './runbook-progress-file.ts';
import { runScript, type ScriptHost } from './run-script.ts';

export function openRunbookWorld(options: RunbookFilesOptions & ScriptHost & LockOptions): RunbookWorld {
  return {
    list: () => listRunbooks(options),
    read: (name) => readRunbook(name, options),
    runScript: (commands, { env, ...script }) =>
      runScript(commands, { ...options, env: { ...options.env, ...env } }, script),
    isOnPath: (program) => isOnPath(program, options.env),
    openProgress: (name, path, whereHeld) => openProgressFile(name, path, { ...options, whereHeld }),
  };
}
