/** Every form of an answer that `-o` knows; which of them a command can give, it says itself. */
export const outputFormats = ['text', 'json', 'yaml', 'junit', 'markdown', 'html', 'sarif', 'github'] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** What a command gives that says nothing else: a page for people, and the same as data. */
export const plainFormats: readonly OutputFormat[] = ['text', 'json', 'yaml'];

/** Where a failure is a document as well: who reads it would take an empty answer for a broken one. */
export const formatsForPrograms: readonly OutputFormat[] = ['json', 'yaml'];
