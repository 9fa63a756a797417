import { describe, expect, it } from '@jest/globals';
import type { Event, Rsvp } from '@luma-sync/client';
import type { SimEvent, SimGuest } from '../environment/luma.js';
import type { Load } from '../plan/load.js';
import { Book } from '../play/book.js';
import { toEvent } from '../play/to-event.js';
import { findDuplicated } from './find-duplicated.js';
import { findLost } from './find-lost.js';
import { findMails } from './find-mails.js';
import type { Sides } from './read-sides.js';

const load: Load = {
  concurrency: 1,
  events: [{ number: 0, role: 'coupons' }],
  acts: [],
  fromBothSides: new Set(),
  poison: null,
};

/** One event with one guest, the same on both sides, mailed a coupon; each test breaks one thing. */
function inStep() {
  const body = toEvent(0);
  const book = new Book();
  book.events.set(0, { body, isSure: true });
  book.noteRsvp('0 member-1', 'put-rsvp', 'going', true);
  const event = {
    externalId: 'event-0',
    source: 'app',
    title: body.title,
    description: body.description,
    startsAt: body.startsAt,
    endsAt: body.endsAt,
    timezone: body.timezone ?? '',
    location: { name: 'Hall', address: body.location?.address ?? null },
    visibility: 'public',
    capacity: body.capacity,
    luma: { eventId: 'evt-1' },
    sync: { state: 'synced' },
  } as Event;
  const rsvp = {
    email: 'member-1@example.org',
    status: 'going',
    checkedInAt: null,
    luma: { guestId: 'gst-1' },
  } as Rsvp;
  const guest: SimGuest = {
    id: 'gst-1',
    email: 'member-1@example.org',
    status: 'approved',
    adds: 1,
    tickets: [{ id: 'tkt-1' }],
    checkedInAt: null,
  };
  const there: SimEvent = {
    id: 'evt-1',
    name: body.title,
    startAt: body.startsAt,
    endAt: body.endsAt ?? '',
    timezone: body.timezone ?? '',
    visibility: 'public',
    descriptionMd: body.description ?? '',
    maxCapacity: body.capacity ?? null,
    geoAddress: { address: `Hall, ${body.location?.address}` },
    guests: [guest],
  };
  const sides: Sides = {
    ours: [{ event, rsvps: [rsvp] }],
    theirs: [there],
    counters: {
      requests: 9,
      eventsCreated: 1,
      breaches: 0,
      lockouts: 0,
      outsideDocument: 0,
      maxInAnyWindow: 9,
      webhooks: { pending: 0, attempts: 3, lost: 0, copies: 0 },
      duplicates: { guests: [], events: [] },
    },
    lumaMails: [],
    mailbox: [{ to: ['member-1@example.org'], subject: 'Your code', text: 'CHAOS-00001' }],
  };
  return { book, sides, event, rsvp, guest, there };
}

const judge = ({ book, sides }: ReturnType<typeof inStep>, mayMail = false) => {
  const mails = findMails(load, book, sides, mayMail);
  return {
    lost: [...findLost(load, book, sides), ...mails.missing],
    duplicated: findDuplicated(load, book, sides),
    unwanted: mails.unwanted,
  };
};
const lumaMail = (kind: string, to = 'member-1@example.org') => ({
  at: '',
  kind,
  by: 'api' as const,
  eventId: 'evt-1',
  to,
});

describe('a verdict', () => {
  it('is clean when both sides are equal and what was accepted is there', () => {
    expect(judge(inStep())).toEqual({ lost: [], duplicated: [], unwanted: [] });
  });

  const losses: [string, (environment: ReturnType<typeof inStep>) => void][] = [
    [
      'an event that Luma does not have',
      ({ sides }) => {
        sides.theirs = [];
      },
    ],
    [
      'an event that we do not have',
      ({ sides }) => {
        sides.ours = [];
      },
    ],
    [
      'a field that differs',
      ({ there }) => {
        there.timezone = 'UTC';
      },
    ],
    [
      'an address that differs',
      ({ there }) => {
        there.geoAddress = { address: 'elsewhere' };
      },
    ],
    [
      'an accepted edit that is on neither side',
      ({ event, there }) => {
        event.capacity = 5;
        there.maxCapacity = 5;
      },
    ],
    [
      'a guest that Luma does not have',
      ({ there }) => {
        there.guests = [];
      },
    ],
    ['a guest that we do not have', ({ sides }) => void (sides.ours[0] as { rsvps: Rsvp[] }).rsvps.pop()],
    [
      'a status that differs',
      ({ guest }) => {
        guest.status = 'waitlist';
      },
    ],
    [
      'an accepted answer that is on neither side',
      ({ rsvp, guest }) => {
        rsvp.status = 'waitlist';
        guest.status = 'waitlist';
      },
    ],
    [
      'a check-in that did not come here',
      ({ guest }) => {
        guest.checkedInAt = '2030-01-01T00:00:00.000Z';
      },
    ],
    ['somebody who declined there and was approved again', ({ book }) => void book.declinedAtLuma.add('0 member-1')],
    ['somebody who registered there and is gone', ({ book }) => void book.registered.add('0 visitor-1')],
    [
      'an event that a host moved, and that is where it was',
      ({ book }) => void book.movedTo.set(0, { startsAt: new Date(0), endsAt: new Date(1) }),
    ],
    ['a command that was refused', ({ book }) => void book.refused.push('event 0: 422')],
    [
      'somebody with a place and without a coupon',
      ({ sides }) => {
        sides.mailbox = [];
      },
    ],
  ];
  it.each(losses)('finds %s', (_what, breakIt) => {
    const environment = inStep();
    breakIt(environment);
    expect(judge(environment).lost.length).toBeGreaterThan(0);
  });

  describe('with a poison', () => {
    const poisoned = (target: 'event' | 'guest'): Load => ({
      ...load,
      poison: { target, death: 'kill', event: 200, person: 'poison-200', innocents: [] },
    });

    it('asks nothing of an event whose push kills, and of the others all that it asked before', () => {
      const environment = inStep();
      const body = toEvent(200);
      environment.book.events.set(200, { body, isSure: true });
      const event = { ...environment.event, ...body, externalId: 'event-200', luma: null } as Event;
      environment.sides.ours.push({ event, rsvps: [] });
      expect(findLost(poisoned('event'), environment.book, environment.sides)).toEqual([]);
      expect(findLost(poisoned('guest'), environment.book, environment.sides)).toHaveLength(1);
      environment.sides.theirs = [];
      expect(findLost(poisoned('event'), environment.book, environment.sides)).toHaveLength(1);
    });

    it('counts one create less, since the poison’s is never sent', () => {
      const environment = inStep();
      environment.book.events.set(200, { body: toEvent(200), isSure: true });
      environment.sides.counters.eventsCreated = 2;
      expect(findDuplicated(poisoned('event'), environment.book, environment.sides)).toHaveLength(1);
      expect(findDuplicated(poisoned('guest'), environment.book, environment.sides)).toEqual([]);
    });

    it('asks nothing of a guest whose push kills, and of the same event’s others all that it asked before', () => {
      const environment = inStep();
      const guest = { ...environment.rsvp, email: 'poison-200@example.org', luma: null } as Rsvp;
      environment.sides.ours[0]?.rsvps.push(guest);
      expect(findLost(poisoned('guest'), environment.book, environment.sides)).toEqual([]);
      expect(findLost(poisoned('event'), environment.book, environment.sides)).toHaveLength(1);
      environment.there.guests = [];
      expect(findLost(poisoned('guest'), environment.book, environment.sides)).toHaveLength(1);
    });

    it('finds an operation beside it whose event never came to Luma', () => {
      const environment = inStep();
      environment.book.events.set(201, { body: toEvent(201), isSure: true });
      expect(findLost(poisoned('event'), environment.book, environment.sides)).toEqual([
        'event 201 was accepted and is not here',
      ]);
    });
  });

  const doubles: [string, (environment: ReturnType<typeof inStep>) => void][] = [
    [
      'an event created twice, though one is gone',
      ({ sides }) => {
        sides.counters.eventsCreated = 2;
      },
    ],
    [
      'two events with one name',
      ({ sides }) => void sides.counters.duplicates.events.push({ name: 'x', startAt: '', count: 2 }),
    ],
    [
      'two guests with one address',
      ({ sides }) => void sides.counters.duplicates.guests.push({ eventId: 'evt-1', email: 'x', count: 2 }),
    ],
    ['a second ticket', ({ guest }) => void guest.tickets.push({ id: 'tkt-2' })],
    [
      'two RSVPs for one guest',
      ({ sides, rsvp }) => void sides.ours[0]?.rsvps.push({ ...rsvp, email: 'other@example.org' }),
    ],
    [
      'one code for two people',
      ({ sides }) => void sides.mailbox.push({ to: ['x@example.org'], subject: '', text: 'CHAOS-00001' }),
    ],
  ];
  it.each(doubles)('finds %s', (_what, breakIt) => {
    const environment = inStep();
    breakIt(environment);
    expect(judge(environment).duplicated.length).toBeGreaterThan(0);
  });

  it('finds each mail of Luma’s because of us where none is allowed', () => {
    const environment = inStep();
    environment.sides.lumaMails = [lumaMail('guest-added'), { ...lumaMail('guest-registered'), by: 'luma' }];
    expect(judge(environment).unwanted).toHaveLength(1);
  });

  it('with leave allows one mail for each answer, and no other kind', () => {
    const environment = inStep();
    environment.sides.lumaMails = [lumaMail('guest-added')];
    expect(judge(environment, true).unwanted).toEqual([]);
    environment.sides.lumaMails = [lumaMail('guest-added'), lumaMail('guest-added')];
    expect(judge(environment, true).unwanted).toHaveLength(1);
    environment.sides.lumaMails = [lumaMail('event-updated'), lumaMail('guest-status', 'visitor-9@example.org')];
    expect(judge(environment, true).unwanted).toHaveLength(2);
  });

  it('finds a second coupon mail, and one to somebody who is nobody’s guest', () => {
    const environment = inStep();
    environment.sides.mailbox.push(
      { to: ['member-1@example.org'], subject: '', text: 'CHAOS-00002' },
      { to: ['stranger@example.org'], subject: '', text: 'CHAOS-00003' },
    );
    expect(judge(environment).unwanted).toHaveLength(2);
  });

  it('asks nothing of a command that never was answered', () => {
    const environment = inStep();
    environment.book.noteRsvp('0 member-1', 'put-rsvp', 'cancelled', false);
    expect(judge(environment).lost).toEqual([]);
  });
});

describe('the book', () => {
  it('knows that a repeated answer takes back nothing that a host decided since', () => {
    const book = new Book();
    book.noteRsvp('0 a', 'put-rsvp', 'going', true);
    book.noteRsvp('0 a', 'decide', 'cancelled', true);
    book.noteRsvp('0 a', 'put-rsvp', 'going', true);
    expect(book.rsvps.get('0 a')).toMatchObject({ status: 'cancelled', commands: 3 });
    book.noteRsvp('0 a', 'put-rsvp', 'waitlist', true);
    expect(book.rsvps.get('0 a')).toMatchObject({ status: 'waitlist' });
  });
});
