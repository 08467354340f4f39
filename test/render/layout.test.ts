import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { commandLines, oneRow, table } from '../../src/render/layout.ts';

test.each([
  ['fits', 4, 'fits'],
  ['too long', 5, 'too …'],
  ['no room', -3, '…'],
])('%j in a row of %d is %j', (text, width, row) => {
  expect(oneRow(text, width)).toBe(row);
});

describe('a command that does not fit', () => {
  test('breaks so that a shell joins it again', () => {
    const command =
      'kubectl -n shop create secret generic app --from-file=k=FILE --dry-run=client -o yaml | kubeseal --merge-into F';

    expect(commandLines('    fix     ', command, { width: 80, program: 'c2l' })).toEqual([
      '    fix     kubectl -n shop create secret generic app --from-file=k=FILE \\',
      '            --dry-run=client -o yaml | kubeseal --merge-into F',
    ]);
  });

  test('is no sentence that leads to one', () => {
    const style = { width: 40, program: 'c2l' };
    expect(commandLines('next: ', "give the operator's own word for it, and go on", style)).toEqual([
      "next: give the operator's own word for",
      '      it, and go on',
    ]);
    expect(commandLines('next: ', 'c2l runbook show NAME, then c2l runbook run NAME', style)).toEqual([
      'next: c2l runbook show NAME, then',
      '      c2l runbook run NAME',
    ]);
  });

  test.each([
    [`printf '%s,' one 'two three' "four five" six`, 12],
    [`printf '%s,' "$(echo a b c)" 'it is all one' end`, 20],
    [`printf '%s,' short`, 80],
  ])('means the same to a shell: %s at %d columns', (command, width) => {
    const broken = commandLines('', command, { width, program: 'c2l' }).join('\n');
    const said = (script: string): string => spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout;

    expect(said(command)).not.toBe('');
    expect(said(broken)).toBe(said(command));
  });
});

describe('a table', () => {
  const row = (...texts: string[]) => texts.map((text) => ({ text }));

  test('gives every row the room that one long name would take', () => {
    const long = `deployment/${'a-long-name-'.repeat(5)}x`;
    const detail = 'pod web-0, container main is CrashLoopBackOff';

    expect(
      table([row('COMPONENT', 'STATE', 'DETAIL'), row(long, 'stuck', detail), row('pod/b', 'ready', detail)], 80, 0),
    ).toEqual(['COMPONENT  STATE  DETAIL', `${long}  stuck`, `  ${detail}`, `pod/b      ready  ${detail}`]);
  });

  test('is as wide as its widest cell where that leaves room', () => {
    expect(table([row('a', 'one'), row('bbb', 'two')], 80, 2)).toEqual(['  a    one', '  bbb  two']);
  });
});
