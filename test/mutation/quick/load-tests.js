import { createRequire } from 'node:module';

let change = 0;

/** A memory that holds for one change: what was worked out with another may be wrong. */
globalThis.MapOfOneChange = class extends WeakMap {
  #known = change;
  #map = new WeakMap();
  get(key) {
    return this.#known === change ? this.#map.get(key) : undefined;
  }
  has(key) {
    return this.#known === change && this.#map.has(key);
  }
  set(key, value) {
    if (this.#known !== change) this.#map = new WeakMap();
    this.#known = change;
    this.#map.set(key, value);
    return this;
  }
};

export function nextChange() {
  change += 1;
}

/** What the bundle asks which change is on, and tells what was reached. */
export const stryker = { mutantCoverage: { static: {}, perTest: {} } };
globalThis.__stryker__ = stryker;
process.on('unhandledRejection', () => undefined);

export const loadTests = (file) => createRequire(import.meta.url)(file);
