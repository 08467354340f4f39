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

/** Whether the cluster may be another one afterwards. */
export function isChange(line: string): boolean {
  return !line.startsWith('GET') && !line.includes('dryRun') && !/self\w+reviews/.test(line);
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
      const { isCut, exitCode } = await killSoon(proxy, run, { line, moment, before: requests.slice(0, index) });
      const place = `${moment} ${String(index)} ${line}`;
      if (isCut) kills.push(place);
      const hasLived = isCut && exitCode !== null && !line.startsWith('GET') && moment !== 'after';
      const again = await afterwards(run, await run.start().finished);
      wrong.push(...[...(hasLived ? ['lived on'] : []), ...again].map((text) => `${place}: ${text}`));
    }
  }
  return { requests, kills, wrong };
}

interface Place {
  readonly line: string;
  readonly moment: Moment;
  /** What a whole run asked until then. */
  readonly before: readonly string[];
}

/**
 * A write that met a conflict in the whole run stands once more there than in most, which ends uncut: then the next is cut
 * at the last of its like in the run that ended.
 */
async function killSoon(proxy: CuttingProxy, run: KilledRun, place: Place): Promise<Killed> {
  let killed = await killAt(proxy, run, place);
  for (let tries = 1; !killed.isCut && tries < 4; tries += 1) {
    const last = killed.requests.findLastIndex((asked) => stable(asked) === stable(place.line));
    const before = last === -1 ? place.before : killed.requests.slice(0, last);
    killed = await killAt(proxy, run, { ...place, before });
  }
  return killed;
}

interface Killed {
  readonly isCut: boolean;
  readonly exitCode: number | null;
  readonly requests: readonly string[];
}

/** A run that asks until something is so does it more or less often: a request is told by what it is. */
async function killAt(proxy: CuttingProxy, run: KilledRun, { line, moment, before }: Place): Promise<Killed> {
  await run.reset();
  const first = run.start();
  const cuts: string[] = [];
  proxy.begin({
    isMeant: (asked, index) =>
      stable(asked) === stable(line) && countOf(line, proxy.requests.slice(0, index)) === countOf(line, before),
    moment,
    kill: () => {
      cuts.push(line);
      first.child.kill('SIGKILL');
    },
  });
  const { exitCode } = await first.finished;
  await proxy.settled();
  const requests = [...proxy.requests];
  proxy.begin();
  return { isCut: cuts.length > 0, exitCode, requests };
}

async function afterwards({ exitCode, problems }: KilledRun, run: Finished): Promise<readonly string[]> {
  const failed = run.exitCode === exitCode ? [] : [`exit ${String(run.exitCode)}: ${run.stdout}${run.stderr}`];
  return [...failed, ...(await problems(run))];
}

/** Without the time that a revision has in its name. */
function stable(line: string): string {
  return line.replace(/\.c2l-\w+/g, '.c2l-');
}

function countOf(line: string, requests: readonly string[]): number {
  return requests.filter((each) => stable(each) === stable(line)).length;
}
