import { abortCommand } from '../../core/drill/drill-command.ts';
import { asTyped } from '../../render/typed-program.ts';
import type { Session } from '../session.ts';

/**
 * From the first thing that a drill changes until all is as it was, an interruption only makes it turn back. It is
 * answered at once: whoever hears nothing presses Ctrl-C again.
 */
export function holdThrough({ deps }: Session, namespace: string): () => void {
  const { signal, terminal } = deps;
  const say = (): void => {
    terminal.err('interrupted: everything is put back first, which takes a moment');
  };
  signal.addEventListener('abort', say);
  const abort = asTyped(abortCommand({ namespace }), terminal.program);
  const release = deps.holdOn(
    `everything is still being put back. If it has to be killed: kill -9 ${deps.processId},\nthen ${abort}`,
  );
  return () => {
    signal.removeEventListener('abort', say);
    release();
  };
}

export function withSignal(session: Session, signal: AbortSignal): Session {
  return { ...session, deps: { ...session.deps, signal } };
}

/** Whatever stopped a drill must not stop its way back. */
export function uninterrupted(session: Session): Session {
  return withSignal(session, new AbortController().signal);
}
