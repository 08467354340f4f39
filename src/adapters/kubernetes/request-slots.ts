/** Lets so many tasks run at once and has the others wait for their turn. */
export class RequestSlots {
  readonly #waiting: { readonly begin: () => void; readonly refuse: (reason: unknown) => void }[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((begin, refuse) => this.#waiting.push({ begin, refuse }));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next.begin();
    }
  }

  /** All that still wait fail for this reason. */
  refuseWaiting(reason: unknown): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason);
  }
}
