import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DueRsvp, ObservedGuest } from '@luma-sync/store';
import { BODY, CALENDAR, type OpenDriver, type StoreDriver } from './driver.js';

const ANN = { name: 'Ann', email: 'ann@example.org', emailVerified: true };
const LONG_AGO = new Date(Date.now() - 3_600_000);
const SOON = () => new Date(Date.now() + 3_600_000);

const guest = (change: Partial<ObservedGuest> = {}): ObservedGuest => ({
  ...{ lumaGuestId: 'gst-1', email: ANN.email, name: 'Ann', phone: null, approvalStatus: 'approved' },
  ...{ kind: null, checkedInAt: null, tickets: [], answers: [], digest: 'd' },
  ...change,
});

/** What a push of answers stores, and what of it the next run is given. */
export function describeRsvps(open: OpenDriver): void {
  describe('the store of RSVPs', () => {
    let driver: StoreDriver;
    let eventId: string;
    const due = () => driver.rsvps.listDue({ eventId, limit: 10 });
    const firstDue = async (): Promise<DueRsvp> => {
      const [first] = await due();
      if (first === undefined) throw new Error('no RSVP is due');
      return first;
    };
    const rsvpOf = (person: string, key = 'app-1') => driver.readRsvp(key, person);
    const link = async () => (await rsvpOf('ann'))?.link;
    const send = async (approvalStatus: 'approved' | 'declined' | 'waitlist' = 'approved') => {
      const { rsvpId, revision, lumaGuestId, email } = await firstDue();
      const asked = { rsvpId, revision, approvalStatus, email: lumaGuestId === null ? email : null };
      await driver.rsvps.markAsked(driver.run, [asked]);
      return rsvpId;
    };
    const show = async (guests: readonly ObservedGuest[], over: { key?: string; unleasedSince?: Date } = {}) => {
      const { key = 'app-1', ...read } = over;
      const about = { calendarId: CALENDAR, source: 'app', via: 'test', trigger: 'api', ...read } as const;
      const observation = { ...about, eventId: await driver.eventId(key), guests, observedAt: new Date() };
      return driver.rsvps.applyGuests(driver.run, observation);
    };

    beforeEach(async () => {
      driver = await open();
      eventId = await driver.eventId('app-1');
      await driver.putRsvp('app-1', 'ann', ANN, 'going');
    });

    it('lists an answer as due until Luma shows it, and not while the person is only interested', async () => {
      expect(await firstDue()).toMatchObject({ state: 'pending_push', askedRevision: 0, isOwnAnswer: true });
      await send();
      expect(await firstDue()).toMatchObject({ state: 'unconfirmed', askedRevision: 1, mayArrive: true });
      await show([guest()]);
      expect(await due()).toEqual([]);
      await driver.putRsvp('app-1', 'ben', { ...ANN, email: 'ben@example.org' }, 'interested');
      expect(await due()).toEqual([]);
    });

    it('gives a guest whom Luma passed over to the next run as skipped, until a newer answer', async () => {
      const rsvpId = await send();
      await driver.rsvps.markAccepted(driver.run, [{ rsvpId, isSkipped: true }]);
      expect(await firstDue()).toMatchObject({ isSkipped: true, state: 'unconfirmed', mayArrive: false });
      expect(await link()).toMatchObject({ errorCode: 'rsvp.skipped' });
      await driver.putRsvp('app-1', 'ann', ANN, 'waitlist');
      expect((await firstDue()).isSkipped).toBeUndefined();
    });

    it('takes an intent back whose request was never sent', async () => {
      await show([guest({ approvalStatus: 'waitlist' })]);
      const before = await firstDue();
      await send();
      expect((await link())?.base).toMatchObject({ asked: 'approved' });
      await driver.rsvps.takeBackAsked(driver.run, [before]);
      const { mayArrive, ...held } = before;
      expect(await firstDue()).toEqual({ ...held, mayArrive });
      expect((await link())?.base).not.toHaveProperty('asked');
    });

    it('counts checks only when they are due, and a second request always', async () => {
      const rsvpId = await send();
      await driver.ageSendings(-60);
      await driver.rsvps.countLook(driver.run, [rsvpId]);
      expect(await link()).toMatchObject({ confirmTries: 0 });
      await driver.ageSendings(120);
      await driver.rsvps.countLook(driver.run, [rsvpId]);
      await driver.rsvps.countConfirmTry(driver.run, [rsvpId]);
      expect(await link()).toMatchObject({ confirmTries: 2 });
    });

    it('keeps with an answer that gave way why it did', async () => {
      await show([guest({ approvalStatus: 'waitlist' })]);
      const { rsvpId, revision } = await firstDue();
      await driver.rsvps.markDeclinedAtLuma(driver.run, eventId, [{ rsvpId, revision }]);
      expect(await rsvpOf('ann')).toMatchObject({
        status: 'rejected',
        link: { state: 'synced', errorCode: 'rsvp.declined_at_luma', base: { ours: 'rejected', luma: 'waitlist' } },
      });
    });

    it('gives way to a refusal that comes before the answer was sent', async () => {
      await show([guest({ approvalStatus: 'declined' })]);
      expect(await rsvpOf('ann')).toMatchObject({
        status: 'rejected',
        link: { state: 'synced', errorCode: 'rsvp.declined_at_luma', decidedBy: 'luma_side' },
      });
      expect(await driver.putRsvp('app-1', 'ann', ANN, 'waitlist')).toBe('declined-at-luma');
      expect(await rsvpOf('ann')).toMatchObject({ status: 'rejected', submitted: 'going', revision: 1 });
    });

    it('leaves settled, unverified and failed answers alone until an edit', async () => {
      const { rsvpId, revision } = await firstDue();
      await driver.rsvps.markSettled(driver.run, [{ rsvpId, revision: revision + 1 }]);
      await driver.rsvps.markUnverified(driver.run, eventId, [{ rsvpId, revision: revision + 1 }]);
      expect(await due()).toHaveLength(1);
      await driver.rsvps.markSettled(driver.run, [{ rsvpId, revision }]);
      expect(await link()).toMatchObject({ state: 'synced', pushedRevision: 1, askedRevision: 0 });
      await driver.rsvps.markFailed(driver.run, eventId, [rsvpId], { code: 'luma.rejected', message: 'no' });
      expect(await link()).toMatchObject({ state: 'push_failed', errorCode: 'luma.rejected' });
      expect(await due()).toEqual([]);
      await driver.putRsvp('app-1', 'ann', ANN, 'waitlist');
      expect(await link()).toMatchObject({ state: 'pending_push', errorCode: null, ownAnswerRevision: 2 });
    });

    it('tries answers again whose guest could not be read, once a pull is complete', async () => {
      const { rsvpId } = await firstDue();
      const error = { code: 'rsvp.unreadable_guest', message: 'no' };
      await driver.rsvps.markFailed(driver.run, eventId, [rsvpId], error);
      await driver.rsvps.markPulled(eventId, new Date());
      expect(await link()).toMatchObject({ state: 'pending_push', errorCode: null });
      expect(await driver.countQueued('rsvp.push')).toBe(1);
    });

    it('forgets a guest whom Luma no longer has, and remembers which one that was', async () => {
      const rsvpId = await send();
      await show([guest()]);
      await driver.rsvps.markGone(driver.run, [rsvpId]);
      const gone = { lumaGuestId: null, goneGuestId: 'gst-1', base: null, observedAt: null, decidedBy: 'unknown' };
      expect(await link()).toMatchObject({ ...gone, askedEmail: ANN.email, askedAt: null, askedRevision: 1 });
    });

    it('moves to another entry, unless the link was written since the read began', async () => {
      await show([guest()]);
      const move = { eventId, linkedGuestId: 'gst-1', lumaGuestId: 'gst-2', rsvpId: '' };
      await driver.putRsvp('app-1', 'ann', ANN, 'waitlist');
      const { rsvpId } = await firstDue();
      expect(await driver.rsvps.moveToEntry(driver.run, { ...move, rsvpId, unleasedSince: LONG_AGO })).toBe(false);
      expect(await driver.rsvps.moveToEntry(driver.run, { ...move, rsvpId, unleasedSince: SOON() })).toBe(true);
      expect(await link()).toMatchObject({ lumaGuestId: 'gst-2', goneGuestId: 'gst-1' });
    });

    it('lets an answer of the app contest a read that began before it', async () => {
      await show([guest()]);
      await driver.putRsvp('app-1', 'ann', ANN, 'waitlist');
      const shown = guest({ approvalStatus: 'pending_approval', digest: 'e' });
      expect(await show([shown], { unleasedSince: LONG_AGO })).toMatchObject({ contested: ['gst-1'], updated: 0 });
      expect(await rsvpOf('ann')).toMatchObject({ status: 'waitlist', link: { base: { luma: 'approved' } } });
    });

    it('leaves a guest out whose id stands with another event', async () => {
      await driver.putEvent('app-2', BODY);
      await show([guest()]);
      expect(await show([guest({ email: 'eve@example.org' })], { key: 'app-2' })).toMatchObject({ added: 0 });
      expect(await driver.readPerson('eve@example.org')).toBeNull();
    });

    it('stores how Luma shows a guest once a newer observation says so, and finds guests by it', async () => {
      await show([guest()]);
      await driver.rsvps.noteSeen(driver.run, eventId, 'gst-1', SOON());
      const known = await driver.rsvps.findGuest(eventId, 'gst-1', null);
      expect(known).toMatchObject({ approvalStatus: 'approved', digest: 'd' });
      expect(known?.observedAt.getTime()).toBeGreaterThan(Date.now());
      expect(await driver.rsvps.findGuest(eventId, 'gst-9', ANN.email)).toMatchObject({ approvalStatus: 'approved' });
      expect(await driver.rsvps.findGuest(eventId, 'gst-9', 'eve@example.org')).toBeNull();
      expect(await driver.rsvps.countLinkedGuests(eventId)).toBe(1);
    });

    it('follows the name and address of a person who is known from Luma alone', async () => {
      await show([guest({ lumaGuestId: 'gst-2', email: 'old@example.org', name: 'Old' })]);
      await show([guest({ lumaGuestId: 'gst-2', email: 'new@example.org', name: 'New', digest: 'e' })]);
      expect(await driver.readPerson('old@example.org')).toBeNull();
      expect(await driver.readPerson('new@example.org')).toMatchObject({ name: 'New', externalId: null });
    });

    it('takes a repeated answer for no news, also where a host decided otherwise', async () => {
      await show([guest()]);
      await show([guest({ approvalStatus: 'waitlist', digest: 'e' })]);
      await driver.putRsvp('app-1', 'ann', ANN, 'going');
      expect(await rsvpOf('ann')).toMatchObject({ status: 'waitlist', submitted: 'going', revision: 1 });
      await driver.putRsvp('app-1', 'ann', ANN, 'pending');
      expect(await rsvpOf('ann')).toMatchObject({ status: 'pending', submitted: 'pending', revision: 2 });
    });

    it('fills what is empty of a person of the app, and keeps what the app submitted', async () => {
      await show([guest({ name: 'Ann at Luma', phone: '+4915100000' })]);
      expect(await driver.readPerson(ANN.email)).toMatchObject({ name: 'Ann', phone: '+4915100000' });
    });

    it('carries an answer over to the guest of the same person, as a repeat', async () => {
      await show([guest({ lumaGuestId: 'gst-2', email: 'luma@example.org' })]);
      const moved = { ...ANN, email: 'luma@example.org' };
      expect(await driver.putRsvp('app-1', 'ann', moved, 'waitlist')).toBe('stored');
      const carried = await rsvpOf('ann');
      expect(carried).toMatchObject({ status: 'waitlist', link: { lumaGuestId: 'gst-2', state: 'pending_push' } });
      expect(carried?.link?.askedRevision).toBe((carried?.revision ?? 0) - 1);
    });

    it('unties the answers of a person whose address turns out to be another one', async () => {
      await driver.putRsvp('app-1', 'claim', { name: 'C', email: 'shared@example.org', emailVerified: false }, 'going');
      await driver.putRsvp('app-1', 'owner', { name: 'O', email: 'shared@example.org', emailVerified: true }, 'going');
      expect(await rsvpOf('claim')).toMatchObject({ link: { state: 'unverified', lumaGuestId: null } });
      expect(await driver.putRsvp('app-1', 'third', { name: 'T', email: 'shared@example.org' }, 'going')).toBe(
        'email-taken',
      );
    });
  });
}
