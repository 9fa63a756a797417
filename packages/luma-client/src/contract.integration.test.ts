import { afterEach, describe, expect, it } from '@jest/globals';
import { useSimulator } from '../test/against-simulator.js';
import { calendarTrials } from '../test/trials/calendar-trials.js';
import { commerceTrials } from '../test/trials/commerce-trials.js';
import { eventTrials } from '../test/trials/event-trials.js';
import { guestTrials } from '../test/trials/guest-trials.js';
import type { Trials } from '../test/trials/trial.js';
import { webhookTrials } from '../test/trials/webhook-trials.js';
import { ENDPOINTS } from './endpoint.js';
import type { LumaApi } from './luma-api.js';

/** A method of the client that is not tried here does not compile. */
const trials: Trials<Exclude<keyof LumaApi, 'waitForSlot'>> = {
  ...calendarTrials,
  ...eventTrials,
  ...guestTrials,
  ...commerceTrials,
  ...webhookTrials,
};

/**
 * The family that Luma keeps for older integrations: names in the singular, and webhooks below their second version.
 */
const OLD_PATH = /\/v1\/(user|entity|event|calendar)\/|\/v1\/webhooks\/(get|create|update)/;

const stage = useSimulator();
const answered = new Set<string>();
afterEach(() => {
  for (const { method, path, status } of stage.sim.control.log()) if (status === 200) answered.add(`${method} ${path}`);
});

describe('every method of the client against the simulator', () => {
  it.each(Object.entries(trials))(
    '%s: the answer reads as the recorded shape, and no request is outside of Luma’s document',
    async (_method, trial) => {
      await trial.good(stage);
      expect(stage.sim.control.outside()).toEqual({ count: 0, entries: [] });
    },
  );
  it.each(Object.entries(trials))('%s: bad input is refused in a way one can act on', (_method, trial) =>
    trial.bad(stage),
  );

  it('T19 all of it went over the present paths, each of which the simulator knows', () => {
    const present = Object.values(ENDPOINTS).map(({ method, path }) => `${method} ${path}`);
    expect([...answered].sort()).toEqual(present.sort());
    expect([...answered].filter((line) => OLD_PATH.test(line))).toEqual([]);
  });
});
