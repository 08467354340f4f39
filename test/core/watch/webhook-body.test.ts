import { describe, expect, test } from '@jest/globals';
import { noticeTitle } from '../../../src/core/watch/notices.ts';
import {
  filledTemplate,
  noticeFields,
  pagerDutyEvent,
  testNotice,
  unknownFields,
  webhookBody,
} from '../../../src/core/watch/webhook-body.ts';
import type { Notice } from '../../../src/core/watch/watch-state.ts';

const at = '2026-11-25T12:10:00.000Z';

const part = (id: string, detail: string) => ({ id, detail });

const shop = part('shop', 'answered 500');

const api = part('api', 'no pod is ready');

const opened: Notice = {
  id: 'a/opened',
  kind: 'opened',
  incident: 'a',
  at,
  severity: 'error',
  source: 'prod',
  startedAt: '2026-11-25T12:00:00.000Z',
  durationMs: 600_400,
  roots: [shop],
  beneath: [],
};

const since = 'since 2026-11-25 12:00:00 UTC (10 min), severity error, incident a';

describe('what a webhook is sent', () => {
  const url = { template: 'json' } as const;

  test('is the notice with its title', () => {
    expect(JSON.parse(webhookBody(url, opened))).toEqual({ ...opened, title: 'prod: down: shop: answered 500' });
  });

  test('is a message of Slack, of which the text makes no link and calls nobody', () => {
    const notice = { ...opened, source: '<!here> & <b>' };
    expect(JSON.parse(webhookBody({ template: 'slack' }, notice))).toEqual({
      text: '&lt;!here&gt; &amp; &lt;b&gt;: down: shop: answered 500',
      blocks: [
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: ':red_circle: *&lt;!here&gt; &amp; &lt;b&gt;: down: shop: answered 500*',
          },
        },
        { type: 'section', text: { type: 'mrkdwn', text: `shop: answered 500\n${since}` } },
      ],
    });
  });

  test('is short enough for Slack, which refuses what is too long', () => {
    const long = { ...opened, roots: [part('shop', 'x'.repeat(4000))] };
    const message = JSON.parse(webhookBody({ template: 'slack' }, long)) as { blocks: { text: { text: string } }[] };
    const lengths = message.blocks.map(({ text }) => text.text.length);
    expect(lengths).toEqual([2700 + ':red_circle: **'.length, 2900]);
    expect(message.blocks[1]?.text.text).toMatch(/^shop: x+…$/);
  });

  test('is a card of Teams, a block for each line', () => {
    const block = (text: string, more: object) => ({ type: 'TextBlock', wrap: true, text, ...more });
    expect(JSON.parse(webhookBody({ template: 'teams' }, opened))).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              block('prod: down: shop: answered 500', { weight: 'bolder', size: 'medium', color: 'attention' }),
              block('shop: answered 500', { spacing: 'small' }),
              block(since, { spacing: 'small' }),
            ],
          },
        },
      ],
    });
  });

  test('is a body of one’s own, with every field, escaped as the inside of a text', () => {
    const names = Object.keys(noticeFields(opened));
    const body = `{${names.map((name) => `"${name}":"{{ ${name} }}"`).join(',')},"nobody":"{{unheard}}"}`;
    const notice = { ...opened, source: 'a "quoted"\\name' };
    expect(JSON.parse(webhookBody({ template: 'json', body }, notice))).toEqual({
      id: 'a/opened',
      kind: 'opened',
      incident: 'a',
      severity: 'error',
      source: 'a "quoted"\\name',
      at,
      startedAt: opened.startedAt,
      durationSeconds: '600',
      title: 'a "quoted"\\name: down: shop: answered 500',
      text: `shop: answered 500\n${since}`,
      nobody: '',
    });
    expect(filledTemplate('{{kind}}{{severity}}', notice)).toBe('openederror');
  });

  test('is refused where it has a field that no notice has', () => {
    expect(unknownFields('{{title}} {{ titel }} {{text}} {{x}}')).toEqual(['titel', 'x']);
  });
});

test('an event of PagerDuty fits into its limits and tells what else is known', () => {
  const long = { ...opened, roots: [part('shop', 'x'.repeat(2000))], beneath: [api] };
  expect(pagerDutyEvent(long)).toEqual({
    event_action: 'trigger',
    dedup_key: 'a',
    payload: {
      summary: `${noticeTitle(long).slice(0, 1023)}…`,
      source: 'prod',
      severity: 'error',
      timestamp: at,
      custom_details: { startedAt: opened.startedAt, roots: long.roots, beneath: [api] },
    },
  });
  const exact = { ...opened, source: 'x'.repeat(1024 - ': down: shop: answered 500'.length) };
  expect(pagerDutyEvent(exact)).toMatchObject({ payload: { summary: noticeTitle(exact) } });
});

test('a notice that tries a receiver is no incident of anything', () => {
  expect(testNotice('prod', '2026-11-25T12:10:00Z')).toEqual({
    id: 'test-20261125121000',
    incident: 'test-20261125121000',
    kind: 'test',
    at: '2026-11-25T12:10:00Z',
    startedAt: '2026-11-25T12:10:00Z',
    source: 'prod',
    severity: 'warning',
    durationMs: 0,
    roots: [],
    beneath: [],
  });
});
