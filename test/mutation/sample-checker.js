import { createHash } from 'node:crypto';

import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * Stryker tries all changes or those of a range, and draws none: what is not drawn counts as a change that does not
 * compile. Each that is drawn is a group of its own, so that they are tried in the order of the draw: a run that is
 * ended early is a smaller sample, and no less random.
 */
class SampleChecker {
  drawn = new Set();

  async init() {}

  group(mutants) {
    const { C2L_MUTANTS: size, C2L_MUTANTS_SEED: seed = '1' } = process.env;
    const ranked = mutants
      .map(({ id, fileName, location, mutatorName, replacement }) => {
        const file = fileName.replace(/^.*[/\\]src[/\\]/, '');
        const what = JSON.stringify([seed, file, location, mutatorName, replacement]);
        return { id, rank: createHash('sha256').update(what).digest('hex') };
      })
      .sort((left, right) => (left.rank < right.rank ? -1 : 1))
      .map(({ id }) => id);
    const drawn = ranked.slice(0, Number(size));
    for (const id of drawn) this.drawn.add(id);
    const others = ranked.slice(drawn.length);
    return [...drawn.map((id) => [id]), ...(others.length > 0 ? [others] : [])];
  }

  async check(mutants) {
    const answer = (id) =>
      this.drawn.has(id)
        ? { status: CheckStatus.Passed }
        : { status: CheckStatus.CompileError, reason: 'was not drawn' };
    return Object.fromEntries(mutants.map(({ id }) => [id, answer(id)]));
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker)];
