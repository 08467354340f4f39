import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { OperatorError, type OperatorErrorCode } from '../../errors.ts';
import { fileTrouble } from './file-trouble.ts';
import { readYaml } from './located-yaml.ts';

/** The document of a plan file; JSON is YAML too. */
export function readPlanFile(path: string, cwd: string): Promise<unknown> {
  return readDocument(path, {
    cwd,
    what: 'plan file',
    code: 'plan-invalid',
    hint: 'c2l fix-secrets --dry-run -o yaml > plan.yaml',
  });
}

/** The document of an earlier report. */
export function readReportFile(path: string, cwd: string): Promise<unknown> {
  return readDocument(path, {
    cwd,
    what: 'baseline',
    code: 'baseline-invalid',
    hint: 'c2l audit -o json > baseline.json',
  });
}

interface DocumentKind {
  readonly cwd: string;
  readonly what: string;
  readonly code: OperatorErrorCode;
  /** How such a file is made. */
  readonly hint: string;
}

async function readDocument(path: string, { cwd, what, code, hint }: DocumentKind): Promise<unknown> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new OperatorError(code, `${what} ${path} cannot be read: ${fileTrouble(error)}`, { hint });
  });
  try {
    // Far faster than YAML, and what most of these files are.
    return JSON.parse(text) as unknown;
  } catch {
    const yaml = readYaml(text);
    if (yaml.ok) return yaml.value;
    const problems = yaml.problems.map(({ line, message }) => `${path}:${line}: ${message}`);
    throw new OperatorError(code, `${what} ${problems.join('; ')}`, { hint });
  }
}
