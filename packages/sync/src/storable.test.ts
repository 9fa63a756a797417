import { describe, expect, it } from '@jest/globals';
import { toObservedEventState } from './event/observe-event.js';
import { toObservedGuest } from './guests/observe-guest.js';
import { toStorable } from './storable.js';

/** An emoji cut in half, as a careless shortening leaves it. */
const HALF = '🎉'.slice(0, 1);

describe('toStorable', () => {
  it('replaces what Postgres refuses, however deep, and leaves the rest as it is', () => {
    const given = { name: `a${HALF}b\u0000`, list: ['🎉', null, 7, true], at: { [`k${HALF}`]: undefined } };
    expect(toStorable(given)).toEqual({
      name: 'a\ufffdb\ufffd',
      list: ['🎉', null, 7, true],
      at: { 'k\ufffd': undefined },
    });
  });
});

describe('one guest or event that Postgres would refuse', () => {
  it('does not take the page down that it stands on', () => {
    const guest = {
      id: 'gst-1',
      user_email: 'ada@example.org',
      user_name: `Ada ${HALF}`,
      approval_status: 'approved',
      registration_answers: [{ label: 'Topics', value: [`\u0000${HALF}`] }],
    };
    const observed = toObservedGuest(guest as unknown as Parameters<typeof toObservedGuest>[0]);
    expect(observed.name).toBe('Ada \ufffd');
    expect(JSON.stringify(observed)).not.toMatch(/\\u0000|\\ud83c/);
    const event = {
      id: 'evt-1',
      name: `Party ${HALF}`,
      description_md: `a\u0000${HALF}`,
      start_at: '',
      end_at: '',
      timezone: 'UTC',
    };
    const state = toObservedEventState(event as unknown as Parameters<typeof toObservedEventState>[0]);
    expect(state).toMatchObject({ title: 'Party \ufffd', description: 'a\ufffd\ufffd' });
  });
});
