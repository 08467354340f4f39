import type { Pod, Terminated } from '../../cluster/kubernetes-pod.ts';
import { containerId } from '../closer-questions.ts';
import type { Scene } from '../diagnosis-scene.ts';

/** What shells and the kernel mean by an exit code. */
const meanings: ReadonlyMap<number, string> = new Map([
  [126, 'the command cannot be executed'],
  [127, 'the command was not found'],
  [128, 'the container could not be started'],
  [134, 'it aborted itself'],
  [137, 'it was killed'],
  [139, 'it read memory that is not its own'],
  [143, 'it was asked to end'],
]);

/** `with exit code 137 (it was killed)`. */
export function howEnded({ exitCode = 0, signal }: Terminated): string {
  const meaning = meanings.get(exitCode);
  const how = signal ? `by signal ${signal}` : `with exit code ${exitCode}`;
  return `${how}${meaning === undefined ? '' : ` (${meaning})`}`;
}

/** What a container said last, in its log or for its end, free of values. */
export function saidAtEnd(
  { snapshot, lastWords }: Pick<Scene, 'snapshot' | 'lastWords'>,
  { metadata }: Pod,
  { name, ended }: { readonly name: string; readonly ended: Terminated | undefined },
): string | undefined {
  const { namespace = '' } = metadata;
  const said = snapshot.closer?.lastWords.get(containerId({ namespace, pod: metadata.name, container: name }));
  return said ?? (ended?.message === undefined ? undefined : lastWords(namespace, ended.message));
}
