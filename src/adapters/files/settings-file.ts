import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { OperatorError } from '../../errors.ts';
import type { SettingsFile, SettingsText } from '../../ports.ts';
import { systemCode } from '../node-errors.ts';
import { fileRefused } from './file-refused.ts';

/** `$XDG_CONFIG_HOME/c2l/config.yaml`, else `~/.config/c2l/config.yaml`. */
export function createSettingsFile(env: Readonly<Record<string, string | undefined>>): SettingsFile {
  const { XDG_CONFIG_HOME: xdg, HOME: home = '/' } = env;
  const path = join(xdg === undefined || xdg === '' ? join(home, '.config') : xdg, 'c2l', 'config.yaml');
  return {
    path,
    read: () => read(path),
    refusal: (problems) => fileRefused('config-invalid', path, problems),
  };
}

async function read(path: string): Promise<SettingsText | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new OperatorError('config-invalid', `settings ${path} cannot be read: ${code}`, {
      hint: `ls -l ${path}`,
    });
  }
  if (text.trim() === '') return undefined;
  const { readYaml } = await import('./located-yaml.ts');
  const yaml = readYaml(text);
  if (!yaml.ok) throw fileRefused('config-invalid', path, yaml.problems);
  return { value: yaml.value, lineOf: yaml.lineOf };
}
