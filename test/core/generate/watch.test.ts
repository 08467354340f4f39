import { describe, expect, test } from '@jest/globals';

import type { GenerateSubject } from '../../../src/core/generate/generate-subject.ts';
import { watchRunners, type WatchRunner } from '../../../src/core/generate/watch-runners.ts';
import { generateWatch } from '../../../src/core/generate/watch.ts';
import { parseStack } from '../../../src/core/stack/parse-stack.ts';

function subject(watch: object | undefined, more: object = {}): GenerateSubject {
  const parsed = parseStack({ version: 1, name: 'shop', namespaces: ['shop'], ...more, ...(watch && { watch }) });
  if (!parsed.ok) throw new Error(parsed.problems[0].message);
  return { stack: parsed.stack, namespaces: ['shop'], all: false, argocdNamespace: 'argocd' };
}

const endpoints = [{ name: 'web', url: 'https://shop.example/' }];
const notify = [{ kind: 'webhook', name: 'chat', url: { env: 'CHAT_URL' }, headers: { 'X-Key': { env: 'CHAT_KEY' } } }];
const components = [{ name: 'db', workload: 'StatefulSet/db' }];

function text(runner: WatchRunner, of: GenerateSubject): string {
  const [file] = generateWatch(of, runner);
  return file !== undefined && 'text' in file ? file.text : JSON.stringify(file);
}

test.each(watchRunners)('%s: a stack that watches nothing is refused, with what to do', (runner) => {
  expect(() => generateWatch(subject(undefined), runner)).toThrow('stack shop has no watch');
});

describe('a unit and a line of cron say outright whether the cluster is watched', () => {
  test.each([
    ['endpoints alone', subject({ endpoints }), '--no-cluster'],
    ['components', subject({ endpoints }, { components }), '--cluster'],
    ['said in the file', subject({ endpoints, cluster: false }, { components }), '--no-cluster'],
  ])('%s', (_case, of, flag) => {
    for (const runner of ['systemd', 'cron'] as const) expect(text(runner, of)).toContain(` ${flag}`);
  });

  test('only a unit that watches the cluster is given a kubeconfig', () => {
    expect(text('systemd', subject({ endpoints }, { components }))).toContain('LoadCredential=kubeconfig:');
    expect(text('systemd', subject({ endpoints }))).not.toContain('KUBECONFIG');
  });
});

test.each(watchRunners)('%s: names the variables that hold secrets, and holds none', (runner) => {
  const generated = text(runner, subject({ endpoints, notify, heartbeat: { env: 'BEAT_URL' } }));
  for (const name of ['CHAT_URL', 'CHAT_KEY', 'BEAT_URL']) expect(generated).toContain(name);
});

describe('a secret that lies in a file', () => {
  const notify = [{ kind: 'pagerduty', name: 'pager', routingKey: { file: '/etc/keys/pagerduty' } }];
  const of = subject({ endpoints, notify });

  test('must be handed to a unit, whose user may read none, and left readable for cron', () => {
    expect(text('systemd', of)).toContain(
      '#   add LoadCredential=pagerduty:/etc/keys/pagerduty and name ' +
        '/run/credentials/c2l-watch-shop.service/pagerduty in the stack file\n',
    );
    expect(text('cron', of)).toContain('# readable by c2l: /etc/keys/pagerduty\n');
  });

  test('cannot be had by a workflow, which is refused', () => {
    expect(() => generateWatch(of, 'github-actions')).toThrow(
      'a secret of stack shop lies in /etc/keys/pagerduty, and a workflow has no such file',
    );
  });
});

test.each([
  ['60s', '* * * * *'],
  ['5m', '*/5 * * * *'],
  ['10s', '* * * * *'],
])('cron: an interval of %s is %s', (interval, when) => {
  expect(text('cron', subject({ endpoints, interval }))).toContain(`\n${when} c2l `);
});

test('a workflow runs the c2l that made it', () => {
  const made = text('github-actions', { ...subject({ endpoints }), version: '1.2.3' });
  expect(made).toMatch(/npx --yes c2l@1\.2\.3 watch/);
});

test('cron passes over a file with a dot in its name', () => {
  const [file] = generateWatch(subject({ endpoints }, { name: 'shop.v2' }), 'cron');
  expect(file?.path).toBe('c2l-watch-shop-v2');
  expect(text('cron', subject({ endpoints }, { name: 'shop.v2' }))).toContain('# /etc/cron.d/c2l-watch-shop-v2, for');
});

test('a workflow does not call recovered what goes on under another number', () => {
  expect(text('github-actions', subject({ endpoints }))).toContain("end='told anew in another issue");
});

test('a workflow without endpoints is refused: it reaches no cluster', () => {
  expect(() => generateWatch(subject({}, { components }), 'github-actions')).toThrow('names no endpoint');
});
