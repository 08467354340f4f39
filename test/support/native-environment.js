import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** What the language itself has: all but the functions that belong to Node. */
const builtIns = Object.entries(Object.getOwnPropertyDescriptors(globalThis)).filter(
  ([name, { value }]) => /^[A-Z]/.test(name) && typeof value === 'function' && /\[native code\]/.test(String(value)),
);

/**
 * What compares and reports runs in a world of its own, where `expect.any(String)` has to be the `String` of the tests, and
 * a clock that is played the clock of the tests.
 */
export default class NativeEnvironment extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const [name, descriptor] of builtIns) Object.defineProperty(this.global, name, descriptor);
    const Timers = this.fakeTimersModern.constructor;
    this.fakeTimersModern = new Timers({ config: config.projectConfig, global: globalThis });
  }
}
