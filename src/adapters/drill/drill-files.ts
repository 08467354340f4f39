import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { builtInDrills } from '../../core/drill/built-in-drills.ts';
import { parseDrill, type DrillScenario } from '../../core/drill/drill-schema.ts';
import { OperatorError } from '../../errors.ts';
import type { DrillFiles } from '../../ports.ts';
import { readShipped } from '../../shipped-files.ts';
import { fileRefused } from '../files/file-refused.ts';
import { readYaml } from '../files/located-yaml.ts';
import { systemCode } from '../node-errors.ts';

export interface DrillFilesOptions {
  readonly cwd: string;
}

export function createDrillFiles({ cwd }: DrillFilesOptions): DrillFiles {
  return {
    read: async (name) => {
      const isBuiltIn = builtInDrills.includes(name);
      if (!isBuiltIn && !/[/.]/.test(name)) {
        throw new OperatorError('drill-invalid', `no scenario called ${name} ships with c2l`, {
          hint: `c2l dr-drill list, or name a file: c2l dr-drill run ./${name}.yaml`,
        });
      }
      return parseScenario(isBuiltIn ? readShipped(`drills/${name}.yaml`) : await readScenario(cwd, name), name);
    },
  };
}

async function readScenario(cwd: string, shown: string): Promise<string> {
  return readFile(resolve(cwd, shown), 'utf8').catch((error: unknown) => {
    throw new OperatorError('drill-invalid', `scenario ${shown} cannot be read: ${systemCode(error)}`, {
      hint: 'c2l dr-drill list',
    });
  });
}

function parseScenario(text: string, shown: string): DrillScenario {
  const yaml = readYaml(text);
  if (!yaml.ok) throw fileRefused('drill-invalid', shown, yaml.problems);
  const parsed = parseDrill(yaml.value);
  if (parsed.ok) return parsed.scenario;
  throw fileRefused(
    'drill-invalid',
    shown,
    parsed.problems.map(({ path: place, message }) => ({
      line: yaml.lineOf(place),
      message: place.length === 0 ? message : `${place.join('.')}: ${message}`,
    })),
  );
}
