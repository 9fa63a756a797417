import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MailDecision, RsvpStatus } from '@luma-sync/domain';
import { giveMailPermit } from '@luma-sync/store';
import { CALENDAR } from '../../test/conformance/driver.js';
import { openPair, type Pair, T0 } from '../../test/pair.js';
import { SeededRandom } from '../seeded-random.js';
import { givePermit } from './mail-guard.js';

const STEPS = 80;
const PURPOSES = ['rsvp_push', 'event_update'] as const;

let pair: Pair;

beforeEach(async () => {
  pair = await openPair();
  await setApproval('pending');
});

/** While the event waits, answers are a crowd; once it stands open each is the person's own. */
async function setApproval(approval: 'pending' | 'approved'): Promise<void> {
  await pair.db.event.updateMany({ data: { approval } });
  const event = pair.memory.tables.events.get(pair.event.memory);
  if (event !== undefined) event.approval = approval;
}

describe('the mail guard of a simulated run', () => {
  it.each([1, 2, 3, 4])('lets as many be mailed as the real one after the same commands (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    const seen = new Set<number>();
    for (let step = 0; step < STEPS; step += 1) {
      const what = await guardStep(random, step);
      const ours = await guardOfPostgres();
      expect({ step, what, ...guardOfMemory() }).toEqual({ step, what, ...ours });
      seen.add(ours.firstSendings);
    }
    // The seed was one in which something happened.
    expect(seen.size).toBeGreaterThan(2);
  });

  it('counts nobody who answers for themselves, and lists them as such, as the real one does', async () => {
    await pair.putRsvp(1, 'g1@example.org', 'going');
    await setApproval('approved');
    await pair.putRsvp(2, 'g2@example.org', 'going');
    expect([(await guardOfPostgres()).firstSendings, guardOfMemory().firstSendings]).toEqual([1, 1]);
    const isOwn = (await pair.due()).map(({ real, memory }) => [real.isOwnAnswer, memory.isOwnAnswer]);
    expect(isOwn).toEqual([
      [undefined, undefined],
      [true, true],
    ]);
  });

  it('counts as the real one does who answers anew while an earlier answer is on its way', async () => {
    const { real, memory } = pair;
    await pair.putRsvp(1, 'g1@example.org', 'going');
    const [due] = await pair.due();
    const asked = { revision: 1, approvalStatus: 'approved', email: 'g1@example.org' } as const;
    await real.rsvps.markAsked(real.run, [{ ...asked, rsvpId: due?.real.rsvpId ?? '' }]);
    memory.rsvps.markAsked(memory.run, [{ ...asked, rsvpId: due?.memory.rsvpId ?? '' }]);
    expect([(await guardOfPostgres()).firstSendings, guardOfMemory().firstSendings]).toEqual([0, 0]);
    await pair.putRsvp(1, 'g1@example.org', 'pending');
    expect([(await guardOfPostgres()).firstSendings, guardOfMemory().firstSendings]).toEqual([1, 1]);
  });

  it('counts as the real one does whom a run is about to send, once, also who took it back', async () => {
    const { real, memory, event } = pair;
    await pair.putRsvp(1, 'g1@example.org', 'going');
    await pair.putRsvp(2, 'g2@example.org', 'going');
    const planned = await pair.due();
    await pair.putRsvp(1, 'g1@example.org', 'cancelled');
    expect([(await guardOfPostgres()).firstSendings, guardOfMemory().firstSendings]).toEqual([1, 1]);
    // One of them is merged into somebody else meanwhile.
    const gone = randomUUID();
    const ids = {
      real: [gone, ...planned.map((both) => both.real.rsvpId)],
      memory: [gone, ...planned.map((both) => both.memory.rsvpId)],
    };
    expect([
      await real.guard.countFirstSendings(event.real, ids.real),
      memory.guard.countFirstSendings(event.memory, ids.memory),
    ]).toEqual([3, 3]);
  });
});

async function guardStep(random: SeededRandom, step: number): Promise<string> {
  const { db, real, memory, event } = pair;
  const due = await pair.due();
  const some = due.filter(() => random.chance(0.5));
  const purpose = random.pick(PURPOSES);
  const act = random.pick([
    'answer',
    'answer',
    'answer',
    'ask',
    'ask',
    'ask',
    'seen',
    'seen',
    'seen',
    'gone',
    'fail',
    'permit',
    'note',
    'note',
    'back',
    'end',
  ]);
  switch (act) {
    case 'answer': {
      await setApproval(random.chance(0.1) ? 'approved' : 'pending');
      const number = random.whole(1, 4);
      const status = random.pick<RsvpStatus>(['going', 'pending', 'cancelled', 'interested']);
      await pair.putRsvp(number, `g${number}@example.org`, status);
      return `${act} ${number} ${status}`;
    }
    case 'ask': {
      const toAsked = (rsvp: { rsvpId: string; revision: number }) => ({
        rsvpId: rsvp.rsvpId,
        revision: rsvp.revision,
        approvalStatus: 'approved' as const,
        email: null,
      });
      const asked = { real: some.map((both) => toAsked(both.real)), memory: some.map((both) => toAsked(both.memory)) };
      await real.rsvps.markAsked(real.run, asked.real);
      memory.rsvps.markAsked(memory.run, asked.memory);
      return act;
    }
    case 'seen': {
      const number = random.whole(1, 4);
      const approvalStatus = random.pick(['approved', 'declined', 'waitlist']);
      const guest = { lumaGuestId: `gst-${number}`, email: `g${number}@example.org`, name: null, phone: null };
      const rest = { kind: null, checkedInAt: null, tickets: [], answers: [], digest: 'a', approvalStatus };
      const observation = {
        calendarId: CALENDAR,
        source: 'app',
        guests: [{ ...guest, ...rest }],
        observedAt: new Date(T0 + step * 500),
        via: 'test',
        trigger: 'api',
      } as const;
      await real.rsvps.applyGuests(real.run, { ...observation, eventId: event.real });
      memory.rsvps.applyGuests(memory.run, { ...observation, eventId: event.memory });
      return `${act} ${number} ${approvalStatus}`;
    }
    case 'gone':
      await real.rsvps.markGone(
        real.run,
        some.map((both) => both.real.rsvpId),
      );
      memory.rsvps.markGone(
        memory.run,
        some.map((both) => both.memory.rsvpId),
      );
      return act;
    case 'fail': {
      const error = { code: 'luma.rejected', message: 'no' };
      const one = some.slice(0, 1);
      await real.rsvps.markFailed(
        real.run,
        event.real,
        one.map((both) => both.real.rsvpId),
        error,
      );
      memory.rsvps.markFailed(
        memory.run,
        event.memory,
        one.map((both) => both.memory.rsvpId),
        error,
      );
      return act;
    }
    case 'permit': {
      const word = { purpose, recipients: random.whole(1, 9), actor: `operator-${step}` };
      // The newest counts: two of one millisecond have no order.
      await db.$executeRaw`update mail_permits set created_at = created_at - interval '1 second'`;
      await giveMailPermit(db, { ...word, eventId: event.real });
      givePermit(memory.tables, memory.time, { ...word, eventId: event.memory });
      return `${act} ${purpose} ${word.recipients}`;
    }
    case 'note': {
      const uses = random.whole(0, 5);
      const [permits, rsvps] = [await permitIds(purpose), random.chance(0.5) ? some : null];
      const note = (permitId: string | null) => ({ purpose, decision: decision(permitId), uses });
      await real.guard.note(real.run, {
        ...note(permits.real),
        eventId: event.real,
        rsvpIds: rsvps?.map((both) => both.real.rsvpId) ?? null,
      });
      memory.guard.note(memory.run, {
        ...note(permits.memory),
        eventId: event.memory,
        rsvpIds: rsvps?.map((both) => both.memory.rsvpId) ?? null,
      });
      return `${act} ${purpose} ${uses}`;
    }
    case 'back': {
      const permits = await permitIds(purpose);
      if (permits.real === null || permits.memory === null) return 'nothing';
      const recipients = random.whole(1, 5);
      await real.guard.giveBack(real.run, permits.real, recipients);
      memory.guard.giveBack(memory.run, permits.memory, recipients);
      return `${act} ${purpose} ${recipients}`;
    }
    default:
      if (random.chance(0.5)) return 'nothing';
      await db.mailPermit.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
      for (const permit of memory.tables.mailPermits) permit.expiresAt = memory.time.now() - 1;
      return act;
  }
}

const decision = (permitId: string | null): MailDecision => ({
  allowed: true,
  recipients: 3,
  reason: 'Luma may mail 3 people.',
  permitId,
});

async function permitIds(purpose: (typeof PURPOSES)[number]): Promise<{ real: string | null; memory: string | null }> {
  const { real, memory, event } = pair;
  const ours = await real.guard.findAllowance({ eventId: event.real, calendarId: CALENDAR, purpose });
  const played = memory.guard.findAllowance({ eventId: event.memory, calendarId: CALENDAR, purpose });
  return { real: ours.permit?.id ?? null, memory: played.permit?.id ?? null };
}

async function guardOfPostgres() {
  const { db, real, event } = pair;
  const { real: eventId } = event;
  const query = { eventId, calendarId: CALENDAR };
  const permits = await db.mailPermit.findMany({ orderBy: { createdAt: 'asc' } });
  return {
    firstSendings: await real.guard.countFirstSendings(eventId, []),
    guestsToTell: await real.guard.countGuestsToTell(eventId),
    allowances: [
      withoutId(await real.guard.findAllowance({ ...query, purpose: 'rsvp_push' })),
      withoutId(await real.guard.findAllowance({ ...query, purpose: 'event_update' })),
    ],
    used: permits.map(({ actor, used }) => [actor, used]),
    noted: await db.timelineEntry.count({ where: { details: { path: ['reason'], equals: decision(null).reason } } }),
  };
}

function guardOfMemory() {
  const { memory, event } = pair;
  const { memory: eventId } = event;
  const query = { eventId, calendarId: CALENDAR };
  return {
    firstSendings: memory.guard.countFirstSendings(eventId, []),
    guestsToTell: memory.guard.countGuestsToTell(eventId),
    allowances: [
      withoutId(memory.guard.findAllowance({ ...query, purpose: 'rsvp_push' })),
      withoutId(memory.guard.findAllowance({ ...query, purpose: 'event_update' })),
    ],
    used: memory.tables.mailPermits.map(({ actor, used }) => [actor, used]),
    noted: memory.tables.timeline.filter(({ message }) => message === decision(null).reason).length,
  };
}

const withoutId = ({ limit, permit }: { limit: number; permit: { left: number; actor: string } | null }) => ({
  limit,
  permit: permit === null ? null : { left: permit.left, actor: permit.actor },
});
