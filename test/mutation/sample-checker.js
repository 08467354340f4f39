import { createHash } from 'node:crypto';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { CheckStatus } from '@stryker-mutator/api/check';

/** Stryker can try all changes or those of a range, but no sample: what is not drawn counts as a change that does not compile. */
class SampleChecker {
  async init() {}

  group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants) {
    const { C2L_MUTANTS: size, C2L_MUTANTS_SEED: seed } = process.env;
    const drawn = mutants
      .map(({ id, fileName, location, mutatorName, replacement }) => {
        const what = JSON.stringify([seed, fileName.slice(process.cwd().length), location, mutatorName, replacement]);
        return { id, rank: createHash('sha256').update(what).digest('hex') };
      })
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, Number(size));
    const isDrawn = new Set(drawn.map(({ id }) => id));
    const resultOf = (id) =>
      isDrawn.has(id)
        ? { status: CheckStatus.Passed }
        : { status: CheckStatus.CompileError, reason: `not one of ${size} of ${mutants.length} mutants` };
    return Object.fromEntries(mutants.map(({ id }) => [id, resultOf(id)]));
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker)];
