/** One thing to do: a fenced block of shell commands that has `step` in its info string. */
export interface RunbookStep {
  readonly title: string;
  /** As they stand in the text: one or several lines of sh. */
  readonly commands: string;
  /** The prose between the block before and this one. */
  readonly explanation: string;
  /** The exit codes that are a good end of it. */
  readonly exits: readonly number[];
  /** Run after it; the step is done when this exits 0. */
  readonly check: string | undefined;
  /** What a script adds to the c2l commands of the step, which otherwise ask a person. */
  readonly consent: string | undefined;
  /** Where its block begins. */
  readonly line: number;
}

/** A variable of the commands, and what it stands for where nobody says otherwise. */
export interface RunbookValue {
  readonly name: string;
  readonly example: string;
  readonly about: string;
}

export interface Runbook {
  /** As `c2l runbook show NAME` calls it. */
  readonly name: string;
  readonly title: string;
  /** The state that a sandbox starts in for it. */
  readonly scenario: string;
  readonly values: readonly RunbookValue[];
  readonly steps: readonly RunbookStep[];
  /** The prose after the last step. */
  readonly afterwards: string;
  readonly text: string;
}

export interface RunbookProblem {
  readonly line: number;
  readonly message: string;
}

export type ParsedRunbook =
  | { readonly ok: true; readonly runbook: Runbook }
  | { readonly ok: false; readonly problems: readonly RunbookProblem[] };

interface Block {
  readonly info: string;
  readonly body: readonly string[];
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly proseBefore: string;
}

type Attributes = ReadonlyMap<string, string>;

const known: Readonly<Record<string, readonly string[]>> = {
  step: ['step', 'exit', 'check', 'consent'],
  values: ['values', 'scenario'],
};

/** Reads a runbook: Markdown in which the shell blocks with `step="…"` are its steps, in their order. */
export function parseRunbook(name: string, text: string): ParsedRunbook {
  const problems: RunbookProblem[] = [];
  const { blocks, rest } = readBlocks(text, problems);
  const steps: RunbookStep[] = [];
  let values: readonly RunbookValue[] = [];
  let scenario = 'incident';
  let prose: string[] = [];
  for (const block of blocks) {
    prose.push(block.proseBefore);
    const attributes = readAttributes(block, problems);
    if (attributes === undefined) continue;
    if (attributes.has('values')) {
      values = readValues(block, problems);
      scenario = attributes.get('scenario') ?? scenario;
    } else if (attributes.has('step')) {
      steps.push(readStep(block, { attributes, explanation: joined(prose), problems }));
      prose = [];
    } else {
      // To read, not to run: a part of what explains the next step.
      prose.push(['```', ...block.body, '```'].join('\n'));
    }
  }
  const title = /^# (.+)$/m.exec(text)?.[1]?.trim();
  if (title === undefined) problems.push({ line: 1, message: 'no title: begin with "# What it is for"' });
  if (steps.length === 0) problems.push({ line: 1, message: 'no steps: a step is a block that begins ```sh step="…"' });
  problems.push(...sameTitles(steps));
  if (title === undefined || problems.length > 0) return { ok: false, problems };
  const runbook = { name, title, scenario, values, steps, text };
  return { ok: true, runbook: { ...runbook, afterwards: joined([...prose, rest]) } };
}

function readBlocks(text: string, problems: RunbookProblem[]): { blocks: readonly Block[]; rest: string } {
  const blocks: Block[] = [];
  let prose: string[] = [];
  let open: { info: string; body: string[]; line: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) (open?.body ?? prose).push(line);
    else if (open === undefined) open = { info: fence[1]?.trim() ?? '', body: [], line: index + 1 };
    else {
      blocks.push({ ...open, proseBefore: prose.join('\n').trim() });
      open = undefined;
      prose = [];
    }
  }
  if (open !== undefined) problems.push({ line: open.line, message: 'this block is never closed: add ```' });
  return { blocks, rest: prose.join('\n').trim() };
}

/** Undefined for a block that is not sh or has no attributes: an example, a transcript. */
function readAttributes({ info, line }: Block, problems: RunbookProblem[]): Attributes | undefined {
  const [, language = '', words = ''] = /^(\S*)(?:\s+(.*))?$/.exec(info) ?? [];
  if (words === '') return undefined;
  const read = language === 'sh' ? readWords(words) : `${language}: steps and values are blocks of sh`;
  const found = typeof read === 'string' ? [read] : wrongNames(read);
  problems.push(...found.map((message) => ({ line, message })));
  return typeof read === 'string' || !(read.has('step') || read.has('values')) ? undefined : read;
}

/** The attributes of an info string, or why they cannot be read. */
function readWords(words: string): Attributes | string {
  const attributes = new Map<string, string>();
  const pattern = /([a-z]+)(?:=("[^"]*"|'[^']*'|[^\s"']+))?(?:\s+|$)/y;
  while (pattern.lastIndex < words.length) {
    const at = pattern.lastIndex;
    const [, name, value = ''] = pattern.exec(words) ?? [];
    if (name === undefined) return `cannot read ${words.slice(at)}: attributes are name="value"`;
    if (attributes.has(name)) return `${name} stands there twice`;
    attributes.set(name, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return attributes;
}

function wrongNames(attributes: Attributes): readonly string[] {
  const kind = ['step', 'values'].find((each) => attributes.has(each));
  if (kind === undefined) return ['neither step="…" nor values'];
  const accepted = known[kind] ?? [];
  return [...attributes.keys()]
    .filter((name) => !accepted.includes(name))
    .map((name) => `${name}: unknown; accepted are ${accepted.join(', ')}`);
}

function readStep(
  { body, line }: Block,
  context: { readonly attributes: Attributes; readonly explanation: string; readonly problems: RunbookProblem[] },
): RunbookStep {
  const { attributes, explanation, problems } = context;
  const title = attributes.get('step') ?? '';
  const exit = attributes.get('exit') ?? '0';
  const commands = body.join('\n').trim();
  if (title === '') problems.push({ line, message: 'the step has no title: step="What it does"' });
  if (commands === '') problems.push({ line, message: `step ${title}: no command` });
  if (!/^\d{1,3}(,\d{1,3})*$/.test(exit)) {
    problems.push({ line, message: `exit=${exit}: expected exit codes such as 0 or 0,1` });
  }
  const exits = exit.split(',').map(Number);
  const { check, consent } = { check: attributes.get('check'), consent: attributes.get('consent') };
  return { title, commands, explanation, exits, check, consent, line };
}

function readValues({ body, line }: Block, problems: RunbookProblem[]): readonly RunbookValue[] {
  return body.flatMap((text, index) => {
    if (text.trim() === '') return [];
    const match = /^([A-Z][A-Z0-9_]*)=([^\s'"$`#]*)(?:\s+#\s*(.*))?$/.exec(text);
    if (match !== null) return [{ name: match[1] ?? '', example: match[2] ?? '', about: match[3] ?? '' }];
    problems.push({ line: line + index + 1, message: `${text.trim()}: expected NAME=example  # what it is` });
    return [];
  });
}

/** Progress is told by title: two of one name could not be kept apart. */
function sameTitles(steps: readonly RunbookStep[]): readonly RunbookProblem[] {
  const seen = new Set<string>();
  return steps.flatMap(({ title, line }) => {
    if (!seen.has(title)) {
      seen.add(title);
      return [];
    }
    return [{ line, message: `another step is called ${title}, too` }];
  });
}

/** Without the title, which is told once. */
function joined(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .replace(/^# .+\n*/, '')
    .trim();
}
