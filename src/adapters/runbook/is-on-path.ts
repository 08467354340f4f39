import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether a shell with this environment finds the program. */
export async function isOnPath(program: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(found)).some(({ status }) => status === 'fulfilled');
}
