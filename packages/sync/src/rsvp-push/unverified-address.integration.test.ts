import { beforeEach, describe, expect, it } from '@jest/globals';
import { type AppRsvpInput, decideRsvp, type PutRsvpResult, putRsvp } from '@luma-sync/application';
import { findPersonByKey, findRsvpView, retryingTransaction } from '@luma-sync/store';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

const VICTIM = { email: 'victim@example.org', name: 'Vic Tim', phone: '+4915112345678' };

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const put = async (person: string, over: Partial<AppRsvpInput> = {}, event = 'e1') => {
  const input = { name: 'Mallory', email: VICTIM.email, status: 'going' as const, ...over };
  return stored(
    await retryingTransaction(world.db, (tx) => putRsvp(tx, { eventKey: event, personKey: person }, input, 'app')),
  );
};
const stored = (result: PutRsvpResult) => {
  if (result.kind !== 'stored') throw new Error(result.kind);
  return result;
};
const registerVictim = (status: 'approved' | 'pending_approval' = 'approved', at = lumaEventId) =>
  world.sim.control.registerGuests(at, { guests: [VICTIM], status }).guests[0]?.id ?? '';
const pull = async () => {
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
  await world.drain();
};
const guestsAtLuma = async (id = eventId) => (await world.atLuma(id))?.guests ?? [];
const viewOf = async (key: string, id = eventId) => {
  const person = await findPersonByKey(world.db, key);
  return person === null ? null : findRsvpView(world.db, id, person.id);
};
const victim = () => world.db.person.findFirstOrThrow({ where: { email: VICTIM.email } });

describe('an answer under an unverified address that a guest of Luma has', () => {
  it('shows nothing of the guest, changes nothing of them, and reaches no other answer of theirs', async () => {
    const other = await world.publishEvent('e2');
    registerVictim();
    registerVictim('approved', other.lumaEventId);
    await pull();
    await world.enqueue('guest.pull', {
      eventId: other.eventId,
      assignCoupons: false,
      sendEmails: false,
      approvalStatus: null,
    });
    await world.drain();
    const { view } = await put('mallory');
    await world.drain();
    for (const shown of [view, await viewOf('mallory')]) {
      expect(shown).toMatchObject({ person: { name: 'Mallory', email: VICTIM.email, phone: null }, lumaGuestId: null });
    }
    expect(await victim()).toMatchObject({ name: VICTIM.name, phone: VICTIM.phone, origin: 'luma', externalId: null });
    expect(await viewOf('mallory', other.eventId)).toBeNull();
  });

  it.each(['going', 'cancelled', 'waitlist'] as const)(
    '%s: leaves the guest at Luma as they are, and adds no second one',
    async (status) => {
      const id = registerVictim('pending_approval');
      await pull();
      await put('mallory', { status });
      await world.drain();
      expect(await guestsAtLuma()).toMatchObject([{ id, status: 'pending_approval', adds: 0, name: VICTIM.name }]);
      expect((await world.operationsOf('rsvp.push')).map(({ state }) => state)).toEqual(['done']);
      expect((await viewOf('mallory'))?.rsvp.status).toBe(status);
    },
  );

  it('says so, whatever the guest’s own answer is', async () => {
    registerVictim();
    await put('mallory');
    await world.drain();
    expect(await viewOf('mallory')).toMatchObject({
      sync: { state: 'unverified', lastError: null },
      lumaGuestId: null,
    });
  });

  it('does not become the guest’s when Luma shows them later, by webhook or by pull', async () => {
    await put('mallory', { status: 'interested' });
    await world.deliver(await announcedBy(world, () => registerVictim()));
    await world.drain();
    await pull();
    expect(await viewOf('mallory')).toMatchObject({
      person: { name: 'Mallory', phone: null },
      rsvp: { status: 'interested' },
    });
    expect(await victim()).toMatchObject({ name: VICTIM.name, origin: 'luma', externalId: null });
    expect(await world.rsvps(eventId)).toHaveLength(2);
  });

  it('is not known by a phone number and a name that nobody verified', async () => {
    await put('mallory', {
      name: VICTIM.name,
      email: 'mallory@example.org',
      phone: VICTIM.phone,
      status: 'interested',
    });
    registerVictim();
    await pull();
    expect(await viewOf('mallory')).toMatchObject({ lumaGuestId: null, rsvp: { status: 'interested' } });
    expect(await victim()).toMatchObject({ origin: 'luma', externalId: null });
  });
});

describe('an answer under an unverified address that no guest has', () => {
  it('is added, confirmed, changed and taken back as any other; a phone and name that Luma knows stay there', async () => {
    await put('ana', { name: 'Ana' });
    await world.drain();
    const [guest] = await guestsAtLuma();
    expect(await viewOf('ana')).toMatchObject({ sync: { state: 'synced' }, lumaGuestId: guest?.id });
    world.sim.control.changeGuest(lumaEventId, guest?.id ?? '', { name: VICTIM.name, phone: VICTIM.phone });
    await pull();
    expect((await viewOf('ana'))?.person).toMatchObject({ name: 'Ana', phone: null });
    await put('ana', { name: 'Ana', status: 'cancelled' });
    await world.drain();
    expect(await guestsAtLuma()).toMatchObject([{ id: guest?.id, status: 'declined' }]);
  });

  it('stays the app’s where the app added it when the same address registers at Luma elsewhere', async () => {
    await put('ana', { name: 'Ana' });
    await world.drain();
    const other = await world.publishEvent('e2');
    registerVictim('approved', other.lumaEventId);
    await world.enqueue('guest.pull', {
      eventId: other.eventId,
      assignCoupons: false,
      sendEmails: false,
      approvalStatus: null,
    });
    await world.drain();
    await pull();
    expect(await viewOf('ana')).toMatchObject({ sync: { state: 'synced' }, person: { email: VICTIM.email } });
    expect(await viewOf('ana', other.eventId)).toBeNull();
    await put('ana', { name: 'Ana', status: 'cancelled' });
    await world.drain();
    expect(await guestsAtLuma()).toMatchObject([{ status: 'declined' }]);
    expect(await guestsAtLuma(other.eventId)).toMatchObject([{ status: 'approved' }]);
  });
});

describe('the same address, verified later', () => {
  const verified = { emailVerified: true } as const;

  it('makes both one: the guest’s answers are the person’s, and the app’s answer travels', async () => {
    const id = registerVictim();
    await put('vic', { status: 'cancelled' });
    await world.drain();
    await put('vic', { ...verified, status: 'cancelled' });
    await world.drain();
    expect(await world.rsvps(eventId)).toHaveLength(1);
    expect(await viewOf('vic')).toMatchObject({
      lumaGuestId: id,
      person: { phone: VICTIM.phone },
      sync: { state: 'synced' },
    });
    expect(await guestsAtLuma()).toMatchObject([{ id, status: 'declined' }]);
  });

  it('carries answers to other events that could not travel before', async () => {
    const other = await world.publishEvent('e2');
    registerVictim('pending_approval', other.lumaEventId);
    await put('vic', { status: 'going' }, 'e2');
    await world.drain();
    expect(await guestsAtLuma(other.eventId)).toMatchObject([{ status: 'pending_approval' }]);
    await put('vic', { ...verified });
    await world.drain();
    expect(await guestsAtLuma(other.eventId)).toMatchObject([{ status: 'approved' }]);
    expect(await world.rsvps(other.eventId)).toHaveLength(1);
  });

  it('goes to the person who proved it, with the entry that somebody else of the app had made under it', async () => {
    await put('mallory');
    await world.drain();
    const [guest] = await guestsAtLuma();
    await put('vic', { ...verified, name: 'Vic' });
    await world.drain();
    expect(await viewOf('vic')).toMatchObject({ lumaGuestId: guest?.id, person: { email: VICTIM.email } });
    expect(await viewOf('mallory')).toMatchObject({ lumaGuestId: null, sync: { state: 'unverified' } });
    stored(
      await retryingTransaction(world.db, (tx) =>
        decideRsvp(tx, { eventKey: 'e1', personKey: 'mallory' }, 'cancelled', 'app'),
      ),
    );
    await world.drain();
    expect(await guestsAtLuma()).toMatchObject([{ id: guest?.id, status: 'approved' }]);
  });
});
