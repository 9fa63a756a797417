import { beforeEach, describe, expect, it } from '@jest/globals';
import { CALENDAR } from '../../test/conformance/driver.js';
import { EVENT, openPair, type Pair, T0 } from '../../test/pair.js';
import { SeededRandom } from '../seeded-random.js';
import type { AppEvent } from './app.js';
import type { InMemoryEvents } from './event-table.js';

const STEPS = 60;

let pair: Pair;

beforeEach(async () => {
  pair = await openPair();
});

describe('the tables of a simulated run', () => {
  it.each([1, 2, 3])('hold of an event what Postgres holds after the same commands (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    for (let step = 0; step < STEPS; step += 1) {
      const what = await eventStep(random, step);
      expect({ step, what, ...(await eventOfMemory()) }).toEqual({ step, what, ...(await eventOfPostgres()) });
    }
  });
});

describe('what a simulated run lists of events', () => {
  it('is what Postgres lists, page by page, and finds by what Luma calls them', async () => {
    const { db, real, memory } = pair;
    for (let number = 2; number <= 7; number += 1)
      await pair.putEvent(
        { ...EVENT, title: `E${number}`, endsAt: new Date(T0 + number * 3_600_000) },
        `app-${number}`,
      );
    const idsOf = async (key: string) => ({
      real: (await db.event.findUniqueOrThrow({ where: { externalId: key } })).id,
      memory: memory.app.findEvent(key)?.id ?? '',
    });
    // 1 has only asked, 2 to 6 are at Luma, 5 is gone there, and 7 has asked for an address of Luma's choice.
    for (let number = 1; number <= 7; number += 1) {
      const id = await idsOf(`app-${number}`);
      const slug = number === 7 ? null : `slug-${number}`;
      const reservation = { calendarId: CALENDAR, slug, base: { ours: toState(), luma: {} } };
      await real.events.reserveSlug(real.run, { ...reservation, eventId: id.real });
      memory.events.reserveSlug(memory.run, { ...reservation, eventId: id.memory });
      if (number === 1 || number === 7) continue;
      await real.events.attach(real.run, { eventId: id.real, lumaEventId: `evt-${number}`, adopted: false });
      memory.events.attach(memory.run, { eventId: id.memory, lumaEventId: `evt-${number}`, adopted: false });
    }
    const gone = { cancelled: false, via: 'test', observedAt: new Date(T0) };
    const fifth = await idsOf('app-5');
    await real.events.markSourceDeleted(real.run, { ...gone, eventId: fifth.real });
    memory.events.markSourceDeleted(memory.run, { ...gone, eventId: fifth.memory });

    for (const endsAfter of [new Date(T0), new Date(T0 + 3 * 3_600_000), new Date('2031-01-01')]) {
      const query = { calendarId: CALENDAR, endsAfter, limit: 2 };
      expect(await titlesOf((page) => memory.events.listLinked({ ...query, ...page }))).toEqual(
        await titlesOf((page) => real.events.listLinked({ ...query, ...page })),
      );
    }
    expect(
      await titlesOf((page) =>
        memory.events.listLinked({ calendarId: CALENDAR, endsAfter: new Date(T0), limit: 2, ...page }),
      ),
    ).toEqual(['E2', 'E3', 'E4', 'E6']);

    const wanted = [
      { eventId: 'evt-3', slug: null },
      { eventId: 'evt-99', slug: 'slug-1' },
      // Somebody else stands under that address already.
      { eventId: 'evt-99', slug: 'slug-2' },
      { eventId: 'evt-99', slug: null },
    ];
    for (const sought of wanted) {
      const query = { ...sought, calendarId: CALENDAR };
      const [ours, played] = [await real.events.findIdByLuma(query), memory.events.findIdByLuma(query)];
      const key = ours === null ? null : (await db.event.findUniqueOrThrow({ where: { id: ours } })).externalId;
      expect({ ...sought, key: played === null ? null : memory.tables.events.get(played)?.externalId }).toEqual({
        ...sought,
        key,
      });
    }
    expect(memory.events.listRoutableCalendars()).toEqual(await real.events.listRoutableCalendars());
  });

  it('holds of an event that began at Luma what Postgres holds, once', async () => {
    const { db, real, memory, event } = pair;
    const reservation = { calendarId: CALENDAR, slug: 'mine', base: { ours: toState(), luma: {} } };
    await real.events.reserveSlug(real.run, { ...reservation, eventId: event.real });
    memory.events.reserveSlug(memory.run, { ...reservation, eventId: event.memory });
    const imported = {
      calendarId: CALENDAR,
      lumaCreatedAt: new Date(T0),
      url: 'https://luma.com/x',
      ownership: 'created' as const,
      base: { ours: toState(), luma: toState() },
      locationType: 'physical' as const,
      observedAt: new Date(T0),
      registrationQuestions: null,
      tags: null,
      city: null,
      country: null,
      hosts: [],
      via: 'test',
    };
    const all = [
      { ...imported, lumaEventId: 'evt-1', slug: 'x', state: { ...toState(), meetingUrl: 'https://meet.example.org' } },
      { ...imported, lumaEventId: 'evt-1', slug: 'x', state: toState() },
      { ...imported, lumaEventId: 'evt-2', slug: 'mine', state: { ...toState(), address: 'Street 2' } },
    ];
    for (const one of all) {
      const [ours, played] = [await real.events.import(real.run, one), memory.events.import(memory.run, one)];
      expect(played === null).toBe(ours === null);
      if (ours === null || played === null) continue;
      const link = await db.eventLink.findUnique({ where: { eventId: ours } });
      const ofMemory = memory.tables.eventLinks.get(played);
      expect(toEventPicture(memory.events.find(played), ofMemory?.checkedAt ?? null, [])).toEqual(
        toEventPicture(await real.events.find(ours), link?.checkedAt ?? null, []),
      );
      const row = await db.event.findUniqueOrThrow({ where: { id: ours } });
      expect(memory.tables.events.get(played)?.locationType).toBe(row.locationType);
    }
    expect(memory.tables.events.size).toBe(await db.event.count());
  });
});

type Listed = { event: { id: string; title: string } }[];

/** Titles in the order of the ids, which differ between the two; sorted, so that they can be compared. */
async function titlesOf(list: (page: { afterId: string | null }) => Promise<Listed> | Listed): Promise<string[]> {
  const titles: string[] = [];
  let afterId: string | null = null;
  for (let page = 0; page < 10; page += 1) {
    const rows: Listed = await list({ afterId });
    if (rows.length === 0) break;
    titles.push(...rows.map(({ event }) => event.title));
    afterId = rows.at(-1)?.event.id ?? null;
  }
  return titles.sort();
}

async function eventStep(random: SeededRandom, step: number): Promise<string> {
  const { event } = pair;
  const found = pair.memory.events.find(event.memory);
  const state = { ...toState(), title: `Title ${step}` };
  const observedAt = new Date(T0 + step * 500);
  const act = random.pick([
    'edit',
    'edit',
    'reserve',
    'attach',
    'asked',
    'confirm',
    'confirm',
    'observe',
    'observe',
    'gone',
    'touch',
  ]);
  const isLinked = found?.link != null;
  switch (act) {
    case 'edit': {
      const change: Partial<AppEvent> = random.pick([
        { title: `Edit ${step}` },
        { capacity: step },
        { locationName: `V${step}` },
        {},
      ]);
      await pair.putEvent({ ...EVENT, ...change });
      return act;
    }
    case 'reserve': {
      const reservation = {
        calendarId: CALENDAR,
        slug: `slug-${step}`,
        base: { ours: state, luma: {}, asked: { title: state.title } },
      };
      const done = await pair.real.events.reserveSlug(pair.real.run, { ...reservation, eventId: event.real });
      expect(pair.memory.events.reserveSlug(pair.memory.run, { ...reservation, eventId: event.memory })).toBe(done);
      return act;
    }
    case 'attach':
      if (!isLinked) return 'nothing';
      await pair.real.events.attach(pair.real.run, { eventId: event.real, lumaEventId: `evt-${step}`, adopted: false });
      pair.memory.events.attach(pair.memory.run, { eventId: event.memory, lumaEventId: `evt-${step}`, adopted: false });
      return act;
    case 'asked': {
      if (!isLinked) return 'nothing';
      const known = { ours: state, luma: state };
      const said = { capacity: step };
      const asked = { asked: said, underWay: { said, until: observedAt.toISOString() } };
      const base = random.chance(0.5) ? known : { ...known, ...asked };
      await pair.real.events.noteAsked(pair.real.run, { eventId: event.real, base });
      pair.memory.events.noteAsked(pair.memory.run, { eventId: event.memory, base });
      return act;
    }
    case 'confirm': {
      if (!isLinked) return 'nothing';
      const revision = (found?.event.revision ?? 1) - (random.chance(0.3) ? 1 : 0);
      const take = random.chance(0.5) ? {} : { meetingUrl: `https://meet.example.org/${step}` };
      const push = {
        revision,
        base: { ours: state, luma: state },
        observedAt,
        url: `https://luma.com/${step}`,
        take,
        sentFields: ['title'],
        mailReason: null,
        problem: null,
      };
      const outcomes = [
        await codeOf(() => pair.real.events.confirmPush(pair.real.run, { ...push, eventId: event.real })),
        await codeOf(async () => pair.memory.events.confirmPush(pair.memory.run, { ...push, eventId: event.memory })),
      ];
      expect(outcomes[1]).toBe(outcomes[0]);
      return act;
    }
    case 'observe': {
      if (!isLinked) return 'nothing';
      const revision = (found?.event.revision ?? 1) - (random.chance(0.2) ? 1 : 0);
      const conflicts = random.chance(0.5)
        ? []
        : [{ field: 'title' as const, base: 'b', ours: 'o', theirs: `t${step}`, kept: 'ours' as const }];
      const merged = {
        calendarId: CALENDAR,
        revision,
        take: { title: `Taken ${step}` },
        takenFields: ['title'],
        conflicts,
        base: { ours: state, luma: state },
        observedAt,
        state: 'pulled' as const,
        pushNeeded: false,
        via: 'test',
        trigger: 'api' as const,
      };
      const done = await pair.real.events.storeObservation(pair.real.run, { ...merged, eventId: event.real });
      expect(pair.memory.events.storeObservation(pair.memory.run, { ...merged, eventId: event.memory })).toBe(done);
      return act;
    }
    case 'gone': {
      const gone = { cancelled: false, via: 'test', observedAt };
      await pair.real.events.markSourceDeleted(pair.real.run, { ...gone, eventId: event.real });
      pair.memory.events.markSourceDeleted(pair.memory.run, { ...gone, eventId: event.memory });
      return act;
    }
    default:
      await pair.real.events.touchChecked([event.real], observedAt);
      pair.memory.events.touchChecked([event.memory], observedAt);
      return act;
  }
}

const toState = () => ({
  title: 'T',
  description: null,
  startsAt: EVENT.startsAt.toISOString(),
  endsAt: EVENT.endsAt.toISOString(),
  timezone: 'UTC',
  address: null,
  coordinate: null,
  meetingUrl: null,
  visibility: 'public' as const,
  capacity: null,
  cover: null,
});

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function eventOfPostgres() {
  const { event } = pair;
  const found = await pair.real.events.find(event.real);
  const link = await pair.db.eventLink.findUnique({ where: { eventId: event.real } });
  const conflicts = await pair.db.conflict.findMany({ where: { recordType: 'event' }, orderBy: { createdAt: 'asc' } });
  return toEventPicture(found, link?.checkedAt ?? null, conflicts);
}

async function eventOfMemory() {
  const { event } = pair;
  const conflicts = pair.memory.tables.conflicts.filter(({ recordType }) => recordType === 'event');
  return toEventPicture(
    pair.memory.events.find(event.memory),
    pair.memory.tables.eventLinks.get(event.memory)?.checkedAt ?? null,
    conflicts,
  );
}

function toEventPicture(
  found: ReturnType<InMemoryEvents['find']>,
  checkedAt: Date | null,
  conflicts: readonly { field: string; ours: unknown; theirs: unknown; rule: string; resolution: string }[],
) {
  if (found === null) return { event: null };
  const { title, meetingUrl, capacity, locationName, revision, approval } = found.event;
  const { link } = found;
  return {
    event: { title, meetingUrl, capacity, locationName, revision, approval },
    link: link === null ? null : eventLinkOf(link, checkedAt),
    conflicts: conflicts.map(({ field, ours, theirs, rule, resolution }) => [field, ours, theirs, rule, resolution]),
  };
}

type EventLink = NonNullable<NonNullable<ReturnType<InMemoryEvents['find']>>['link']>;

function eventLinkOf(link: EventLink, checkedAt: Date | null) {
  const { calendarId, lumaEventId, slug, createAskedAt, pushedRevision, base, observedAt, state } = link;
  const isAsked = createAskedAt !== null;
  return { calendarId, lumaEventId, slug, isAsked, pushedRevision, base, observedAt, state, checkedAt };
}
