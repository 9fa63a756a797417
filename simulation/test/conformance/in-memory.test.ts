import { describe } from '@jest/globals';
import { describeEvents } from './event-cases.js';
import { openInMemoryDriver } from './in-memory-driver.js';
import { describeRsvpPush } from './rsvp-push-cases.js';

describe('in memory', () => {
  describeRsvpPush(openInMemoryDriver);
  describeEvents(openInMemoryDriver);
});
