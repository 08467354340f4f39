import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/adapters/system-clock.ts';

test('sleep ends at once with "interrupted" when the signal fires, or has fired', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort();
  await expect(sleeping).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toMatchObject({ code: 'interrupted' });
});

test('sleep takes its time, measured by a clock that only moves forward', async () => {
  const start = systemClock.monotonic();
  await systemClock.sleep(5, new AbortController().signal);
  expect(systemClock.monotonic() - start).toBeGreaterThan(3);
});
