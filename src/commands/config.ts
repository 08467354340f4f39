import { lookedUp, type SettingsAnswer } from '../core/reports/answers.ts';
import { policyOf, type Setting } from '../core/user-settings.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderSettings } from '../render/settings.ts';
import type { GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

/** What is taken where no setting says which cluster; that there is none is for the commands that need one to say. */
async function withKubeconfig(
  settings: readonly Setting[],
  { sandbox, kubeconfig }: GlobalFlags,
  deps: Deps,
): Promise<readonly Setting[]> {
  if (sandbox === true) return settings;
  try {
    const { current, place } = await deps.contexts(kubeconfig);
    const taken = new Map([
      ['kubeconfig', { value: place.path, origin: place.chosenBy }],
      ['context', { value: current, origin: 'current-context' }],
    ]);
    return settings.map((setting) =>
      setting.value === undefined ? { ...setting, ...taken.get(setting.name) } : setting,
    );
  } catch (error) {
    if (error instanceof OperatorError) return settings;
    throw error;
  }
}

/** What holds for a command that is given the same flags. */
export async function showSettings(
  { settings, hasFile }: { readonly settings: readonly Setting[]; readonly hasFile: boolean },
  { withOrigin }: { readonly withOrigin: boolean },
  flags: GlobalFlags,
  deps: Deps,
): Promise<ExitCode> {
  const { policies } = flags;
  const contexts = [...(policies?.byContext.keys() ?? [])].map((name) => ({
    name,
    ...(policies === undefined ? { readOnly: false, production: false } : policyOf(policies, name)),
  }));
  const report: SettingsAnswer = {
    ...lookedUp,
    command: 'config show',
    file: deps.settings.file.path,
    settings: await withKubeconfig(settings, flags, deps),
    contexts,
  };
  const style = styleFor(flags, deps);
  deps.terminal.out(await renderSettings(report, { withOrigin, hasFile, format: flags.output, style }));
  return ExitCode.ok;
}
