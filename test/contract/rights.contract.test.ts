import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { kubesealStandIn, type KubesealStandIn } from '../support/kubeseal-stand-in.ts';
import { jsonOf } from '../support/refusals.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { cuttingProxy } from './support/cutting-proxy.ts';
import { container, PodBench, secretEnv } from './support/pods.ts';
import { hiddenNothing, rightsCases, usedElsewhere, type RightsCase } from './support/rights-cases.ts';
import { RightsShop, values } from './support/rights-shop.ts';
import {
  atomsOf,
  atomText,
  isUsed,
  notGranted,
  readDocuments,
  verbsOf,
  without,
  type Atom,
  type RbacDocument,
  type RoleAccount,
} from './support/role-account.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(900_000);

interface Ran extends CliResult {
  readonly requests: readonly string[];
}

interface Account {
  readonly documents: readonly RbacDocument[];
  readonly account: RoleAccount;
  /** What no case has needed so far. */
  readonly unused: Set<string>;
}

describe.each(worldKinds)('under the Role that is printed for it, on $name,', (kind) => {
  const run = kind.isThere ? test : test.skip;
  const accounts = new Map<string, Account>();
  const taken = new Set<string>();
  let world: World;
  let shop: RightsShop;
  let folder: string;
  let standIn: KubesealStandIn;
  const hasControllers = kind.isSandbox || process.env['C2L_E2E_CONTROLLERS'] === '1';

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start();
    shop = new RightsShop(world, kind.isSandbox);
    await shop.deploy();
    if (hasControllers) await shop.owners.deploy(values);
    standIn = await kubesealStandIn();
    folder = mkdtempSync(join(tmpdir(), 'c2l-rights-'));
    writeFileSync(join(folder, 'c2l.yaml'), shop.stack());
    writeFileSync(join(folder, 'troubled.yaml'), shop.troubledStack());
    writeFileSync(join(folder, 'backup.env'), shop.backup(), { mode: 0o600 });
  });

  afterAll(async () => {
    if (!kind.isThere) return;
    for (const { account } of accounts.values()) await account.remove();
    rmSync(folder, { recursive: true });
    await standIn.remove();
    await shop.remove();
    await world.close();
  });

  async function accountFor(purpose: string): Promise<Account> {
    const known = accounts.get(purpose);
    if (known !== undefined) return known;
    const { stdout } = await runCli(['generate', 'rbac', '--for', purpose], { cwd: folder });
    const documents = readDocuments(own(stdout));
    const account = await world.accountWith(documents);
    const unused = new Set(atomsOf(documents).map((atom) => atomText(atom, documents)));
    const made = { documents, account, unused };
    accounts.set(purpose, made);
    return made;
  }

  /** Journals of a test lie apart, and its Sealed Secrets controller is where it is. */
  function own(printed: string): string {
    const [namespace = ''] = shop.owners.controller.split('/');
    return printed.replaceAll('c2l-drill', shop.journal).replaceAll('kube-system', namespace);
  }

  /** Runs a command with these rights and notes what it asks the API server. */
  async function under(documents: readonly RbacDocument[], { purpose, argv }: RightsCase): Promise<Ran> {
    const { account } = await accountFor(purpose);
    const proxy = await cuttingProxy(account.kubeconfig);
    const places = { JOURNAL: shop.journal, FOLDER: folder, CONTROLLER: shop.owners.controller };
    const words = argv.map((word) =>
      Object.entries(places).reduce((text, [name, place]) => text.replace(name, place), word),
    );
    proxy.begin();
    try {
      const env = { PATH: `${standIn.path}:${process.env['PATH'] ?? ''}` };
      const options = { kubeconfig: proxy.kubeconfig, cwd: folder, env };
      const result = await account.as(documents, () => runCli([...words, '-o', 'json'], options));
      return { ...result, requests: [...proxy.requests] };
    } finally {
      proxy.close();
    }
  }

  /** What is wrong with how a command took it that one right was not there. */
  async function problems(atom: Atom, documents: readonly RbacDocument[], each: RightsCase): Promise<string[]> {
    await each.before?.(shop);
    const isRead = each.readsBesides?.(atom, documents) === true;
    const writes = each.writes && !isRead;
    const before = writes ? await shop.written() : [];
    const less = await under(without(documents, atom), each);
    const after = writes ? await shop.written() : [];
    const { verdict, findings, error, phases = [] } = jsonOf(less);
    const all = [...findings, ...phases.flatMap((phase) => phase.report?.findings ?? [])];
    const said = [error?.message ?? '', ...all.filter(({ code }) => code === 'unreadable').map((one) => one.message)];
    const isNamed = said.some((text) => text.includes(atom.resource));
    const codes = writes ? (each.refusedWith ?? [2]) : [...(isRead ? [0] : []), 1, 3];
    const wrong = [
      ...(isNamed ? [] : [`is not named in ${JSON.stringify([verdict, ...said])}`]),
      ...(codes.includes(less.code) ? [] : [`gives exit ${String(less.code)}`]),
      ...(JSON.stringify(before) === JSON.stringify(after) ? [] : ['changed something all the same']),
    ];
    return wrong.map((text) => `without ${atomText(atom, documents)}: ${text}`);
  }

  /** Whether such a right has been taken away already of a command that reads, or of one that writes. */
  function isKnown(atom: Atom, documents: readonly RbacDocument[], { writes, purpose }: RightsCase): boolean {
    if (atom.verb === 'list') return purpose !== 'audit';
    const named = atom.rule.resourceNames === undefined ? 'any' : 'some';
    const place = [atom.verb, named, atom.resource, documents[atom.document]?.kind, writes ? 'writes' : 'reads'].join(
      ' ',
    );
    const isTaken = taken.has(place);
    taken.add(place);
    return isTaken;
  }

  async function play(each: RightsCase): Promise<void> {
    const { documents, unused } = await accountFor(each.purpose);
    await each.before?.(shop);
    const whole = await under(documents, each);
    expect([whole.code, whole.stderr, notGranted(whole.requests, documents)]).toEqual([each.code, whole.stderr, []]);
    if (!each.writes) {
      const reads = ['get', 'list', 'watch', ...(each.opensStreams === true ? ['create'] : [])];
      expect([...verbsOf(whole.requests)].filter((verb) => !reads.includes(verb))).toEqual([]);
    }

    const wrong: string[] = [];
    for (const atom of atomsOf(documents)) {
      if (!isUsed(atom, whole.requests, documents)) continue;
      unused.delete(atomText(atom, documents));
      if (hiddenNothing(each, atom, documents)) continue;
      // On the real cluster, where each try takes a second, a right of each kind is: what it tells is the same of every
      // command. Lists are an audit's, which comes last, in a state that gives it reason for all of them.
      if (!kind.isSandbox && !isExhaustive && isKnown(atom, documents, each)) continue;
      const found = await problems(atom, documents, each);
      // A container that has just begun anew says nothing of its end.
      wrong.push(...(found.length > 0 && !each.writes ? await problems(atom, documents, each) : found));
    }
    expect(wrong).toEqual([]);
  }

  // One after the other, and the audit last: it looks at troubles that would keep the others from their end.
  run('every command does all of its work, and names each right that it is without', async () => {
    const failed: string[] = [];
    for (const each of rightsCases) {
      if (!new RegExp(process.env['CASE'] ?? '').test(each.name)) continue;
      if (each.needsControllers === true && !hasControllers) continue;
      await play(each).catch((error: unknown) => failed.push(`${each.name}: ${String(error)}`));
      await each.after?.(shop);
    }
    expect(failed).toEqual([]);
    // What a pod shows at the moment of the look is the same each time in the sandbox alone.
    if (!kind.isSandbox) return;
    const superfluous = [...accounts].flatMap(([purpose, { unused }]) =>
      [...unused].map((atom) => `${purpose}: ${atom}`),
    );
    expect(superfluous.filter((text) => !usedElsewhere.some((pattern) => pattern.test(text)))).toEqual([]);
  });
});

describe.each(worldKinds)('who may get Secrets by name on $name, and not list them', (kind) => {
  const run = kind.isThere ? test : test.skip;
  let world: World;

  beforeAll(async () => {
    if (kind.isThere) world = await kind.start();
  });

  afterAll(async () => {
    if (kind.isThere) await world.close();
  });

  run('gets the full answer', async () => {
    const bench = new PodBench(world);
    await bench.createSecret('app', ['there']);
    const env = [secretEnv('A', 'app', 'there'), secretEnv('B', 'app', 'lost'), secretEnv('C', 'gone', 'c')];
    await bench.createPod('api', { containers: [container('main', { env })] });

    const kubeconfig = await world.withoutListingSecrets();
    const { stdout } = await runCli(['audit', '-n', world.namespace, '-o', 'json'], { kubeconfig });
    const { verdict, findings } = JSON.parse(stdout) as AuditReport;
    const own = findings.filter(({ object }) => object.namespace === world.namespace);

    expect(own.map(({ code, secret, key }) => [code, secret, key])).toEqual([
      ['secret-key-missing', 'app', 'lost'],
      ['secret-missing', 'gone', undefined],
    ]);
    expect(verdict).toBe('problems');
  });
});
