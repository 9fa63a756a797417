import { setTimeout as pause } from 'node:timers/promises';
import type { EventInput } from '@luma-sync/client';
import { waitForCalm, waitUntil } from './calm.js';
import { collect } from './collect.js';
import { REDIS_PREFIX } from './config.js';
import { emptyRedis } from './empty-redis.js';
import type { SimEvent } from './luma.js';
import type { Stage } from './stage.js';

const EVENTS = [
  {
    id: 'sunrise-yoga',
    title: 'Sunrise yoga by the lake',
    place: 'Boathouse',
    address: 'Lakeside 1, 10115 Berlin',
    lat: 52.53,
    lng: 13.38,
  },
  {
    id: 'founders-dinner',
    title: 'Founders’ dinner',
    place: 'Old Mill',
    address: 'Mill Road 7, 10999 Berlin',
    lat: 52.49,
    lng: 13.42,
  },
  {
    id: 'open-studio',
    title: 'Open studio evening',
    place: 'Studio 9',
    address: 'Courtyard 9, 12047 Berlin',
    lat: 52.48,
    lng: 13.43,
  },
] as const;
const RSVPS = 50;
const GUESTS = 50;
const CODES = 100;
const DAY_MS = 24 * 3_600_000;
/** A push looks at Luma before it replaces anything there, unless luma-sync has looked within the last ten seconds. */
const LOOK_GROWS_OLD_MS = 11_000;

/**
 * Records whose story is worth showing: an event that was adopted after a lost answer, an answer that was declined at
 * Luma.
 */
export const STORIES = {
  event: EVENTS[0].id,
  answer: { event: EVENTS[2].id, personId: 'member-2' },
} as const;

/** What happens in the demo, in order. Each step returns when it was accepted; the sides meet in the background. */
export async function play(stage: Stage, redisUrl: string): Promise<void> {
  await sendEventsAndRsvps(stage);
  const events = await eventsAtLuma(stage);
  await editOnBothSides(stage, events, redisUrl);
  await hideAndDrift(stage, events);
  const lookedAt = performance.now();
  await mailCoupons(stage);
  await pause(Math.max(0, lookedAt + LOOK_GROWS_OLD_MS - performance.now()));
  await contest(stage, events);
}

type EventsAtLuma = ReadonlyMap<string, SimEvent>;

async function sendEventsAndRsvps(stage: Stage): Promise<void> {
  const { app, luma, screen } = stage;
  screen.title('The app sends 3 events and 50 RSVPs');
  await luma.loseAnswer('/v1/events/create');
  screen.accident('Accident: Luma creates the first event, and the answer is lost on its way');
  await app.events.put(EVENTS[0].id, toEvent(EVENTS[0], 0));
  await waitUntil('the first event is made at Luma', 60_000, async () => (await luma.state()).events.length === 1);
  for (const [index, event] of EVENTS.entries()) await app.events.put(event.id, toEvent(event, index));
  for (let number = 0; number < RSVPS; number += 1) {
    await app.rsvps.put(eventOf(number).id, `member-${number}`, {
      name: `Member ${number}`,
      email: `Member.${number}@Example.org`,
      emailVerified: true,
      status: 'going',
    });
    if (number === 20) {
      const pid = await stage.crash('guest-worker');
      screen.accident(`Accident: the guest worker is killed (SIGKILL) while it works; started again as process ${pid}`);
    }
  }
  screen.step(`${EVENTS.length} events and ${RSVPS} RSVPs accepted`);
  await waitUntil(
    'the events appear at Luma',
    60_000,
    async () => (await luma.state()).events.length === EVENTS.length,
  );
  await waitForCalm(stage, 90_000);
}

async function editOnBothSides(stage: Stage, events: EventsAtLuma, redisUrl: string): Promise<void> {
  const { app, luma, screen } = stage;
  screen.title('50 guests register at Luma, and both sides edit');
  for (const [index, event] of EVENTS.entries()) {
    await luma.register(get(events, event.id).id, Math.ceil((GUESTS - index) / EVENTS.length), `visitor-${event.id}`);
  }
  screen.step(`${GUESTS} guests registered; three webhooks each, some twice and out of order`);
  const lost = await emptyRedis(redisUrl, REDIS_PREFIX);
  screen.accident(`Accident: Redis is emptied in the middle of it (${lost.how}; ${lost.keys} keys gone)`);
  await app.events.put(EVENTS[0].id, {
    ...toEvent(EVENTS[0], 0),
    title: 'Sunrise yoga by the lake (bring a mat)',
    capacity: 80,
  });
  await luma.changeEvent(get(events, EVENTS[1].id).id, { name: 'Founders’ dinner, second table added' });
  await app.rsvps.put(EVENTS[1].id, 'member-1', {
    ...{ name: 'Member 1', email: 'member.1@example.org', emailVerified: true },
    status: 'cancelled',
  });
  await luma.changeGuest(get(events, EVENTS[2].id).id, 'member.2@example.org', { status: 'declined' });
  await luma.changeGuest(get(events, EVENTS[0].id).id, `visitor-${EVENTS[0].id}-1@example.org`, { isCheckedIn: true });
  screen.step('Edited: one title here, one title at Luma, one RSVP cancelled here, one declined at Luma, one check-in');
  await waitForCalm(stage, 90_000);
}

async function hideAndDrift(stage: Stage, events: EventsAtLuma): Promise<void> {
  const { app, luma, screen } = stage;
  screen.title('One event is hidden, one changes at Luma without a word');
  await app.events.cancel(EVENTS[2].id, undefined, { mode: 'hide' });
  await luma.changeEvent(get(events, EVENTS[0].id).id, {
    start_at: new Date(startOf(0).getTime() + 30 * 60_000).toISOString(),
    silent: true,
  });
  await app.driftChecks.start(stage.calendarId);
  screen.step(`"${EVENTS[2].title}" hidden, nobody mailed; a silent change of start time left for the drift check`);
  await waitForCalm(stage, 90_000);
}

async function mailCoupons(stage: Stage): Promise<void> {
  const { app, luma, screen } = stage;
  screen.title('100 coupon codes, one for each confirmed guest of what takes place, by mail');
  const pool = await app.couponPools.create({ name: 'Welcome drink', events: EVENTS.map((event) => event.id) });
  const codes = Array.from({ length: CODES }, (_, number) => `DRINK-${String(number + 1).padStart(3, '0')}`);
  const csv = `code\n${codes.join('\n')}\n`;
  const { imported } = await app.couponPools.import(pool.id, csv);
  screen.step(`${imported} codes imported`);
  // The hidden event has guests too: nobody is mailed about an event that was called off.
  for (const event of EVENTS.slice(0, 2)) await app.guests.pull(event.id, { assignCoupons: true, sendEmails: true });
  await app.guests.pull(EVENTS[2].id, {});
  await waitUntil('the first mails arrive', 60_000, async () => (await luma.mails()).length > 10);
  const pid = await stage.crash('mail-worker');
  screen.accident(`Accident: the mail worker is killed (SIGKILL) between mails; started again as process ${pid}`);
  await waitForCalm(stage, 120_000);
}

/** Both sides change one field at once. */
async function contest(stage: Stage, events: EventsAtLuma): Promise<void> {
  const { app, luma, screen } = stage;
  screen.title('Both sides give one event a new title');
  // No webhook tells of it: the push finds it when it looks, right before it would be overwritten.
  await luma.changeEvent(get(events, EVENTS[1].id).id, { name: 'Founders’ dinner, now with music', silent: true });
  await app.events.put(EVENTS[1].id, { ...toEvent(EVENTS[1], 1), title: 'Founders’ dinner by candlelight' });
  screen.step('The app’s title stays, since the event began there, and both are kept');
  await waitForCalm(stage, 90_000);
}

function eventOf(number: number): (typeof EVENTS)[number] {
  return EVENTS[number % EVENTS.length] ?? EVENTS[0];
}

function startOf(index: number): Date {
  const today = new Date();
  today.setUTCHours(18, 0, 0, 0);
  return new Date(today.getTime() + (index + 3) * DAY_MS);
}

function toEvent({ title, place, address, lat, lng }: (typeof EVENTS)[number], index: number): EventInput {
  return {
    title,
    description: `**${title}**\n\nEverybody is welcome.\n\n- come early\n- bring a friend`,
    startsAt: startOf(index).toISOString(),
    endsAt: new Date(startOf(index).getTime() + 2 * 3_600_000).toISOString(),
    timezone: 'Europe/Berlin',
    location: { type: 'physical', name: place, address, lat, lng },
    visibility: 'public',
    capacity: 60,
    host: { externalId: 'host-1', name: 'The hosts', role: 'admin' },
  };
}

/** Luma's events by the app's ids. */
async function eventsAtLuma({ app, luma }: Stage): Promise<Map<string, SimEvent>> {
  const theirs = new Map((await luma.state()).events.map((event) => [event.id, event]));
  const pairs = (await collect(app.events.all())).map(
    (event) => [event.externalId ?? event.id, theirs.get(event.luma?.eventId ?? '')] as const,
  );
  return new Map(pairs.flatMap(([id, event]) => (event === undefined ? [] : [[id, event] as const])));
}

function get(events: EventsAtLuma, id: string): SimEvent {
  const event = events.get(id);
  if (event === undefined) throw new Error(`${id} is not at Luma`);
  return event;
}
