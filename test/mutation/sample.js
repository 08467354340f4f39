import { Stryker } from '@stryker-mutator/core';

const leastScore = 85;

/** `sample.js [SIZE] [SEED] [FILE…]`: tries so many changes, drawn by the seed, and says how sure the figure is. */
const [size = '600', seed = '1', ...mutate] = process.argv.slice(2);
Object.assign(process.env, { C2L_MUTANTS: size, C2L_MUTANTS_SEED: seed });

const results = await new Stryker({
  ...(mutate.length > 0 && { mutate }),
  reporters: ['progress-append-only', 'json'],
  thresholds: { high: 95, low: leastScore, break: null },
}).runMutationTest();

const count = (isMeant) => results.filter(isMeant).length;
const of = (status) => count((result) => result.status === status);
const endless = count(({ status, statusReason }) => status === 'Timeout' && /hit limit/i.test(statusReason ?? ''));
const late = of('Timeout') - endless;
const noticed = of('Killed') + endless + late;
const all = noticed + of('Survived') + of('NoCoverage');
const share = noticed / all;
const margin = 100 * 1.96 * Math.sqrt((share * (1 - share)) / all);
const score = 100 * share;

process.stdout.write(`
seed ${seed}: ${all} changes tried, ${noticed} noticed: ${score.toFixed(1)} % (95 % sure within ${margin.toFixed(1)})
  a test failed             ${of('Killed')}
  would not have ended      ${endless}
  ran out of time           ${late}
  not noticed by any test   ${of('Survived')}
  reached by no test        ${of('NoCoverage')}
`);
if (score + margin < leastScore) process.exitCode = 1;
