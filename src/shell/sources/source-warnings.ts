import type { Terminal } from '../../ports.ts';

/** What there is to say against the answers of one source, told when all have been looked at: one line for each reason. */
export class SourceWarnings {
  readonly #terminal: Pick<Terminal, 'err'>;
  readonly #label: string;
  readonly #unused = new Map<string, { readonly name: string; readonly place: string }[]>();
  readonly #encoded: string[] = [];
  readonly #verbatim: string[] = [];
  readonly #single: string[] = [];
  readonly #failures = new Set<string>();

  constructor(terminal: Pick<Terminal, 'err'>, label: string) {
    this.#terminal = terminal;
    this.#label = label;
  }

  /** A value that is there and is none for its key; `reason` is what each of several such is. */
  unused(name: string, place: string, reason: string): void {
    this.#unused.set(reason, [...(this.#unused.get(reason) ?? []), { name, place }]);
  }

  /** A value that is used as a backup stored it, which would be doubted elsewhere. */
  verbatim(name: string, place: string, doubt: string): void {
    this.#verbatim.push(`${name} in ${place} ${doubt}, as what ran did: used as it is`);
  }

  /** A value that is used, and seems to have been encoded. */
  encoded(name: string): void {
    this.#encoded.push(name);
  }

  unusable(name: string, reason: string): void {
    this.#single.push(`${name} in ${this.#label}: ${reason}`);
  }

  /** Why the source gave no answer. */
  failed(reason: string): void {
    this.#failures.add(reason);
  }

  tell(): void {
    for (const [reason, all] of this.#unused) {
      const [first] = all;
      const names = all.map(({ name }) => name).join(', ');
      this.#warn(
        all.length === 1
          ? `${names} in ${first?.place ?? this.#label} ${reason}: not used`
          : `${names} in ${this.#label}: each ${reason}: not used`,
      );
    }
    for (const text of [...this.#verbatim, ...this.#single]) this.#warn(text);
    if (this.#encoded.length > 0) {
      const what = `base64 of a text, as kubectl prints it, and used as it is: ${this.#encoded.join(', ')}`;
      this.#warn(`${this.#label}: ${what}`);
    }
    for (const reason of this.#failures) this.#warn(`${this.#label} could not be asked: ${reason}`);
  }

  #warn(text: string): void {
    this.#terminal.err(`warning: ${text}`);
  }
}
