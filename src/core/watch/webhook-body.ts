import { isGood, noticeLines, noticeTitle } from './notices.ts';
import type { NotifierSpec } from './watch-schema.ts';
import type { Notice } from './watch-state.ts';

type Webhook = Extract<NotifierSpec, { kind: 'webhook' }>;

/** The fields of a notice by the names that a template of one's own may use. */
export function noticeFields(notice: Notice): Readonly<Record<string, string>> {
  return {
    id: notice.id,
    kind: notice.kind,
    incident: notice.incident,
    severity: notice.severity,
    source: notice.source,
    at: notice.at,
    startedAt: notice.startedAt,
    durationSeconds: String(Math.round(notice.durationMs / 1000)),
    title: noticeTitle(notice),
    text: noticeLines(notice).join('\n'),
  };
}

const placeholder = /\{\{\s*([A-Za-z]+)\s*\}\}/g;

/** Names in a template that no notice has. */
export function unknownFields(template: string): string[] {
  const sample: Notice = { ...testNotice('', ''), kind: 'opened' };
  const known = Object.keys(noticeFields(sample));
  return [...template.matchAll(placeholder)].map(([, name = '']) => name).filter((name) => !known.includes(name));
}

/** Fills a template that is JSON: what is put in is escaped as the inside of a JSON text. */
export function filledTemplate(template: string, notice: Notice): string {
  const fields = noticeFields(notice);
  return template.replaceAll(placeholder, (_, name: string) => JSON.stringify(fields[name] ?? '').slice(1, -1));
}

/** The JSON that a webhook is sent. */
export function webhookBody({ template, body }: Pick<Webhook, 'template' | 'body'>, notice: Notice): string {
  if (body !== undefined) return filledTemplate(body, notice);
  switch (template) {
    case 'json':
      return JSON.stringify({ ...notice, title: noticeTitle(notice) });
    case 'slack':
      return JSON.stringify(slackMessage(notice));
    case 'teams':
      return JSON.stringify(teamsMessage(notice));
  }
}

/** Slack cuts off nothing: it refuses a section beyond 3000 characters. */
const slackLimit = 2900;

function slackMessage(notice: Notice): object {
  const title = noticeTitle(notice);
  const mark = isGood(notice) ? ':white_check_mark:' : notice.severity === 'error' ? ':red_circle:' : ':warning:';
  const section = (text: string): object => ({
    type: 'section',
    text: { type: 'mrkdwn', text: cut(text, slackLimit) },
  });
  return {
    text: slackText(title),
    blocks: [
      section(`${mark} *${slackText(cut(title, slackLimit - 200))}*`),
      section(slackText(noticeLines(notice).join('\n'))),
    ],
  };
}

/** The three characters by which Slack knows links and mentions. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An Adaptive Card, as the workflow "when a webhook request is received" takes it. */
function teamsMessage(notice: Notice): object {
  const color = isGood(notice) ? 'good' : notice.severity === 'error' ? 'attention' : 'warning';
  const block = (text: string, more: object): object => ({
    type: 'TextBlock',
    wrap: true,
    text: cut(text, 4000),
    ...more,
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(noticeTitle(notice), { weight: 'bolder', size: 'medium', color }),
            ...noticeLines(notice).map((line) => block(line, { spacing: 'small' })),
          ],
        },
      },
    ],
  };
}

/** An event of PagerDuty's events API v2, without the routing key, which is a secret. */
export function pagerDutyEvent(notice: Notice): object {
  // A test proves the key and wakes nobody: what was never triggered can be resolved.
  const isRaised = notice.kind === 'opened' || notice.kind === 'reminder' || notice.kind === 'drill-failed';
  const action = isRaised ? 'trigger' : 'resolve';
  return {
    event_action: action,
    dedup_key: notice.incident,
    payload: {
      summary: cut(noticeTitle(notice), 1024),
      source: notice.source,
      severity: notice.severity,
      timestamp: notice.at,
      custom_details: { startedAt: notice.startedAt, roots: notice.roots, beneath: notice.beneath },
    },
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** What is sent to try a receiver. */
export function testNotice(source: string, at: string): Notice {
  const id = `test-${at.replaceAll(/\D/g, '')}`;
  const quiet = { severity: 'warning', durationMs: 0, roots: [], beneath: [] } as const;
  return { ...quiet, id, incident: id, kind: 'test', at, startedAt: at, source, roots: [], beneath: [] };
}
