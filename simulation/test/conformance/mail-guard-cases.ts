import { beforeEach, describe, expect, it } from '@jest/globals';
import { CALENDAR, MAIL_LIMIT, type OpenDriver, type StoreDriver } from './driver.js';

/** How many people Luma may mail. */
export function describeMailGuard(open: OpenDriver): void {
  describe('the mail guard', () => {
    let driver: StoreDriver;
    let eventId: string;
    const allowance = () => driver.mailGuard.findAllowance({ eventId, calendarId: CALENDAR, purpose: 'rsvp_push' });
    const answer = (key: string) =>
      driver.putRsvp('app-1', key, { name: key, email: `${key}@example.org`, emailVerified: true }, 'going');
    const note = (permitId: string | null, uses: number) =>
      driver.mailGuard.note(driver.run, {
        ...{ eventId, purpose: 'rsvp_push', uses, rsvpIds: null },
        decision: { allowed: true, recipients: uses, reason: 'Luma may mail them.', permitId },
      });

    beforeEach(async () => {
      driver = await open();
      eventId = await driver.eventId('app-1');
    });

    it('gives out of a permit what is left, and takes back what was not used', async () => {
      expect(await allowance()).toEqual({ limit: MAIL_LIMIT, permit: null });
      await driver.givePermit('app-1', 3);
      const { permit } = await allowance();
      expect(permit).toMatchObject({ left: 3, actor: 'operator' });
      await note(permit?.id ?? null, 2);
      expect((await allowance()).permit).toMatchObject({ left: 1 });
      await note(permit?.id ?? null, 5);
      expect((await allowance()).permit).toBeNull();
      await driver.mailGuard.giveBack(driver.run, permit?.id ?? '', 2);
      expect((await allowance()).permit).toMatchObject({ left: 2 });
    });

    it('counts no person who answers for themselves among the first sendings', async () => {
      await answer('ann');
      expect(await driver.mailGuard.countFirstSendings(eventId, [])).toBe(0);
      const [due] = await driver.rsvps.listDue({ eventId, limit: 1 });
      expect(await driver.mailGuard.countFirstSendings(eventId, [due?.rsvpId ?? ''])).toBe(1);
    });

    it('counts guests whom Luma tells about a change, without those who declined', async () => {
      await answer('ann');
      const shown = { name: null, phone: null, kind: null, checkedInAt: null, tickets: [], answers: [], digest: 'd' };
      const guests = ['approved', 'declined', 'invited'].map((approvalStatus, index) => ({
        ...{ ...shown, lumaGuestId: `gst-${index}`, email: `g${index}@example.org`, approvalStatus },
      }));
      const about = { eventId, calendarId: CALENDAR, source: 'app', via: 'test', trigger: 'api' } as const;
      await driver.rsvps.applyGuests(driver.run, { ...about, guests, observedAt: new Date() });
      expect(await driver.mailGuard.countGuestsToTell(eventId)).toBe(2);
    });
  });
}
