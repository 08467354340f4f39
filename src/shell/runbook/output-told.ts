/** Some of what a step prints, line by line. */
export interface OutputTold {
  onLine(line: string): void;
  /** Tells what was held back at the end. */
  release(): void;
}

const title = /^c2l [a-z -]+ {2}\d{4}-\d\d-\d\d /;

/**
 * What a command names as its next is told where its step failed: otherwise the next step is what comes next. Where it
 * looked it has said on standard error before, at the same terminal.
 */
export function outputTold(tell: (line: string) => void): OutputTold {
  let held: string[] = [];
  let isHead = false;
  let isPlace = false;
  const release = (): void => {
    held.forEach(tell);
    held = [];
  };
  return {
    onLine: (line) => {
      isPlace = line !== '' && (isPlace || (isHead && line.startsWith('context ')));
      isHead = title.test(line);
      if (isPlace) return;
      const isMore = held.length > 0 && line.startsWith(' '.repeat('next: '.length));
      if (!isMore) release();
      if (isMore || line.startsWith('next: ')) held.push(line);
      else tell(line);
    },
    release,
  };
}
