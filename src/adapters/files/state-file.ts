import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Where this machine keeps what c2l remembers from one run to the next. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: xdg, HOME: home = '/' } = env;
  return join(xdg ?? join(home, '.local/state'), 'c2l');
}

/** Written beside the file and moved over it, with the disk asked to have it first. */
export async function replaceStateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  {
    await using handle = await open(draft, 'w', 0o600);
    await handle.writeFile(text);
    await handle.sync();
  }
  await rename(draft, file);
}
