import type { DrillJournal } from '../../core/drill/drill-journal.ts';
import type { DrillStep } from '../../core/drill/drill-report.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import type { DrillJournalFile } from '../../ports.ts';
import type { Session } from '../session.ts';
import { refusedDrill } from './drill-permission.ts';

const wayBack: ReadonlySet<DrillStep> = new Set(['way-back-begun', 'put-back', 'proven-again', 'clean-up']);

/** What a journal in the cluster writes to a file as well, with the copies. */
export class JournalMirror {
  readonly #file: DrillJournalFile;
  #copies: ReadonlyMap<string, SecretValue>;

  constructor(file: DrillJournalFile, copies: ReadonlyMap<string, SecretValue> = new Map()) {
    this.#file = file;
    this.#copies = copies;
  }

  /** A drill that goes on needs the file; a way back has the journal in the cluster, and no full disk may stop it. */
  async write({ deps }: Session, journal: DrillJournal): Promise<void> {
    const step = journal.lines.at(-1)?.step;
    try {
      await this.#file.write({ journal, copies: this.#copies });
    } catch (error) {
      if (!(error instanceof OperatorError) || step === undefined || !wayBack.has(step)) throw error;
      deps.terminal.err(`warning: ${error.message}; the journal in the cluster is complete`);
    }
  }

  async keepCopies(session: Session, journal: DrillJournal, copies: ReadonlyMap<string, SecretValue>): Promise<void> {
    this.#copies = copies;
    await this.write(session, journal);
    const kept = await this.#file.read();
    const isKept = [...copies].every(([name, value]) => kept?.copies.get(name)?.equals(value) === true);
    if (!isKept)
      throw new OperatorError('output-unwritable', `${this.#file.path} does not hold what was written to it`);
  }

  async remove(): Promise<void> {
    await this.#file.remove();
  }
}

/** For a drill that begins: a file that is there may be all that is left of another one. */
export async function newMirror(
  { deps }: Session,
  { journalFile, identity }: { readonly journalFile: string | undefined; readonly identity?: string | undefined },
): Promise<JournalMirror | undefined> {
  if (journalFile === undefined) return undefined;
  const file = await deps.openDrillJournalFile(journalFile, { identity });
  const kept = await file.read();
  if (kept === undefined) return new JournalMirror(file);
  throw refusedDrill(
    `${journalFile} holds the journal of drill ${kept.journal.id}`,
    `c2l dr-drill abort -n ${kept.journal.namespace} --journal-file ${journalFile}, or remove it`,
  );
}
