import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import { parseJournal } from '../../core/drill/drill-journal.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import type { DrillJournalFile, KeptDrill } from '../../ports.ts';
import { writeWhole } from '../files/write-whole.ts';
import { systemCode } from '../node-errors.ts';
import { decryptAge, encryptAge, recipientsOf } from '../sources/age-file.ts';

interface JournalFileOptions {
  readonly cwd: string;
  /** Of an age identity, which the file is encrypted to and read with. */
  readonly identityFile: string | undefined;
}

/** The journal of a drill on this machine's disk, encrypted: it holds a copy of what the drill breaks. */
export async function openDrillJournalFile(
  file: string,
  { cwd, identityFile }: JournalFileOptions,
): Promise<DrillJournalFile> {
  if (identityFile === undefined) {
    throw new OperatorError('usage', `--journal-file ${file} needs an age identity, since it holds values`, {
      hint: 'age-keygen -o FILE makes an identity; then add --identity FILE',
    });
  }
  const recipients = await recipientsOf(identityFile, cwd);
  const path = resolve(cwd, file);
  return {
    path: file,
    read: async () => {
      const bytes = await readFile(path).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw unreadable(file, systemCode(error));
      });
      if (bytes === undefined) return undefined;
      const text = new TextDecoder().decode(await decryptAge(bytes, file, { identityFile, cwd }));
      return parsed(text) ?? Promise.reject(unreadable(file, 'it holds no journal of a drill'));
    },
    write: async ({ journal, copies }) => {
      const revealed = Object.fromEntries([...copies].map(([name, value]) => [name, value.revealBase64()]));
      const bytes = await encryptAge(JSON.stringify({ journal, copies: revealed }), { recipients });
      await writeWhole(path, bytes, { name: file, hint: 'give --journal-file FILE on a disk with room for it' });
    },
    remove: () => rm(path, { force: true }),
  };
}

function parsed(text: string): KeptDrill | undefined {
  const { journal, copies } = JSON.parse(text) as { journal: unknown; copies: Readonly<Record<string, string>> };
  const content = parseJournal(JSON.stringify(journal));
  if (content === undefined) return undefined;
  return {
    journal: content,
    copies: new Map(Object.entries(copies).map(([name, value]) => [name, SecretValue.fromBase64(value)])),
  };
}

function unreadable(file: string, reason: string): OperatorError {
  return new OperatorError('source-unreadable', `${file} cannot be read: ${reason}`, {
    hint: 'c2l dr-drill abort, which reads the journal in the cluster',
  });
}
