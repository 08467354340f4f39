import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { OperatorError } from '../../errors.ts';
import { systemCode } from '../node-errors.ts';

/**
 * For its owner alone; beside the file first, and then in its place: whenever this ends, there is the old file or the
 * new one, and the disk has it when it returns.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array,
  { name, hint }: { readonly name: string; readonly hint: string },
): Promise<void> {
  const draft = join(dirname(path), `.${randomBytes(6).toString('hex')}.c2l-backup`);
  try {
    {
      await using handle = await open(draft, 'wx', 0o600);
      await handle.writeFile(bytes);
      await handle.sync();
    }
    await rename(draft, path);
    await using folder = await open(dirname(path));
    await folder.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw new OperatorError('output-unwritable', `cannot write ${name}: ${systemCode(error)}`, { hint });
  }
}
