import { describe } from '@jest/globals';
import { describeEvents } from './event-cases.js';
import { openPostgresDriver } from './postgres-driver.js';
import { describeRsvpPush } from './rsvp-push-cases.js';

describe('Postgres', () => {
  describeRsvpPush(openPostgresDriver);
  describeEvents(openPostgresDriver);
});
