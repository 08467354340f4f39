import { OperatorError } from '../errors.ts';
import type { OutputFormat } from '../render/output-format.ts';
import type { GlobalFlags } from './options.ts';

interface Offer {
  readonly name: string;
  readonly flags: Pick<GlobalFlags, 'output'>;
  readonly formats: readonly OutputFormat[];
}

/** A form that a command cannot give is refused before anything is done. */
export function refuseFormat({ name, flags: { output }, formats }: Offer): void {
  if (formats.includes(output)) return;
  throw new OperatorError('usage', `${name} cannot answer with -o ${output}`, {
    hint: `-o takes ${formats.join(', ')}`,
  });
}
