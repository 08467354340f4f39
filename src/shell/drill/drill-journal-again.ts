import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { KeptDrill } from '../../ports.ts';
import type { Session } from '../session.ts';
import { JournalMirror } from './drill-journal-file.ts';
import { createCopy, createPage, Journal } from './drill-journal.ts';
import type { Marker } from './drill-marker.ts';

/**
 * Brings journal and copies back into the cluster from a file, each where it is gone. What is there is newer: another
 * machine may have gone on. A file without the marker of its drill is never followed: what it holds may be long outdated.
 */
export async function journalAgain(
  session: Session,
  { id, journalNamespace: place }: Marker,
  { journalFile, identity }: { readonly journalFile: string; readonly identity?: string | undefined },
): Promise<Journal | undefined> {
  const { cluster, deps } = session;
  const file = await deps.openDrillJournalFile(journalFile, { identity });
  const kept = await file.read();
  if (kept?.journal.id !== id) throw otherFile(journalFile, kept?.journal.id, id);
  const mirror = new JournalMirror(file, kept.copies);
  if ((await cluster.namespaceExists(place)).state === 'absent') await cluster.createNamespace(place);
  const there = await Journal.find(session, { id, journalNamespace: place }, mirror);
  if (there === undefined) await createPage(session, place, kept.journal);
  const found = there ?? (await Journal.find(session, { id, journalNamespace: place }, mirror));
  if (found !== undefined) await copiesAgain(session, found, kept);
  return found;
}

async function copiesAgain(session: Session, journal: Journal, { copies }: KeptDrill): Promise<void> {
  const { namespace, touched, lines } = journal.content;
  // In the clean-up they go first, on purpose.
  if (lines.some(({ step }) => step === 'clean-up')) return;
  for (const { name, copy } of touched) {
    const content = copies.get(copy);
    if (content === undefined || (await journal.copy(copy)) !== undefined) continue;
    await createCopy(session, journal.namespace, { of: namespace, name, copy, content });
  }
}

function otherFile(file: string, found: string | undefined, wanted: string): OperatorError {
  const what = found === undefined ? 'is not there' : `holds the journal of another drill, ${found}`;
  return new OperatorError('drill-not-found', `${file} ${what}: drill ${wanted} is the one that is unfinished`, {
    hint: 'c2l dr-drill abort --journal-file FILE, with the file that its run was given',
    exitCode: ExitCode.partial,
  });
}
