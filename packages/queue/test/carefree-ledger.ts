import type { Ledger } from '../src/index.js';

/**
 * Every operation exists, is free and is an `event.push`; nothing is kept. For tests of the code between Redis and a
 * run.
 */
export const carefreeLedger: Ledger = {
  begin: async ({ id }) => ({
    kind: 'begun',
    operation: {
      id,
      job: 'event.push',
      payload: { eventId: id },
      eventId: id,
      calendarId: null,
      attempts: 0,
      crashes: 0,
      slowTries: 0,
      trigger: 'api',
      createdAt: new Date(),
      deadlineAt: new Date(Date.now() + 3_600_000),
      checkpoint: null,
    },
  }),
  heartbeat: async () => true,
  report: async () => {},
  finish: async () => true,
  noteWait: async () => {},
  giveUp: async () => true,
  requeue: async (_run, { waitMs }) => new Date(Date.now() + waitMs),
  park: async (_run, { waitMs }) => new Date(Date.now() + waitMs),
  hasProgressed: async () => false,
};
