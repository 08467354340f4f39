import { policyOf, type Setting } from '../core/user-settings.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderSettings } from '../render/settings.ts';
import type { GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

/** What holds for a command that is given the same flags. */
export async function showSettings(
  settings: readonly Setting[],
  { withOrigin }: { readonly withOrigin: boolean },
  flags: GlobalFlags,
  deps: Deps,
): Promise<ExitCode> {
  const { policies } = flags;
  const contexts = [...(policies?.byContext.keys() ?? [])].map((name) => ({
    name,
    ...(policies === undefined ? { readOnly: false, production: false } : policyOf(policies, name)),
  }));
  const report = {
    schemaVersion: 1,
    command: 'config show',
    file: deps.settings.file.path,
    settings,
    contexts,
  } as const;
  deps.terminal.out(await renderSettings(report, { withOrigin, format: flags.output, style: styleFor(flags, deps) }));
  return ExitCode.ok;
}
