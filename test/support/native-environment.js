import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** A clock that is played is the clock of the tests, which do not run in a world of their own. */
export default class NativeEnvironment extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    const Timers = this.fakeTimersModern.constructor;
    this.fakeTimersModern = new Timers({ config: config.projectConfig, global: globalThis });
  }
}
