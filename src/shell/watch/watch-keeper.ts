import type { WatchState } from '../../core/watch/watch-state.ts';
import type { WatchStateFile } from '../../watch-ports.ts';

/** Holds the state and writes every change of it, one after the other. */
export class WatchKeeper {
  #state: WatchState;
  #failedSaves = 0;
  #saved: Promise<void> = Promise.resolve();
  readonly #file: Pick<WatchStateFile, 'save'>;
  readonly #warn: (line: string) => void;

  constructor(found: WatchState, file: Pick<WatchStateFile, 'save'>, warn: (line: string) => void) {
    this.#state = found;
    this.#file = file;
    this.#warn = warn;
  }

  get state(): WatchState {
    return this.#state;
  }

  get failedSaves(): number {
    return this.#failedSaves;
  }

  /** Resolves when the change is on the disk. A full disk makes nobody blind: it is told, and watching goes on. */
  async change(next: (state: WatchState) => WatchState): Promise<void> {
    this.#state = next(this.#state);
    const { state } = this;
    this.#saved = this.#saved.then(() => this.#save(state));
    await this.#saved;
  }

  async #save(state: WatchState): Promise<void> {
    try {
      await this.#file.save(state);
    } catch (error) {
      this.#failedSaves += 1;
      const code = (error as { code?: unknown }).code;
      this.#warn(`warning: the state cannot be saved (${typeof code === 'string' ? code : 'unknown error'})`);
    }
  }
}
