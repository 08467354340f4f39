import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

const timeLimit = Symbol.for('TEST_TIMEOUT_SYMBOL');

/** The tests do not run in a world of their own: a clock that is played is theirs, and so is a time limit that a file sets. */
export default class NativeEnvironment extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    delete globalThis[timeLimit];
    Object.defineProperty(this.global, timeLimit, { configurable: true, set: (ms) => (globalThis[timeLimit] = ms) });
    const Timers = this.fakeTimersModern.constructor;
    this.fakeTimersModern = new Timers({ config: config.projectConfig, global: globalThis });
  }
}
