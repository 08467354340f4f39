import type { Finished, Started } from '../../support/built-program.ts';
import type { CuttingProxy, Moment } from './cutting-proxy.ts';

/** One command that is killed again and again: what it begins from, and what must be true once it has been run again. */
export interface KilledRun {
  readonly reset: () => Promise<void>;
  readonly start: () => Started;
  /** Of a run that nothing stops. */
  readonly exitCode: number;
  /** What is not as it must be after a run that was not stopped, in words. */
  readonly problems: (run: Finished) => Promise<readonly string[]>;
  /** When it is killed at each request of a whole run. */
  readonly moments: (line: string, index: number, requests: readonly string[]) => readonly Moment[];
}

/** A read changes nothing, whenever it ends. */
export function everyMoment(line: string): readonly Moment[] {
  return line.startsWith('GET') ? ['during'] : ['before', 'during', 'after'];
}

/** Plays it whole, and then with a kill at each request that is meant: the requests, and what was wrong. */
export async function killAtEach(
  proxy: CuttingProxy,
  run: KilledRun,
): Promise<{
  readonly requests: readonly string[];
  readonly kills: readonly string[];
  readonly wrong: readonly string[];
}> {
  await run.reset();
  proxy.begin();
  const wrong = (await afterwards(run, await run.start().finished)).map((text) => `whole: ${text}`);
  const requests = [...proxy.requests];
  const kills: string[] = [];
  for (const [index, line] of requests.entries()) {
    for (const moment of wrong.length > 0 ? [] : run.moments(line, index, requests)) {
      await run.reset();
      const first = run.start();
      proxy.begin({ isMeant: (_, place) => place === index, moment, kill: () => first.child.kill('SIGKILL') });
      const { exitCode } = await first.finished;
      await proxy.settled();
      // Of a run that asks until something is so, another one may need fewer requests.
      const isCut = proxy.requests.length > index;
      proxy.begin();
      const place = `${moment} ${String(index)} ${line}`;
      kills.push(place);
      const hasLived = isCut && exitCode !== null && !line.startsWith('GET') && moment !== 'after';
      const again = await afterwards(run, await run.start().finished);
      wrong.push(...[...(hasLived ? ['lived on'] : []), ...again].map((text) => `${place}: ${text}`));
    }
  }
  return { requests, kills, wrong };
}

async function afterwards({ exitCode, problems }: KilledRun, run: Finished): Promise<readonly string[]> {
  const failed = run.exitCode === exitCode ? [] : [`exit ${String(run.exitCode)}: ${run.stdout}${run.stderr}`];
  return [...failed, ...(await problems(run))];
}
