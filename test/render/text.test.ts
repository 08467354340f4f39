import { describe, expect, test } from '@jest/globals';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { unreadableFindings } from '../../src/core/diagnose/diagnose-unreadable.ts';
import type { Finding } from '../../src/core/findings/findings.ts';
import { newFinding } from '../../src/core/findings/new-finding.ts';
import { noSource } from '../../src/core/fix/plan-secrets.ts';
import type { Report } from '../../src/core/reports/any-report.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle, type Layout } from '../../src/render/style.ts';
import { expectGolden } from '../support/golden.ts';
import {
  component,
  components,
  fixed,
  head,
  incident,
  kept,
  missingKey,
  notStabilized,
  notVerified,
  ref,
  refusedWalk,
  restarted,
  rolledBack,
  stabilized,
  verified,
} from './reports.ts';

function text(report: Report, layout: Layout = {}): Promise<string> {
  return renderReport(report, 'text', createStyle(false, layout));
}

const lacking = fixed.plan.map((planned) => ({
  ...planned,
  keys: [{ key: 'a', change: 'ADD' as const, source: noSource }],
}));

const healthy: AuditReport = {
  ...incident,
  verdict: 'ok',
  findings: [],
  components: components.map((entry) => ({ ...entry, state: 'ready', detail: '1 of 1 pod is ready' })),
  applications: [],
};

const pages: readonly (readonly [string, Report, Layout])[] = [
  ['audit-incident.txt', incident, {}],
  ['audit-incident-verbose.txt', incident, { verbose: true }],
  ['audit-incident-narrow.txt', incident, { width: 50 }],
  ['audit-healthy.txt', healthy, {}],
  ['fix-secrets-done.txt', fixed, {}],
  ['fix-secrets-dry-run.txt', { ...fixed, dryRun: true, outcomes: [] }, {}],
  ['history.txt', kept, {}],
  ['rollback-done.txt', rolledBack, {}],
  ['restart-partial.txt', restarted, {}],
  ['verify-ok.txt', verified, {}],
  ['verify-failed.txt', notVerified, {}],
  ['stabilize-ok.txt', stabilized, {}],
  ['stabilize-failed.txt', notStabilized, {}],
  ['stabilize-refused.txt', refusedWalk, {}],
];

describe('pages that an operator sees', () => {
  test.each(pages)('%s', async (name, report, layout) => {
    await expectGolden(name, await text(report, layout));
  });

  test.each(pages)('%s fits its width and ends in what to type next', async (_, report, layout) => {
    const lines = (await text(report, layout)).trimEnd().split('\n');
    const width = layout.width ?? 80;
    expect(lines.filter((line) => line.length > width && line.trim().includes(' '))).toEqual([]);
    expect(lines.findLast((line) => !line.startsWith('      '))).toMatch(/^next: (c2l|kubectl) /);
  });

  test('a drill that nobody ended is told last, and is what to end first', async () => {
    const left = { ...incident, unfinishedDrills: [{ namespace: 'cloudtolocalllm', scenario: 'missing-keys' }] };
    const end = (await text(left)).split('\n').slice(-7);
    expect(end).toEqual([
      'drill missing-keys in namespace cloudtolocalllm is not finished: unless somebody',
      'is at it now, c2l dr-drill abort -n cloudtolocalllm puts everything back',
      '',
      'verdict: problems, 1 drill not finished, 9 required keys missing, 1 of 5',
      '         components ready',
      'next: c2l dr-drill abort -n cloudtolocalllm',
      '',
    ]);
  });

  test('color adds nothing but color', async () => {
    const colored = await renderReport(incident, 'text', createStyle(true));
    expect(colored).toContain('\u001b[');
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(await text(incident));
  });
});

describe('on the screen that showed the place and the plan', () => {
  const onOneScreen = { isOneScreen: true };

  test.each<[string, Report, { readonly place: boolean; readonly plan: boolean }]>([
    ['an agreed change repeats neither', fixed, { place: false, plan: false }],
    ['a rollback repeats neither', rolledBack, { place: false, plan: false }],
    ['a dry run shows its plan', { ...fixed, dryRun: true, outcomes: [] }, { place: false, plan: true }],
  ])('%s', async (_, report, shown) => {
    const page = await text(report, onOneScreen);
    expect(page).toContain(`c2l ${report.command}  `);
    expect({ place: page.includes('server https://'), plan: /^ {2}(ADD|CHANGE|SAME|REMOVE) /m.test(page) }).toEqual(
      shown,
    );
    expect(page.replaceAll('\n\n\n', '')).toBe(page);
  });

  test('elsewhere the report holds both', async () => {
    expect(await text(fixed)).toMatch(/server https:[^]*^ {2}ADD /m);
  });
});

describe('what could not be read', () => {
  test('of a log is not the pods', async () => {
    const gap = {
      namespace: 'shop',
      cause: 'forbidden',
      reason: 'not allowed to get pods/log shop/db-0 (403)',
    } as const;
    const unread = unreadableFindings(['pods', 'pods/log'].map((resource) => ({ ...gap, resource })));
    expect(new Set(unread.map(({ id }) => id)).size).toBe(2);
    expect(unread[1]?.fix).toBe('kubectl auth can-i get pods --subresource=log -n shop');

    const [pods, log] = unread as [Finding, Finding];
    expect(await text({ ...incident, findings: [log] })).not.toContain(', pods could not be read');
    expect(await text({ ...incident, findings: [pods] })).toContain(', pods could not be read');
  });
});

describe('one root cause', () => {
  test('stands once, with every key and whoever waits in a chain', async () => {
    const page = await text(incident);
    expect(page.match(/ERROR/g)).toHaveLength(1);
    expect(page).toContain('secret/cloudtolocalllm-secrets lacks 9 required keys');
    expect(page).toContain('postgres-auth -> api-backend -> web');
  });

  test('keeps a consequence that no table shows', async () => {
    const root = missingKey('token', [ref('Job', 'import')], []);
    const consequence: Finding = {
      ...root,
      id: 'workload-not-ready/import',
      code: 'workload-not-ready',
      object: ref('Job', 'import'),
      message: 'job/import cannot start',
      causes: [root.id],
    };
    const page = await text({ ...incident, findings: [root, consequence] });
    expect(page).toContain('because of it: job/import cannot start');
  });

  test('is told also when its cause is not part of the report', async () => {
    const orphan: Finding = { ...missingKey('token', [], []), causes: ['not-in-this-report'] };
    expect(await text({ ...incident, findings: [orphan] })).toContain('lacks 1 required key');
  });

  test('counts every Secret that is missing, whatever it is for, and each once', async () => {
    const codes = ['secret-missing', 'image-pull-secret-missing', 'tls-secret-missing'] as const;
    const [root] = [missingKey('token', [], [])];
    const findings = codes.map((code, index): Finding => ({
      ...root,
      id: code,
      code,
      secret: index === 0 ? 'tls' : code,
    }));
    const again: Finding = { ...root, id: 'again', code: 'tls-secret-missing', secret: 'tls' };
    expect(await text({ ...incident, findings: [...findings, again] })).toContain('problems, 3 Secrets missing, ');
  });

  test('shows a diamond of dependencies once, and a cycle at all', async () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ref('Deployment', name));
    const diamond = [
      component('a', a!, 'stuck'),
      component('b', b!, 'waiting', { dependsOn: ['a'] }),
      component('c', c!, 'waiting', { dependsOn: ['a'] }),
      component('d', d!, 'waiting', { dependsOn: ['b', 'c'] }),
    ];
    const root = missingKey('token', [a!], [a!, b!, c!, d!]);
    const page = await text({ ...incident, components: diamond, findings: [root] });
    expect(page).toContain('a -> b -> d\n');
    expect(page).toContain('a -> c -> d\n');

    const cycle = [
      component('a', a!, 'stuck', { dependsOn: ['b'] }),
      component('b', b!, 'stuck', { dependsOn: ['a'] }),
    ];
    expect(await text({ ...incident, components: cycle, findings: [root] })).toContain('a -> b -> a');
  });
});

describe('what could not be read', () => {
  const gap: Finding = {
    ...missingKey('', [], []),
    id: 'unreadable/secrets',
    code: 'unreadable',
    severity: 'warning',
    message: 'secrets in namespace shop: forbidden for user bob',
    fix: 'kubectl auth can-i list secrets -n shop',
  };

  test('is loud, and neither healthy nor missing', async () => {
    const page = await text({ ...healthy, verdict: 'unreadable', findings: [gap] });
    expect(page).toContain('NOT READ  1 thing could not be looked at: neither healthy nor missing');
    expect(page).toContain('secrets in namespace shop: forbidden for user bob');
    expect(page).toContain('verdict: unreadable');
    expect(page).toMatch(/next: kubectl auth can-i list secrets -n shop\n$/);
  });
});

describe('what to type next', () => {
  test('repeats the flags that mean the same cluster', async () => {
    expect(await text(incident, { flags: '--context blue -n shop' })).toMatch(
      /next: c2l fix-secrets --context blue -n shop\n$/,
    );
  });

  test.each(['--context blue -n shop', '-n shop --context blue', '--context blue -A'])(
    'keeps to the namespace that the command names (%s)',
    async (flags) => {
      const findings = [{ ...missingKey('token', [], []), fix: 'c2l fix-secrets -n shop' }];

      expect(await text({ ...incident, findings }, { flags })).toMatch(
        /next: c2l fix-secrets -n shop --context blue\n$/,
      );
    },
  );

  test.each([
    ['is another look where nothing runs', '--context blue -n shop', ['shop'], 'c2l audit -A --context blue'],
    ['is the tool itself where nothing runs anywhere', '-A', ['a', 'b'], 'c2l doctor -A'],
  ])('%s', async (_, flags, namespaces, next) => {
    const page = await text({ ...healthy, components: [], namespaces }, { flags });

    expect(page).toContain('verdict: ok, nothing runs here that needs a Secret\n');
    expect(page.endsWith(`next: ${next}\n`)).toBe(true);
  });

  test('after a dry run asks the same sources, as a shell takes them', async () => {
    const sources = ["env:old 'n' new.env", 'revision'];

    expect(await text({ ...fixed, dryRun: true, outcomes: [], sources })).toContain(
      String.raw`next: c2l fix-secrets --from 'env:old '\''n'\'' new.env' --from revision`,
    );
  });

  test('breaks as a shell joins it again where it does not fit', async () => {
    const sources = ['azure-key-vault:https://shop-production.vault.azure.net', 'env:backup.env'];
    const page = await text({ ...fixed, dryRun: true, outcomes: [], sources }, { flags: '--context blue -n shop' });
    expect(page.slice(page.indexOf('\nnext: '))).toBe(
      [
        '',
        'next: c2l fix-secrets \\',
        '      --from azure-key-vault:https://shop-production.vault.azure.net \\',
        '      --from env:backup.env \\',
        '      --overwrite cloudtolocalllm-secrets/stripe-test-secret-key \\',
        '      --context blue -n shop',
        '',
      ].join('\n'),
    );
  });

  test('names a pod that is kept in doubt, and counts those that need nothing', async () => {
    const [sure] = restarted.outcomes.filter(({ outcome }) => outcome === 'kept');
    const doubted = { ...sure!, object: ref('Pod', 'api-0'), detail: 'healthy, but may run', isDoubted: true };
    const page = await text({ ...restarted, outcomes: [sure!, doubted] });
    expect(page).toMatch(/^kept {2}KEEP {2}pod\/api-0 {2}healthy, but may run\n1 pod left alone/m);
    expect(page).toMatch(/^verdict: .*, nothing to restart, 1 in doubt: pod\/api-0$/m);
  });

  test('names the Secret in doubt where a plan is of several', async () => {
    const [planned] = fixed.plan;
    const doubt = { because: 'the store had no entry', next: 'kubectl describe externalsecret app' };
    const second = { ...planned!, object: ref('Secret', 'app'), doubt };
    const page = await text({ ...fixed, dryRun: true, outcomes: [], plan: [planned!, second] });
    expect(page.replaceAll(/\s+/g, ' ')).toContain('secret/app, 1 Secret in doubt: secret/app next:');
  });

  test('counts what is kept though it needs a restart, and says where the commands of a detail go', async () => {
    const [sure] = restarted.outcomes.filter(({ outcome }) => outcome === 'kept');
    const detail = 'may run with an older value: if so, c2l restart --affected-by secret/app:a';
    const kept = { ...sure!, object: ref('Pod', 'api-0'), detail, isWithheld: true };
    const coming = { ...kept, object: ref('Pod', 'bare'), isAwaited: true };
    const page = await text({ ...restarted, outcomes: [sure!, kept, coming] }, { flags: '-n shop' });
    expect(page).toMatch(/^verdict: [^,]*, 1 kept in need of a restart: pod\/api-0$/m);
    expect(page.replaceAll(/\s+/g, ' ')).toContain('if so, c2l restart --affected-by secret/app:a -n shop');
  });

  test.each(['partial', 'declined', 'interrupted'] as const)(
    'of a walk that is %s takes along its sources',
    async (verdict) => {
      const taken = { sources: ['env:a b', 'age:b.age'], identity: 'me' };
      const options = "--from 'env:a b' --from age:b.age --identity me";
      expect(await text({ ...stabilized, verdict, ...taken })).toContain(`next: c2l stabilize ${options}\n`);
      expect(await text({ ...fixed, dryRun: true, ...taken })).toContain(`next: c2l fix-secrets ${options} `);
    },
  );

  test('of a history is to undo what c2l did last, whatever Secret is listed first', async () => {
    const [history] = kept.secrets;
    const [entry] = history!.revisions;
    const later = {
      ...history!,
      object: { ...history!.object, name: 'zoo' },
      revisions: [{ ...entry!, keptAt: '2026-01-03T00:00:00.000Z' }],
    };
    expect(await text({ ...kept, secrets: [history!, later] })).toMatch(/next: c2l rollback zoo --dry-run -n \S+\n$/);
  });

  test('of a history leads to no rollback that would take away what is needed', async () => {
    const [history] = kept.secrets;
    const revisions = [{ ...history!.revisions[0]!, lacks: ['jwt-secret'] }];
    const page = await text({ ...kept, secrets: [{ ...history!, revisions }] });
    expect(page).toMatch(/^ {4}lacks {5}jwt-secret, needed and there now$/m);
    expect(page).toMatch(/next: c2l audit\n$/);
  });

  test.each([
    ['REMOVE', 'c2l history app'],
    ['ADD', 'c2l audit'],
  ] as const)('of a plan to roll back that leaves keys missing is not to carry it out: %s', async (change, next) => {
    const object = ref('Secret', 'app');
    const lost = newFinding('secret-key-missing', { object, key: 'a', message: 'm', fix: 'c2l history app' });
    const plan = [{ object, action: 'patch' as const, keys: [{ key: 'a', change }] }];
    const planned = { ...rolledBack, dryRun: true, outcomes: [], restarts: [], plan };
    const page = await text({ ...planned, verdict: 'problems', findings: [lost] });
    expect(page).toContain('ERROR    secret/app would lack 1 required key\n');
    expect(page).toMatch(new RegExp(`next: ${next}\n$`));
    expect(await text(planned)).toMatch(/next: c2l rollback app \S+\n$/);
  });

  test('of a plan takes along the flags that shaped it, and of a reviewed one nothing else', async () => {
    const planned = (...flags: string[]) => text({ ...fixed, dryRun: true, sources: ['env:a'], flags });
    expect(await planned('--generate', '--pause-sync 15m')).toMatch(
      /next: c2l fix-secrets --from env:a --generate --pause-sync 15m \\\n\s+--overwrite \S+\n$/,
    );
    expect(await planned('--plan p.yaml')).toMatch(/next: c2l fix-secrets --plan p\.yaml\n$/);
    expect(
      await text({ ...fixed, dryRun: true, verdict: 'problems', sources: [], flags: ['--generate'], plan: lacking }),
    ).toMatch(/next: c2l fix-secrets --from env:FILE --generate\n$/);
  });

  test('of a walk and of a rollback that are to be run again takes along the flags that shaped them', async () => {
    const flags = ['--keep 3'];
    expect(await text({ ...stabilized, verdict: 'declined', sources: ['env:a'], flags })).toMatch(
      /next: c2l stabilize --from env:a --keep 3\n$/,
    );
    expect(await text({ ...rolledBack, dryRun: true, outcomes: [], restarts: [], flags })).toMatch(
      /next: c2l rollback \S+ \S+ --keep 3\n$/,
    );
  });

  test('of a repair of some takes their names along', async () => {
    const only = ['jwt-secret'];
    const planned = { ...fixed, dryRun: true, only, verdict: 'problems' as const };
    expect(await text(planned)).toContain('next: c2l fix-secrets jwt-secret --from ');
  });

  test('begins anew in the sandbox, which is gone by then, and leads to the own cluster at the end', async () => {
    expect(await text(incident, { flags: '--sandbox' })).toMatch(/next: c2l stabilize --sandbox\n$/);
    expect(await text(stabilized, { flags: '--sandbox' })).toMatch(/next: c2l audit\n$/);
  });
});

test('keys of long names stay in line where a revision has the value', async () => {
  const keys = [
    { key: 'jwt-secret', change: 'ADD' as const, source: 'revision (kept 2026-11-29 16:31:51 UTC)' },
    { key: 'stripe-test-publishable-key', change: 'SAME' as const },
    { key: 'stripe-test-webhook-secret', change: 'KEEP' as const, differsIn: 'env:backup.env (line 123)' },
  ];
  const page = await text({ ...fixed, plan: [{ ...fixed.plan[0]!, keys }] });

  expect(page).toContain(
    [
      '  ADD   jwt-secret                   (absent) -> ********  [1] kept 2026-11-29',
      '  SAME  stripe-test-publishable-key  ********',
      '  KEEP  stripe-test-webhook-secret   ********              differs in [2]',
    ].join('\n'),
  );
});

test('a restart that is only planned has replaced nothing', async () => {
  const outcomes = restarted.outcomes.slice(0, 1).map((step) => ({ ...step, outcome: 'planned' as const }));

  expect(await text({ ...restarted, verdict: 'ok', dryRun: true, outcomes })).toContain(
    'verdict: ok, dry run: 1 pod to replace\n',
  );
});

test('a walk that only rehearses its writes counts what it walked, and leads to the walk itself', async () => {
  const phases = stabilized.phases.map((phase, index) => ({
    ...phase,
    ...(index > 1 && { verdict: 'skipped' as const }),
  }));
  const page = await text({ ...stabilized, phases }, { flags: '--context blue' });

  expect(page).toContain('verdict: ok, 2 of 4 phases in ');
  expect(page).not.toContain('then: ');
  expect(page).toMatch(/next: c2l stabilize --context blue\n$/);
  expect(await text({ ...stabilized, phases }, { flags: '--sandbox' })).toMatch(/next: c2l stabilize --sandbox\n$/);
});

describe('names from the cluster', () => {
  test('cannot move the cursor, hide, or forge a line', async () => {
    const hostile = `x\u001b[2Jy\u202e\nverdict: ok\u009b31m`;
    const page = await text({
      ...incident,
      context: hostile,
      findings: [{ ...missingKey('k', [], []), key: hostile }],
      components: [component(hostile, ref('Deployment', hostile), 'ready', { detail: hostile })],
      applications: [{ name: hostile, health: hostile, sync: hostile }],
    });
    expect(page).toContain(String.raw`x\x1b[2Jy\u202e\nverdict:`);
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(page.split('\n').filter((line) => line.startsWith('verdict: '))).toHaveLength(1);
  });

  test('of several namespaces are told apart', async () => {
    const page = await text({ ...incident, ...head, namespaces: ['blue', 'cloudtolocalllm'] });
    expect(page.replace(/\s+/g, ' ')).toContain(
      'secret/cloudtolocalllm-secrets in namespace cloudtolocalllm lacks 9 required keys',
    );
  });

  test('of several namespaces stand with theirs, whatever is told of them', async () => {
    const namespaces = ['blue', 'cloudtolocalllm'];
    const whole: Finding = { ...missingKey('', [], []), code: 'secret-missing', message: 'secret/app does not exist' };
    const optional: Finding = { ...missingKey('extra', [], []), code: 'optional-key-absent', severity: 'info' };
    const page = await text({ ...incident, namespaces, findings: [whole, optional] }, { verbose: true });

    expect(page).toMatch(/secret\/app does not exist\n {4}namespace {2}cloudtolocalllm\n/);
    expect(page).toMatch(/^ {4}cloudtolocalllm {2}extra/m);
    const { components } = incident;
    const elsewhere = components.map((each) => ({ ...each, object: { ...each.object, namespace: 'blue' } }));
    const both = await text({ ...incident, namespaces, components: [...elsewhere.slice(0, 1), ...components] });
    const lines = both.split('\n');
    const table = lines.slice(lines.findIndex((line) => line.startsWith('  COMPONENT ')));
    expect(table.filter((line) => line.startsWith('namespace '))).toEqual([
      'namespace blue',
      'namespace cloudtolocalllm',
    ]);
    const rows = table.filter((line) => /^ {2}(COMPONENT|\w+\/)/.test(line));
    expect(rows).toHaveLength(components.length + 2);
    expect(new Set(rows.map((line) => line.search(/ (STATE|stuck|ready|waiting) /))).size).toBe(1);
  });
});

test('a verdict that is ok says how many warnings stand beside it', async () => {
  const warning = (id: string, code: Finding['code'], causes: string[] = []): Finding => ({
    ...missingKey('b', [], []),
    ...{ id, code, causes, severity: 'warning' },
  });
  const exposed = warning('a', 'secret-values-exposed');
  const others = [
    warning('b', 'secret-values-exposed'),
    warning('c', 'next-start-fails', ['a']),
    warning('d', 'unreadable'),
  ];
  expect(await text({ ...healthy, findings: [exposed] })).toMatch(
    /^verdict: ok, 1 warning, \d of \d components ready$/m,
  );
  expect(await text({ ...healthy, findings: [exposed, ...others] })).toMatch(/^verdict: ok, 1 warning, 1 thing not/m);
});

test('audit leads to what explains its roots', async () => {
  expect(await text(incident)).toContain('\n\nwhat it means: c2l explain secret-key-missing\n\nverdict: ');
  const other: Finding = { ...missingKey('b', [], []), id: 'b', code: 'secret-value-placeholder', severity: 'warning' };
  const two = await text({ ...incident, findings: [...incident.findings, other] });
  expect(two).toContain('\nwhat it means: c2l explain CODE, for secret-key-missing,\n');
  expect(await text(healthy)).not.toContain('explain');
});

describe('a Secret that another program writes', () => {
  const object = ref('Secret', 'app');
  const owner = {
    by: 'external-secrets',
    name: 'app',
    repair: 'put the value into app-k of secretstore/vault',
  } as const;
  const base = { severity: 'error', blocks: [], fix: 'c2l audit' } as const;
  const root: Finding = {
    ...base,
    id: 'root',
    code: 'external-secret-not-ready',
    object: ref('ExternalSecret', 'app'),
    message: 'externalsecret/app cannot',
    causes: [],
  };
  const gone: Finding = {
    ...base,
    id: 'gone',
    code: 'secret-missing',
    object,
    keys: ['a', 'b'],
    message: 'secret/app does not exist',
    causes: ['root'],
  };

  test('names its keys beneath what keeps them from it', async () => {
    expect(await text({ ...healthy, verdict: 'problems', findings: [root, gone] })).toContain(
      'because of it: secret/app does not exist; its keys: a, b',
    );
  });

  test('says what has to be done there', async () => {
    const lost: Finding = { ...gone, code: 'secret-key-missing', key: 'k', keys: [], causes: [], owner };
    expect(await text({ ...healthy, verdict: 'problems', findings: [lost] })).toContain(
      'owner   put the value into app-k of secretstore/vault',
    );
  });
});

describe('where nothing was checked', () => {
  const none = { ...verified, checks: [], timeline: [], findings: [], namespaces: ['default'], verdict: 'ok' as const };
  const nothing = 'verdict: ok, nothing was checked in namespace default';

  test('verify says so, and leads to the other namespaces', async () => {
    const page = await text(none, { flags: '--context blue -n default' });
    expect(page).toContain(`${nothing}\nnext: c2l audit -A --context blue\n`);
  });

  test('so does the walk, which has nothing to keep', async () => {
    const phases = stabilized.phases.map((phase) => (phase.name === 'verify' ? { ...phase, report: none } : phase));
    const page = await text({ ...stabilized, phases }, { flags: '--context blue -n default' });
    expect(page).toContain(`${nothing}, 4 phases in `);
    expect(page).toMatch(/\nnext: c2l audit -A --context blue\n$/);
    expect(page).not.toContain('then:');
  });
});
