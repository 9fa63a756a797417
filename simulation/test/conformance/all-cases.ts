import type { OpenDriver } from './driver.js';
import { describeEvents } from './event-cases.js';
import { describeInbox } from './inbox-cases.js';
import { describeMailGuard } from './mail-guard-cases.js';
import { describeRsvps } from './rsvp-cases.js';

/** What every implementation of the stores keeps: Postgres, and the tables of a simulated run. */
export function describeStores(open: OpenDriver): void {
  describeRsvps(open);
  describeEvents(open);
  describeInbox(open);
  describeMailGuard(open);
}
