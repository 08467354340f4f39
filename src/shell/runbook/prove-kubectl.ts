import { count } from '../../core/list-text.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps } from '../../ports.ts';
import type { RunbookWorld } from '../../runbook-ports.ts';

export interface KubectlOptions {
  readonly world: Pick<RunbookWorld, 'isOnPath'>;
  /** A script and a sandbox leave nobody and nothing to do a step by hand. */
  readonly isNeeded: boolean;
  /** What can be done without it. */
  readonly otherwise: string;
}

const runsKubectl = /(?:^|[|;&(])\s*kubectl\s/m;

/** Says before the first step that there is no kubectl for a later one. */
export async function proveKubectl(
  { name, steps }: Runbook,
  { world, isNeeded, otherwise }: KubectlOptions,
  { terminal }: Pick<Deps, 'terminal'>,
): Promise<void> {
  const needing = steps.filter(({ commands }) => runsKubectl.test(commands)).length;
  if (needing === 0 || (await world.isOnPath('kubectl'))) return;
  const missing = `${needing} of ${count(steps.length, 'step')} of runbook ${name} ${needing === 1 ? 'runs' : 'run'} kubectl, and PATH has none`;
  const install = 'install it: https://kubernetes.io/docs/tasks/tools/';
  if (isNeeded) throw new OperatorError('usage', `${missing}; ${install}; without it:`, { hint: otherwise });
  terminal.err(`warning: ${missing}; ${install}, or do these where there is one and answer h`);
}
