import { isFaultless } from '../../core/drill/plan-drill.ts';
import { OperatorError } from '../../errors.ts';
import { brokenText, drillPlanLines } from '../../render/drill/drill-text.ts';
import { createStyle } from '../../render/style.ts';
import { agreeByName, confirmWrite } from '../confirm.ts';
import type { Session } from '../session.ts';
import type { DrillOptions } from './drill-options.ts';
import { planFacts } from './drill-report.ts';
import type { Prepared } from './prepare-drill.ts';

/** The name of the context is typed, or given: --yes is enough in the sandbox alone. */
export async function agreeToDrill(
  session: Session,
  options: DrillOptions,
  { namespace, plan }: Prepared,
): Promise<void> {
  const { context } = session.cluster;
  const what = isFaultless(plan) ? 'recover what is broken' : `break ${brokenText(plan)}`;
  const question = `${what} in namespace ${namespace} for drill ${options.scenario.name}?`;
  const { terminal, prompter } = session.deps;
  const style = createStyle(terminal.color, { width: terminal.width });
  for (const line of drillPlanLines(planFacts(plan), style)) terminal.err(line);
  if (options.isRehearsal) return confirmWrite(session, question, options);
  if (options.confirm === context) return;
  if (options.confirm !== undefined || !terminal.canPrompt) {
    const wrong =
      options.confirm === undefined
        ? 'a drill needs more than --yes'
        : `--confirm ${options.confirm} does not name the context`;
    throw new OperatorError('confirmation-needed', wrong, { hint: `add --confirm ${context}` });
  }
  await agreeByName(prompter, `${question} type the name of context ${context} to go on`, context);
}
