import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { OperatorError } from '../errors.ts';
import { fileRefused } from './file-refused.ts';
import { systemCode } from './kubernetes-errors.ts';
import { readYaml } from './located-yaml.ts';

/** The document of a plan file; JSON is YAML too. */
export async function readPlanFile(path: string, cwd: string): Promise<unknown> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new OperatorError('plan-invalid', `plan file ${path} cannot be read: ${systemCode(error)}`, {
      hint: 'c2l fix-secrets --dry-run -o yaml > plan.yaml',
    });
  });
  const yaml = readYaml(text);
  if (!yaml.ok) throw fileRefused('plan-invalid', path, yaml.problems);
  return yaml.value;
}
