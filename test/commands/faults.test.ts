import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import type { Fault, SeenRequest } from '../../src/sandbox/api/api-server.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { sampled } from '../support/exhaustive.ts';
import { isWrite, jsonOf, type JsonAnswer } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

const namespace = 'cloudtolocalllm';

function status(code: number, reason: string): Fault {
  return { status: code, body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code }) };
}

const faults: Readonly<Record<string, Fault>> = {
  '403': status(403, 'Forbidden'),
  '500': status(500, 'InternalError'),
  reset: 'reset',
};

/** By name, with a place of its own: where only some cases are tried, each fault has others. */
const places = Object.entries(faults).map(([name, fault], place) => [name, fault, place] as const);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-faults-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface FaultySandbox extends Sandbox {
  /** Where its backup is. */
  readonly folder: string;
  /** What was asked since the last plan was made. */
  readonly asked: readonly SeenRequest[];
  /** From now on each request is answered as the plan says; undefined is as it should be. */
  answer(plan: (request: SeenRequest, index: number) => Fault | undefined): void;
}

async function faultySandbox(scenario: string): Promise<FaultySandbox> {
  let asked: SeenRequest[] = [];
  let plan: (request: SeenRequest, index: number) => Fault | undefined = () => undefined;
  const started = await sandbox({
    scenario,
    intercept: (request) => {
      asked.push(request);
      return plan(request, asked.length - 1);
    },
  });
  const own = await mkdtemp(join(folder, 'backup-'));
  await writeFile(join(own, 'backup.env'), started.envBackupText, { mode: 0o600 });
  return {
    ...started,
    folder: own,
    get asked() {
      return asked;
    },
    answer: (next) => {
      asked = [];
      plan = next;
    },
  };
}

async function json(cluster: FaultySandbox, ...argv: string[]): Promise<{ code: ExitCode; answer: JsonAnswer }> {
  const result = await runCli([...argv, '-o', 'json'], { kubeconfig: cluster.kubeconfig, cwd: cluster.folder });
  return { code: result.code, answer: jsonOf(result) };
}

function errors({ findings }: JsonAnswer): string[] {
  return findings.flatMap(({ severity, message }) => (severity === 'error' ? [message] : []));
}

/** `/api/v1/namespaces/x/secrets?limit=500` is about `secrets`. */
function resourceOf(path: string): string {
  return path.replace(/\?.*/, '').split('/').at(-1)!;
}

/** Of the stack's; those that Argo CD lives on are asked for by their label. */
function isListOfSecrets(question: string): boolean {
  return question.startsWith(`/api/v1/namespaces/${namespace}/secrets?`);
}

function timesAsked({ asked }: FaultySandbox, question: string): number {
  return asked.filter(({ path }) => path === question).length;
}

/** How often the stack's Secret was asked for by itself, as those do who may not list Secrets. */
function askedByName({ asked }: FaultySandbox): number {
  return asked.filter(({ path }) => path.endsWith('/secrets/cloudtolocalllm-secrets')).length;
}

describe.each([
  ['healthy', 0],
  ['incident', 1],
])('audit (%s), where one question', (scenario, shift) => {
  test.each(places)('is always answered with %s', async (_, fault, place) => {
    const cluster = await faultySandbox(scenario);
    const whole = await json(cluster, 'audit');
    const questions = [...new Set(cluster.asked.map(({ path }) => path))];
    expect(questions.length).toBeGreaterThan(12);

    for (const question of sampled(questions, 3, place + shift)) {
      cluster.answer(({ path }) => (path === question ? fault : undefined));
      const { code, answer } = await json(cluster, 'audit');
      if (question.endsWith(`/namespaces/${namespace}`)) {
        // A namespace whose objects can be listed is there, whoever may not ask for it by name.
        expect(answer.findings.map((finding) => finding.code)).not.toContain('namespace-missing');
        continue;
      }
      if (fault === faults['403'] && isListOfSecrets(question)) {
        // Whoever may not list Secrets may get them by name.
        expect(askedByName(cluster)).toBe(1);
        expect(answer.findings).toEqual(whole.answer.findings);
        continue;
      }
      expect([question, code, answer.verdict]).toEqual([
        question,
        ...(errors(answer).length > 0 ? [ExitCode.problems, 'problems'] : [ExitCode.unreadable, 'unreadable']),
      ]);
      // Nothing is claimed that was not claimed by those who saw everything.
      const known = new Set(whole.answer.findings.map(({ code: name, message }) => `${name}: ${message}`));
      const claims = answer.findings.filter((finding) => /missing|absent/.test(finding.code));
      expect([question, claims.filter(({ code: name, message }) => !known.has(`${name}: ${message}`))]).toEqual([
        question,
        [],
      ]);
      const gaps = answer.findings.filter((finding) => finding.code === 'unreadable');
      expect(gaps).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(`^(secret/)?${resourceOf(question)} .*could not be read`),
        }),
      ]);
    }
  });
});

describe('audit, where one question is answered once', () => {
  test.each(places)('with %s: it is asked again, or named as a gap', async (_, fault, place) => {
    const cluster = await faultySandbox('healthy');
    const whole = await json(cluster, 'audit');
    expect(whole.answer.verdict).toBe('ok');

    for (const index of sampled([...cluster.asked.keys()], 3, place)) {
      cluster.answer((_request, position) => (position === index ? fault : undefined));
      const { code, answer } = await json(cluster, 'audit');
      const question = cluster.asked[index]!.path;
      if (answer.verdict === 'ok') {
        const isByName = fault === faults['403'] && isListOfSecrets(question);
        const isAskedAgain = isByName ? askedByName(cluster) === 1 : timesAsked(cluster, question) > 1;
        expect([question, isAskedAgain, code]).toEqual([question, true, ExitCode.ok]);
        expect(answer.findings).toEqual(whole.answer.findings);
      } else {
        expect([question, code]).toEqual([question, ExitCode.unreadable]);
        expect(errors(answer)).toEqual([]);
      }
    }
  });
});

describe('audit, where one list', () => {
  test.each(['externalsecrets', 'sealedsecrets'])(
    'is of a kind that is not installed (%s), says the same, and nothing of it',
    async (resource) => {
      const cluster = await faultySandbox('incident');
      const whole = await json(cluster, 'audit');
      cluster.answer(({ path }) =>
        resourceOf(path) === resource ? { status: 404, body: '404 page not found\n' } : undefined,
      );
      const { code, answer } = await json(cluster, 'audit');

      expect(timesAsked(cluster, cluster.asked.find(({ path }) => resourceOf(path) === resource)?.path ?? '')).toBe(1);
      expect([code, answer.verdict, answer.findings]).toEqual([
        ExitCode.problems,
        whole.answer.verdict,
        whole.answer.findings,
      ]);
    },
  );

  test.each([
    ['pods', 'what state the pods are in'],
    ['deployments', 'what the Deployments need and whether they are ready'],
    ['externalsecrets', 'which Secrets External Secrets writes, and whether it can'],
  ])('never comes (%s), is unreadable with what it hides', async (resource, hides) => {
    const cluster = await faultySandbox('healthy');
    cluster.answer(({ path }) =>
      resourceOf(path) === resource && path.includes(`/${namespace}/`) ? 'hang' : undefined,
    );
    const { code, answer } = await json(cluster, 'audit', '--request-timeout', '1s');

    expect([code, answer.verdict, errors(answer)]).toEqual([ExitCode.unreadable, 'unreadable', []]);
    expect(answer.findings.filter((finding) => finding.code === 'unreadable').map(({ message }) => message)).toEqual([
      expect.stringMatching(`^${resource} in namespace ${namespace} could not be read .*${hides}$`),
    ]);
  });
});

function dataOf({ store }: Sandbox): Record<string, string> {
  const { data } = store.get('secrets', namespace, 'cloudtolocalllm-secrets') as unknown as {
    data: Record<string, string>;
  };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

const fixing = ['fix-secrets', '--yes', '--from', 'env:backup.env'];
const walking = ['stabilize', '--yes', '--from', 'env:backup.env', '--timeout', '5s'];

/** The Secret is as it was or as it should be, the exit code knows which, and the next run ends well. */
async function expectNothingLost(
  cluster: FaultySandbox,
  argv: readonly string[],
  plan: (request: SeenRequest, index: number) => Fault | undefined,
): Promise<void> {
  const before = dataOf(cluster);
  const wanted = { ...before, ...backupValues(cluster) };
  cluster.answer(plan);
  const { code, answer } = await json(cluster, ...argv);
  const data = dataOf(cluster);
  const isWritten = Object.keys(data).length > Object.keys(before).length;
  expect(data).toEqual(isWritten ? wanted : before);

  const wrote = cluster.asked.some(isWrite);
  const codes: readonly ExitCode[] = isWritten
    ? [ExitCode.ok, ExitCode.problems, ExitCode.unreadable, ExitCode.partial]
    : [ExitCode.usage, ExitCode.unreadable, ...(wrote ? [ExitCode.partial] : [])];
  expect(codes).toContain(code);
  if (code === ExitCode.ok) expect(answer.verdict).toBe('ok');

  cluster.answer(() => undefined);
  const again = await json(cluster, ...argv);
  expect([again.code, dataOf(cluster)]).toEqual([ExitCode.ok, wanted]);
}

/** Each of a command's requests in turn, in one sandbox whose Secret is broken anew every time. */
async function expectNothingLostEach(
  argv: readonly string[],
  place: number,
  plans: (failing: number) => (request: SeenRequest, index: number) => Fault | undefined,
): Promise<void> {
  const cluster = await faultySandbox('incident');
  const broken = cluster.store.get('secrets', namespace, 'cloudtolocalllm-secrets')!;
  expect((await json(cluster, ...argv)).code).toBe(ExitCode.ok);
  const requests = [...cluster.asked.keys()];
  expect(requests.length).toBeGreaterThan(18);
  for (const failing of sampled(requests, 3, place)) {
    const { metadata } = cluster.store.get('secrets', namespace, 'cloudtolocalllm-secrets')!;
    cluster.store.replace('secrets', { ...broken, metadata });
    await expectNothingLost(cluster, argv, plans(failing));
  }
}

describe('fix-secrets loses nothing', () => {
  test.each(places)(
    'whichever request is answered with %s',
    async (_, fault, place) => {
      await expectNothingLostEach(
        fixing,
        place,
        (failing) => (_request, index) => (index === failing ? fault : undefined),
      );
    },
    60_000,
  );

  test('whatever stays unreadable from some request on', async () => {
    await expectNothingLostEach(fixing, 0, (first) => (_request, index) => (index >= first ? 'reset' : undefined));
  }, 60_000);
});

describe('stabilize', () => {
  test('loses nothing to a token that expires at any moment', async () => {
    const expired = status(401, 'Unauthorized');
    // A walk without faults asks about a hundred times.
    const moments = [1, 25, 37, 61, 85];
    // Side by side: each walks on until its limit.
    const walks = moments.map(async (first) => {
      const cluster = await faultySandbox('incident');
      await expectNothingLost(cluster, walking, (_request, index) => (index >= first ? expired : undefined));
    });
    await Promise.all(walks);
  }, 120_000);
});
