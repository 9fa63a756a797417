import { describe } from '@jest/globals';
import { openInMemoryDriver } from './in-memory-driver.js';
import { describeRsvpPush } from './rsvp-push-cases.js';

describe('in memory', () => {
  describeRsvpPush(openInMemoryDriver);
});
