import { expect } from '@jest/globals';
import { lumaGuestSchema } from '@luma-sync/luma-contract';
import { documentedGuest, documentedGuestPage } from '@luma-sync/testkit/luma-fixtures';
import { call, createEvent, expectShapeOf, failure } from '../against-simulator.js';
import { type Trials, UNKNOWN_EVENT } from './trial.js';

const EMAIL = documentedGuest.user_email;
const quietly = { sendEmail: false };
const rejected = { code: 'luma.rejected', verdict: 'fail' };
const forbidden = { code: 'luma.forbidden', verdict: 'fail' };
const missing = { code: 'luma.not_found', verdict: 'fail' };

export const guestTrials: Trials<
  'getGuest' | 'findGuest' | 'listGuests' | 'listAllGuests' | 'addGuests' | 'updateGuestStatus'
> = {
  getGuest: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.registerGuests(eventId, { guests: [{ email: EMAIL, name: 'First Last' }], isCheckedIn: true });
      const guest = await luma.getGuest(eventId, EMAIL, call());
      expectShapeOf(guest, lumaGuestSchema.parse(documentedGuest));
      expect(guest.event_tickets?.[0]?.checked_in_at).toEqual(expect.any(String));
      // By its id, and by the key inside its code for the door, it is the same guest.
      const key = new URL(guest.check_in_qr_code ?? '').searchParams.get('pk') ?? '';
      expect(await luma.getGuest(eventId, guest.id, call())).toEqual(guest);
      expect(await luma.getGuest(eventId, key, call())).toEqual(guest);
    },
    bad: async ({ luma }) => {
      const eventId = await createEvent(luma);
      expect(await failure(luma.getGuest(eventId, 'nobody@example.org', call()))).toMatchObject(missing);
      expect(await failure(luma.getGuest(UNKNOWN_EVENT, EMAIL, call()))).toMatchObject(forbidden);
    },
  },
  findGuest: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.registerGuests(eventId, { guests: [{ email: EMAIL }] });
      const found = await luma.findGuest(eventId, EMAIL, call());
      expect(found).toMatchObject({ kind: 'found', record: { user_email: EMAIL, approval_status: 'approved' } });
    },
    bad: async ({ luma }) => {
      const eventId = await createEvent(luma);
      expect(await luma.findGuest(eventId, 'nobody@example.org', call())).toEqual({ kind: 'missing' });
      expect(await luma.findGuest(UNKNOWN_EVENT, EMAIL, call())).toEqual({ kind: 'forbidden' });
    },
  },
  listGuests: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.registerGuests(eventId, { guests: [{ email: EMAIL, name: 'First Last' }], isCheckedIn: true });
      sim.control.registerGuests(eventId, { guests: [{ email: 'b@example.org' }], status: 'waitlist' });
      const page = await luma.listGuests(
        { event_id: eventId, approval_status: 'approved', sort_column: 'registered_at', sort_direction: 'desc' },
        call(),
      );
      expect(page.entries.map((guest) => guest.user_email)).toEqual([EMAIL]);
      expectShapeOf(page.entries[0], lumaGuestSchema.parse(documentedGuestPage.entries[0]));
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.listGuests({ event_id: UNKNOWN_EVENT }, call()))).toMatchObject(forbidden);
    },
  },
  listAllGuests: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.registerGuests(eventId, { count: 3 });
      const listing = luma.listAllGuests({ event_id: eventId }, call());
      expect((await listing.next()).value).toMatchObject({ entries: { length: 3 }, cursor: undefined });
      expect(await listing.next()).toEqual({ done: true, value: { complete: true, pages: 1 } });
    },
    bad: async ({ luma }) => {
      const { value } = await luma.listAllGuests({ event_id: UNKNOWN_EVENT }, call()).next();
      expect(value).toMatchObject({ complete: false, pages: 0, reason: 'page-failed', error: forbidden });
    },
  },
  addGuests: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      const body = { guests: [{ email: EMAIL, name: 'First' }], approval_status: 'waitlist' as const };
      expect(await luma.addGuests(eventId, body, quietly, call())).toEqual({});
      expect(await luma.getGuest(eventId, EMAIL, call())).toMatchObject({
        user_name: 'First',
        approval_status: 'waitlist',
      });
      // The newer form of the answer names whom it passed over.
      sim.control.changeSettings({ guests: { addAnswer: 'skipped', skippedEmails: ['b@example.org'] } });
      const again = await luma.addGuests(eventId, { guests: [{ email: 'b@example.org' }] }, quietly, call());
      expect(again).toEqual({ skipped: [{ email: 'b@example.org' }] });
    },
    bad: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      const error = await failure(luma.addGuests(eventId, { guests: [{ email: 'no address' }] }, quietly, call()));
      expect(error).toMatchObject(rejected);
      expect(error.message).toContain('guests.0.email');
      const unknownTicket = { guests: [{ email: EMAIL }], ticket: { event_ticket_type_id: 'ttype-unknown' } };
      expect(await failure(luma.addGuests(eventId, unknownTicket, quietly, call()))).toMatchObject(rejected);
      expect(sim.control.counters().guests).toBe(0);
    },
  },
  updateGuestStatus: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.registerGuests(eventId, { guests: [{ email: EMAIL }] });
      await luma.updateGuestStatus(eventId, { guest_id: EMAIL, status: 'declined' }, quietly, call());
      expect(await luma.getGuest(eventId, EMAIL, call())).toMatchObject({
        approval_status: 'declined',
        event_tickets: [],
      });
    },
    bad: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      const body = { guest_id: EMAIL, status: 'approved' as const };
      expect(await failure(luma.updateGuestStatus(eventId, body, quietly, call()))).toMatchObject(missing);
      sim.control.registerGuests(eventId, { guests: [{ email: EMAIL }] });
      // A message goes out by mail, so it cannot go with the wish for none.
      const contradiction = { ...body, message: 'Welcome' };
      expect(await failure(luma.updateGuestStatus(eventId, contradiction, quietly, call()))).toMatchObject(rejected);
    },
  },
};
