/** What a person has to type to start this program again: by npx, or as a plugin alone, it is not on the PATH. */
export function typedProgram(env: Readonly<Record<string, string | undefined>>, startedAs = ''): string {
  if (/(?:^|[\\/])kubectl-c2l(?:\.exe)?$/.test(startedAs)) return 'kubectl c2l';
  const { npm_command: command, npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = env;
  return command === 'exec' && event === 'npx' && /^'?c2l'?(?: |$)/.test(script) ? 'npx c2l' : 'c2l';
}

/** Commands of c2l, alone or in a sentence, as they are typed there. */
export function asTyped(words: string, program: string): string {
  return program === 'c2l' ? words : words.replace(/(?<!\S|kubectl )c2l (?=[a-z-])/g, `${program} `);
}

/** A page of help: its usage and its examples; what it tells of c2l in sentences is no command. */
export function helpAsTyped(page: string, program: string): string {
  return page
    .replace(/^Usage: c2l(?= |$)/gm, `Usage: ${program}`)
    .replace(/^ {2}c2l .*$/gm, (example) => asTyped(example, program));
}
