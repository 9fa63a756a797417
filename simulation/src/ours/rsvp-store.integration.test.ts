import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RsvpStatus } from '@luma-sync/domain';
import type { DueRsvp, ObservedGuest } from '@luma-sync/store';
import { CALENDAR } from '../../test/conformance/driver.js';
import { openPair, type Pair, T0 } from '../../test/pair.js';
import { SeededRandom } from '../seeded-random.js';

const STEPS = 60;

let pair: Pair;

beforeEach(async () => {
  pair = await openPair();
});

describe('the tables of a simulated run', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'hold of guests and answers what Postgres holds after the same commands (seed %i)',
    async (seed) => {
      const random = new SeededRandom(seed);
      for (let step = 0; step < STEPS; step += 1) {
        const what = await guestStep(random, step);
        expect({ step, what, ...(await guestsOfMemory()) }).toEqual({ step, what, ...(await guestsOfPostgres()) });
        expect({ step, what, ...(await answersOfMemory()) }).toEqual({ step, what, ...(await answersOfPostgres()) });
      }
    },
  );

  it.each([
    [60, true],
    [120, false],
  ])('remember %i s after an add which address of a guest who is gone it named', async (secondsAgo, isAsked) => {
    const { event, real, memory } = pair;
    await pair.putRsvp(1, 'old@example.org', 'going');
    await ask(await pair.due(), 'approved');
    const guest = { ...drawGuest(new SeededRandom(1)), email: 'old@example.org', approvalStatus: 'approved' };
    const observation = {
      calendarId: CALENDAR,
      source: 'app',
      guests: [guest],
      observedAt: new Date(T0),
      via: 'test',
    } as const;
    await real.rsvps.applyGuests(real.run, { ...observation, trigger: 'api', eventId: event.real });
    memory.rsvps.applyGuests(memory.run, { ...observation, trigger: 'api', eventId: event.memory });
    await pair.putRsvp(1, 'new@example.org', 'waitlist');
    await pair.db.$executeRaw`update rsvp_links set asked_at = now() - ${secondsAgo}::int * interval '1 second'`;
    for (const link of memory.tables.rsvpLinks.values())
      link.askedAt = new Date(memory.time.now() - secondsAgo * 1_000);
    const [due] = await pair.due();
    await real.rsvps.markGone(real.run, [due?.real.rsvpId ?? '']);
    memory.rsvps.markGone(memory.run, [due?.memory.rsvpId ?? '']);
    const stored = await guestsOfPostgres();
    expect(await guestsOfMemory()).toEqual(stored);
    expect(stored.rsvps).toMatchObject([{ link: { lumaGuestId: null, askedEmail: 'old@example.org', isAsked } }]);
  });
});

/** What handlers ask of guests. */
async function answersOfPostgres() {
  const { event, real } = pair;
  const found = await Promise.all(
    NUMBERS.map((n) => real.rsvps.findGuest(event.real, `gst-${n}`, `g${n}@example.org`)),
  );
  const first = await real.rsvps.listDue({ eventId: event.real, limit: 2 });
  return { linked: await real.rsvps.countLinkedGuests(event.real), found, first: first.length };
}

async function answersOfMemory() {
  const { event, memory } = pair;
  const found = NUMBERS.map((n) => memory.rsvps.findGuest(event.memory, `gst-${n}`, `g${n}@example.org`));
  const first = memory.rsvps.listDue({ eventId: event.memory, limit: 2 });
  return { linked: memory.rsvps.countLinkedGuests(event.memory), found, first: first.length };
}

const NUMBERS = [1, 2, 3, 4];

async function guestStep(random: SeededRandom, step: number): Promise<string> {
  const { event } = pair;
  const number = random.whole(1, 4);
  const due = await pair.due();
  expect(due.map((both) => comparable(both.memory))).toEqual(due.map((both) => comparable(both.real)));
  const some = due.filter(() => random.chance(0.6));
  const act = random.pick([
    'answer',
    'answer',
    'guests',
    'guests',
    'guests',
    'ask',
    'accept',
    'back',
    'look',
    'look',
    'try',
    'settle',
    'declined',
    'unverified',
    'fail',
    'gone',
    'seen',
  ]);
  switch (act) {
    case 'answer': {
      const status = random.pick<RsvpStatus>(['going', 'pending', 'cancelled', 'waitlist', 'interested']);
      const whose = random.chance(0.1) ? random.whole(1, 4) : number;
      const email = random.chance(0.2) ? `moved${whose}@example.org` : `g${whose}@example.org`;
      const isVerified = random.chance(0.6);
      await pair.putRsvp(number, email, status, isVerified);
      return `${act} ${number} ${status} ${email} ${isVerified ? 'verified' : 'unverified'}`;
    }
    case 'guests': {
      const guests = Array.from({ length: random.whole(1, 3) }, () => drawGuest(random));
      const observedAt = new Date(T0 + step * 500 - (random.chance(0.2) ? 3_000 : 0));
      const observation = {
        calendarId: CALENDAR,
        source: 'app',
        guests,
        observedAt,
        via: 'test',
        trigger: 'api',
      } as const;
      const counts = await pair.real.rsvps.applyGuests(pair.real.run, { ...observation, eventId: event.real });
      const played = pair.memory.rsvps.applyGuests(pair.memory.run, { ...observation, eventId: event.memory });
      expect(toCounts(played)).toEqual(toCounts(counts));
      return `${act} ${JSON.stringify(guests)}`;
    }
    case 'ask': {
      await ask(some, random.pick(['approved', 'declined', 'waitlist'] as const));
      return act;
    }
    case 'back':
      await pair.real.rsvps.takeBackAsked(
        pair.real.run,
        some.map((pair) => pair.real),
      );
      pair.memory.rsvps.takeBackAsked(
        pair.memory.run,
        some.map((pair) => pair.memory),
      );
      return act;
    case 'look': {
      if (random.chance(0.5)) await ask(due, 'approved');
      // Some pauses are over by then and some are not, none by less than seconds; one not even begun.
      const agoMs = random.pick([-60, 4, 20, 60]) * 1_000;
      await pair.db.$executeRaw`
        update rsvp_links set asked_at = now() - ${agoMs}::int * interval '1 millisecond' where asked_at is not null`;
      for (const link of pair.memory.tables.rsvpLinks.values())
        if (link.askedAt !== null) link.askedAt = new Date(pair.memory.time.now() - agoMs);
      await pair.real.rsvps.countLook(
        pair.real.run,
        due.map((both) => both.real.rsvpId),
      );
      pair.memory.rsvps.countLook(
        pair.memory.run,
        due.map((both) => both.memory.rsvpId),
      );
      return `${act} ${agoMs}`;
    }
    case 'settle':
      await pair.real.rsvps.markSettled(
        pair.real.run,
        some.map((pair) => pair.real),
      );
      pair.memory.rsvps.markSettled(
        pair.memory.run,
        some.map((pair) => pair.memory),
      );
      return act;
    case 'unverified': {
      const claimed = due.filter((both) => both.real.isOfAnother === true);
      await pair.real.rsvps.markUnverified(
        pair.real.run,
        event.real,
        claimed.map((both) => both.real),
      );
      pair.memory.rsvps.markUnverified(
        pair.memory.run,
        event.memory,
        claimed.map((both) => both.memory),
      );
      return `${act} ${claimed.length}`;
    }
    case 'declined': {
      const refused = some.filter((pair) => pair.real.base !== null);
      await pair.real.rsvps.markDeclinedAtLuma(
        pair.real.run,
        event.real,
        refused.map((pair) => pair.real),
      );
      pair.memory.rsvps.markDeclinedAtLuma(
        pair.memory.run,
        event.memory,
        refused.map((pair) => pair.memory),
      );
      return act;
    }
    case 'fail': {
      const error = { code: 'luma.rejected', message: 'no' };
      const one = some.slice(0, 1);
      await pair.real.rsvps.markFailed(
        pair.real.run,
        event.real,
        one.map((pair) => pair.real.rsvpId),
        error,
      );
      pair.memory.rsvps.markFailed(
        pair.memory.run,
        event.memory,
        one.map((pair) => pair.memory.rsvpId),
        error,
      );
      return act;
    }
    case 'seen': {
      const seenAt = new Date(T0 + step * 500);
      await pair.real.rsvps.noteSeen(pair.real.run, event.real, `gst-${number}`, seenAt);
      pair.memory.rsvps.noteSeen(pair.memory.run, event.memory, `gst-${number}`, seenAt);
      return act;
    }
    case 'accept': {
      const isSkipped = random.chance(0.3);
      await pair.real.rsvps.markAccepted(
        pair.real.run,
        some.map(({ real: { rsvpId } }) => ({ rsvpId, isSkipped })),
      );
      pair.memory.rsvps.markAccepted(
        pair.memory.run,
        some.map(({ memory: { rsvpId } }) => ({ rsvpId, isSkipped })),
      );
      return act;
    }
    default: {
      const method = ({ try: 'countConfirmTry', gone: 'markGone' } as const)[act as 'try' | 'gone'];
      await pair.real.rsvps[method](
        pair.real.run,
        some.map((pair) => pair.real.rsvpId),
      );
      pair.memory.rsvps[method](
        pair.memory.run,
        some.map((pair) => pair.memory.rsvpId),
      );
      return act;
    }
  }
}

async function ask(
  some: readonly { real: DueRsvp; memory: DueRsvp }[],
  approvalStatus: 'approved' | 'declined' | 'waitlist',
): Promise<void> {
  const toAsked = ({ rsvpId, revision, lumaGuestId, email }: DueRsvp) => ({
    rsvpId,
    revision,
    approvalStatus,
    email: lumaGuestId === null ? email : null,
  });
  await pair.real.rsvps.markAsked(
    pair.real.run,
    some.map((both) => toAsked(both.real)),
  );
  pair.memory.rsvps.markAsked(
    pair.memory.run,
    some.map((both) => toAsked(both.memory)),
  );
}

function drawGuest(random: SeededRandom): ObservedGuest {
  const number = random.whole(1, 4);
  const approvalStatus = random.pick([
    'approved',
    'pending_approval',
    'waitlist',
    'declined',
    'invited',
    'session',
    'unknown:vip',
  ]);
  return {
    lumaGuestId: `gst-${number}${random.chance(0.1) ? 'b' : ''}`,
    email: `g${number}@example.org`,
    name: `G${number}`,
    phone: random.chance(0.2) ? `+49151${number}00000` : null,
    approvalStatus,
    kind: random.pick(['Standard', null, undefined]),
    checkedInAt: random.pick([null, undefined, '2030-03-16T19:40:00.000Z']),
    tickets: random.pick([[], undefined]),
    answers: [],
    digest: random.pick(['a', 'b']),
  };
}

const toCounts = ({
  added,
  updated,
  unchanged,
  unknownStatus,
}: {
  added: number;
  updated: number;
  unchanged: number;
  unknownStatus: number;
}) => ({
  added,
  updated,
  unchanged,
  unknownStatus,
});

const comparable = ({ rsvpId: _rsvp, personId: _person, askedAt, acceptedAt, ...rsvp }: DueRsvp) => ({
  ...rsvp,
  isAsked: askedAt !== null,
  isAccepted: acceptedAt !== null,
});

async function guestsOfPostgres() {
  const rows = await pair.db.rsvp.findMany({ include: { link: true, person: true } });
  const conflicts = await pair.db.conflict.findMany({ where: { recordType: 'rsvp' } });
  return {
    rsvps: rows
      .map(({ status, stated, revision, kind, checkedInAt, link, person }) => ({
        who: [person.externalId, person.name, person.email, person.phone, person.origin, person.claimedEmail],
        answer: [status, stated, revision, kind, checkedInAt?.toISOString() ?? null],
        link: link === null ? null : linkOf(link),
      }))
      .sort(byWho),
    conflicts: conflicts.map(({ ours, theirs, resolution }) => [ours, theirs, resolution].join()).sort(),
  };
}

async function guestsOfMemory() {
  const { tables } = pair.memory;
  return {
    rsvps: [...tables.rsvps.values()]
      .map(({ id, personId, status, stated, revision, kind, checkedInAt }) => {
        const person = tables.people.get(personId);
        const link = tables.rsvpLinks.get(id);
        return {
          who: [person?.externalId, person?.name, person?.email, person?.phone, person?.origin, person?.claimedEmail],
          answer: [status, stated, revision, kind, checkedInAt],
          link: link === undefined ? null : linkOf(link),
        };
      })
      .sort(byWho),
    conflicts: tables.conflicts.map(({ ours, theirs, resolution }) => [ours, theirs, resolution].join()).sort(),
  };
}

const byWho = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

interface AnyLink {
  lumaGuestId: string | null;
  pushedRevision: number;
  base: unknown;
  observedAt: Date | null;
  state: string;
  decidedBy: string;
  askedAt: Date | null;
  askedRevision: number;
  askedEmail: string | null;
  acceptedAt: Date | null;
  confirmTries: number;
  ownAnswerRevision: number;
  goneGuestId: string | null;
  lastError: unknown;
}
const linkOf = ({
  lumaGuestId,
  pushedRevision,
  base,
  observedAt,
  state,
  decidedBy,
  askedAt,
  askedRevision,
  askedEmail,
  acceptedAt,
  confirmTries,
  ownAnswerRevision,
  goneGuestId,
  lastError,
}: AnyLink) => ({
  lumaGuestId,
  pushedRevision,
  base,
  observedAt: observedAt?.toISOString() ?? null,
  state,
  decidedBy,
  isAsked: askedAt !== null,
  askedRevision,
  askedEmail,
  isAccepted: acceptedAt !== null,
  confirmTries,
  ownAnswerRevision,
  goneGuestId,
  errorCode: (lastError as { code?: string } | null)?.code ?? null,
});
