type Ending = () => Promise<void> | void;

const ofTest: Ending[] = [];
const ofFile: Ending[] = [];

/** Has something ended, closed or removed when the test is over. */
export function atEndOfTest(ending: Ending): void {
  ofTest.push(ending);
}

/** The same when the last test of its file is over. */
export function atEndOfFile(ending: Ending): void {
  ofFile.push(ending);
}

/** What was opened last is ended first. */
async function end(endings: Ending[]): Promise<void> {
  for (let ending = endings.pop(); ending !== undefined; ending = endings.pop()) await ending();
}

export const endOfTest = (): Promise<void> => end(ofTest);
export const endOfFile = (): Promise<void> => end(ofFile);
