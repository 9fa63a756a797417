import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DueRsvp } from '@luma-sync/store';
import { CALENDAR, type OpenDriver, type StoreDriver } from './driver.js';

const ANN = { name: 'Ann', email: 'ann@example.org', emailVerified: true };

/** What a push of answers stores, and what of it the next run is given. */
export function describeRsvpPush(open: OpenDriver): void {
  describe('the store of RSVP links', () => {
    let driver: StoreDriver;
    let eventId: string;
    const due = () => driver.rsvps.listDue({ eventId, limit: 10 });
    const firstDue = async (): Promise<DueRsvp> => {
      const [first] = await due();
      if (first === undefined) throw new Error('no RSVP is due');
      return first;
    };
    const link = async () => (await driver.readRsvp('app-1', 'ann'))?.link;
    const send = async (approvalStatus: 'approved' | 'declined' = 'approved') => {
      const { rsvpId, revision, lumaGuestId, email } = await firstDue();
      const asked = { rsvpId, revision, approvalStatus, email: lumaGuestId === null ? email : null };
      await driver.rsvps.markAsked(driver.run, [asked]);
      return rsvpId;
    };

    beforeEach(async () => {
      driver = await open();
      eventId = await driver.eventId('app-1');
      await driver.putRsvp('app-1', 'ann', ANN, 'going');
    });

    it('gives a guest whom Luma passed over to the next run as skipped', async () => {
      const rsvpId = await send();
      await driver.rsvps.markAccepted(driver.run, [{ rsvpId, isSkipped: true }]);
      expect(await firstDue()).toMatchObject({ isSkipped: true, state: 'unconfirmed' });
      expect(await link()).toMatchObject({ errorCode: 'rsvp.skipped' });
    });

    it('keeps with an answer that gave way why it did', async () => {
      const guest = { email: ANN.email, name: 'Ann', phone: null, digest: 'a', answers: [], tickets: [] };
      const shown = { ...guest, lumaGuestId: 'gst-1', approvalStatus: 'waitlist', kind: null, checkedInAt: null };
      const about = { eventId, calendarId: CALENDAR, source: 'app', via: 'test', trigger: 'api' } as const;
      await driver.rsvps.applyGuests(driver.run, { ...about, guests: [shown], observedAt: new Date() });
      const { rsvpId, revision } = await firstDue();
      await driver.rsvps.markDeclinedThere(driver.run, eventId, [{ rsvpId, revision }]);
      expect(await driver.readRsvp('app-1', 'ann')).toMatchObject({
        status: 'rejected',
        link: { state: 'synced', errorCode: 'rsvp.declined_at_luma', base: { ours: 'rejected', luma: 'waitlist' } },
      });
    });
  });
}
