import { runAgain } from '../../core/drill/drill-command.ts';
import { refusedSources } from '../../core/drill/plan-drill.ts';
import type { Session } from '../session.ts';
import type { DrillOptions } from './drill-options.ts';
import { refusedDrill } from './drill-permission.ts';

export interface DrillSources {
  readonly from: readonly string[];
  /** Those that answer during the recovery; what refuses then proves nothing before. */
  readonly answering: readonly string[];
}

type Asked = Pick<DrillOptions, 'scenario' | 'file' | 'flags' | 'from' | 'manual' | 'journalNamespace'>;

/** What the recovery takes its values from. What is wrong with them shows from the command line and the scenario alone. */
export function sourcesOfDrill(
  session: Pick<Session, 'defaultSources'>,
  asked: Asked,
  namespace: string,
): DrillSources {
  const { scenario } = asked;
  const from = asked.from.length > 0 ? asked.from : session.defaultSources;
  if (from.includes('revision') && scenario.faults.length > 0) {
    throw refusedDrill(
      'a drill of sources cannot take its values from revisions',
      '--from env:FILE or azure-key-vault:NAME',
    );
  }
  const refused = refusedSources(scenario);
  const answering = from.filter((spec) => !refused.some((kind) => spec.startsWith(`${kind}:`)));
  if (answering.length === 0) {
    const why =
      from.length === 0
        ? 'no --from: a drill needs the source that is to bring the values back'
        : `${from.join(', ')} refuses in drill ${scenario.name}: no source is left that could bring the values back`;
    const again = runAgain({ ...asked, scenario: scenario.name, sources: [...from, 'env:FILE'] });
    throw refusedDrill(why, `${again} -n ${namespace}`);
  }
  return { from, answering };
}
