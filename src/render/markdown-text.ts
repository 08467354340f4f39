/** Text as Markdown shows it: nothing in it begins a link, a tag, a table cell or emphasis. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>&|~#]|:(?=\/\/)/g, (character) => `\\${character}`);
}

/** Text that is typed or read literally. */
export function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  // A pipe ends a table cell even inside a code span.
  return `${fence}${padding}${text}${padding}${fence}`.replaceAll('|', '\\|');
}

/** Of cells that are Markdown already. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${titles.join(' | ')} |`,
    `| ${titles.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}
