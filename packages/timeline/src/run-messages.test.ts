import { describe, it } from '@jest/globals';
import { expectRendered, type Row } from '../test/expect-rendered.js';
import type { RunFact } from './facts.js';

const run = {
  fact: 'run',
  job: 'event.push',
  trigger: 'api',
  askedBy: 'shop',
  ending: { kind: 'done', details: {} },
  requests: [],
  requestsMore: 0,
} satisfies RunFact;
const request = { method: 'GET', path: '/v1/events/get', status: 200, durationMs: 40, code: null };

describe('the messages of runs', () => {
  it.each<Row>([
    [
      {
        ...run,
        ending: { kind: 'done', details: { lumaEventId: 'evt-1', sent: 2, taken: 0 } },
        requests: [{ ...request, method: 'POST', path: '/v1/events/update', durationMs: 81 }, request],
      },
      'answered',
      'luma-sync',
      'Push of the event ended well: sent 2. 2 requests to Luma: update the event (200, 81 ms); read the event ' +
        '(200, 40 ms). Asked for by the app (shop).',
    ],
    [
      { ...run, job: 'rsvp.push', askedBy: 'event.push', requests: [request] },
      'answered',
      'luma-sync',
      'Push of answers ended well; nothing changed. One request to Luma: read the event (200, 40 ms). Follows ' +
        'from: push of the event.',
    ],
    [
      { ...run, job: 'event.pull', trigger: 'manual', requests: [request] },
      'answered',
      'luma-sync',
      'Look at the event ended well; nothing changed. One request to Luma: read the event (200, 40 ms). Asked ' +
        'for by hand (shop).',
    ],
    [
      {
        ...run,
        job: 'rsvp.push',
        trigger: 'scheduled',
        requests: Array.from({ length: 12 }, () => ({ ...request, path: '/v1/events/guests/get', durationMs: 10 })),
        requestsMore: 5,
      },
      'answered',
      'luma-sync',
      'Push of answers ended well; nothing changed. 17 requests to Luma: read a guest ×12 (200, 120 ms), and 5 ' +
        'more. Asked for by the schedule.',
    ],
    [
      { ...run, ending: { kind: 'skipped', reason: 'already-pushed' } },
      'skipped',
      'luma-sync',
      'Push of the event: nothing was done, Luma has this revision. Asked for by the app (shop).',
    ],
    [
      { ...run, trigger: 'webhook', job: 'new.job', ending: { kind: 'skipped', reason: 'some-new-reason' } },
      'skipped',
      'luma-sync',
      'new.job: nothing was done, some new reason.',
    ],
    [
      {
        ...run,
        ending: { kind: 'waiting', code: 'limiter.budget', message: 'waits', until: '2030-01-02T14:03:20.500Z' },
      },
      'waiting',
      'luma-sync',
      'Push of the event waits until 14:03:20 UTC: the request budget is spent (limiter.budget). Asked for by ' +
        'the app (shop).',
    ],
    [
      {
        ...run,
        ending: {
          kind: 'retry',
          code: 'luma.unavailable',
          message: 'POST /v1/events/update was answered 503',
          attempt: 2,
        },
        requests: [{ ...request, method: 'POST', path: '/v1/events/update', status: 503, code: 'luma.unavailable' }],
      },
      'failed',
      'luma-sync',
      'Push of the event failed in attempt 2 and is tried again: POST /v1/events/update was answered 503 ' +
        '(luma.unavailable). One request to Luma: update the event (503, luma.unavailable, 40 ms). Asked for by ' +
        'the app ' +
        '(shop).',
    ],
    [
      {
        ...run,
        ending: { kind: 'failed', code: 'luma.rejected', message: 'Luma says no', attempt: 1 },
        requests: [{ ...request, path: '/v9/new', status: null, code: 'luma.outcome_unknown' }],
      },
      'failed',
      'luma-sync',
      'Push of the event failed in attempt 1, the last: Luma says no (luma.rejected). One request to Luma: GET ' +
        '/v9/new (no answer, luma.outcome_unknown, 40 ms). Asked for by the app (shop).',
    ],
    [
      { ...run, ending: { kind: 'interrupted' } },
      'waiting',
      'luma-sync',
      'Push of the event was interrupted by a shutdown or a lost lease, and goes on. Asked for by the app (shop).',
    ],
    [
      {
        ...run,
        job: 'inbox.apply',
        trigger: 'webhook',
        ending: { kind: 'done', details: { type: 'event.updated', applied: 'unchanged' } },
      },
      'skipped',
      'luma-sync',
      'Webhook event.updated: nothing new; an echo of our own push, or seen before.',
    ],
    [
      {
        ...run,
        job: 'inbox.apply',
        trigger: 'webhook',
        ending: { kind: 'done', details: { type: 'guest.updated', applied: 'updated' } },
        requests: [{ ...request, path: '/v1/events/guests/get' }],
      },
      'observed',
      'luma-sync',
      'Webhook guest.updated: news. One request to Luma: read a guest (200, 40 ms).',
    ],
  ])('%j', expectRendered);
});
