import { beforeEach, describe, expect, it } from '@jest/globals';
import { BODY, CALENDAR, type OpenDriver, type StoreDriver } from './driver.js';

type Adoption = Parameters<StoreDriver['backfills']['adopt']>[1];

const STATE = {
  title: 'Meetup',
  description: null,
  startsAt: BODY.startsAt.toISOString(),
  endsAt: BODY.endsAt.toISOString(),
  timezone: 'UTC',
  address: null,
  coordinate: null,
  meetingUrl: null,
  visibility: 'public' as const,
  capacity: null,
  cover: null,
};

/** What pushes and commands store of events. */
export function describeEvents(open: OpenDriver): void {
  describe('the store of events', () => {
    let driver: StoreDriver;
    beforeEach(async () => {
      driver = await open();
    });
    const reserve = async (key: string, slug: string | null) => {
      const reservation = { calendarId: CALENDAR, slug, base: { ours: STATE, luma: {} } };
      return driver.events.reserveSlug(driver.run, { ...reservation, eventId: await driver.eventId(key) });
    };
    const adoptionOf = async (key: string, changed: Partial<Adoption>): Promise<Adoption> => ({
      eventId: await driver.eventId(key),
      ...{ revision: 1, calendarId: CALENDAR, lumaEventId: 'evt-1', slug: null, url: null, mergesEventId: null },
      ...{ base: { ours: STATE, luma: STATE }, take: {}, takenFields: [], conflicts: [], observedAt: new Date() },
      by: 'time_and_name',
      ...changed,
    });
    const linkOf = async (key: string) => (await driver.events.find(await driver.eventId(key)))?.link;

    it('reserves several events whose address Luma chooses', async () => {
      await driver.putEvent('app-2', BODY);
      expect(await reserve('app-1', null)).toBe(true);
      expect(await reserve('app-2', null)).toBe(true);
    });

    it('reserves an address for one event alone', async () => {
      await driver.putEvent('app-2', BODY);
      expect(await reserve('app-1', 'meetup')).toBe(true);
      expect(await reserve('app-2', 'meetup')).toBe(false);
      expect(await linkOf('app-2')).toBeNull();
    });

    it('reserves nothing for an event about which a person is asked', async () => {
      await driver.putInDoubt('app-1');
      await expect(reserve('app-1', 'meetup')).rejects.toMatchObject({ code: 'event.in_doubt' });
      expect(await linkOf('app-1')).toBeNull();
    });

    it('keeps how an event was taken back until its registration is open again', async () => {
      await reserve('app-1', 'meetup');
      await driver.decideEvent('app-1', 'soft');
      expect(await driver.readEvent('app-1')).toMatchObject({ approval: 'cancelled', cancelMode: 'soft' });
      await driver.decideEvent('app-1', 'approve');
      expect(await driver.readEvent('app-1')).toMatchObject({ approval: 'approved', cancelMode: 'soft', revision: 3 });
      const push = {
        eventId: await driver.eventId('app-1'),
        revision: 3,
        base: { ours: STATE, luma: STATE },
        observedAt: new Date(),
        url: null,
        take: {},
        sentFields: ['title'],
        isReopened: true,
        mailReason: null,
        problem: null,
      };
      await driver.events.confirmPush(driver.run, push);
      expect(await driver.readEvent('app-1')).toMatchObject({ approval: 'approved', cancelMode: null });
    });

    it('keeps when a create was first sent, where Luma chooses the address', async () => {
      await reserve('app-1', null);
      await driver.pass();
      const first = (await linkOf('app-1'))?.createAskedAt;
      await reserve('app-1', null);
      expect((await linkOf('app-1'))?.createAskedAt).toEqual(first);
      await reserve('app-1', 'meetup');
      expect((await linkOf('app-1'))?.createAskedAt).not.toEqual(first);
    });

    it('leaves an event due that was edited while its push was in flight', async () => {
      await reserve('app-1', 'meetup');
      await driver.putEvent('app-1', { ...BODY, title: 'Newer' });
      const about = { eventId: await driver.eventId('app-1'), revision: 1, observedAt: new Date(), url: null };
      const push = { ...about, base: { ours: STATE, luma: STATE }, sentFields: [], mailReason: null, problem: null };
      await driver.events.confirmPush(driver.run, { ...push, take: {} });
      expect(await linkOf('app-1')).toMatchObject({ state: 'pending_push', pushedRevision: 1 });
      await expect(driver.events.confirmPush(driver.run, { ...push, take: { title: 'Theirs' } })).rejects.toMatchObject(
        { code: 'event.changed_meanwhile' },
      );
      expect(await driver.readEvent('app-1')).toMatchObject({ title: 'Newer', revision: 2 });
    });

    it('keeps what a host changed while the app repeats itself, and takes the place as one', async () => {
      const eventId = await driver.eventId('app-1');
      await reserve('app-1', 'meetup');
      const seen = { eventId, calendarId: CALENDAR, revision: 1, observedAt: new Date(), state: 'synced' } as const;
      const take = { title: 'By a host', locationName: 'Hall', locationAddress: 'Street 9' };
      const merged = { ...seen, take, takenFields: ['title'], conflicts: [], base: { ours: STATE, luma: STATE } };
      await driver.events.storeObservation(driver.run, { ...merged, pushNeeded: false, via: 'pull', trigger: 'api' });
      await driver.putEvent('app-1', BODY);
      expect(await driver.readEvent('app-1')).toMatchObject({ title: 'By a host', revision: 1 });
      await driver.putEvent('app-1', { ...BODY, locationName: 'Garden' });
      const event = (await driver.events.find(eventId))?.event;
      expect(event).toMatchObject({ title: 'By a host', locationName: 'Garden', locationAddress: 'Street 1' });
    });

    it('takes tags of a host over, unless the app has edited the event since', async () => {
      await reserve('app-1', 'meetup');
      const eventId = await driver.eventId('app-1');
      const base = { names: ['music'], at: new Date().toISOString() };
      const taken = { tags: ['music'], revision: 1, via: 'pull' };
      expect(await driver.events.storeTags(driver.run, { eventId, base, taken })).toBe(true);
      expect(await driver.readEvent('app-1')).toMatchObject({ revision: 1, tags: ['music'] });
      expect(await linkOf('app-1')).toMatchObject({ tagsBase: base });
      await driver.putEvent('app-1', { ...BODY, title: 'Newer', tags: ['music'] });
      const older = { ...base, names: [] };
      const late = { eventId, base: older, taken: { ...taken, tags: [] } };
      expect(await driver.events.storeTags(driver.run, late)).toBe(false);
      expect(await driver.readEvent('app-1')).toMatchObject({ revision: 2, tags: ['music'] });
      expect(await linkOf('app-1')).toMatchObject({ tagsBase: base });
    });

    it('stores the tags that both sides agree on, and leaves ours', async () => {
      await reserve('app-1', 'meetup');
      const eventId = await driver.eventId('app-1');
      const refused = { names: ['odd'], message: 'No such tag' };
      const base = { names: ['music'], at: new Date().toISOString(), refused };
      expect(await driver.events.storeTags(driver.run, { eventId, base })).toBe(true);
      expect(await driver.readEvent('app-1')).toMatchObject({ tags: [] });
      expect(await linkOf('app-1')).toMatchObject({ tagsBase: base });
    });

    it('adopts an event of Luma once, with its values for what ours left empty', async () => {
      await driver.putEvent('app-2', BODY);
      const adopted = await adoptionOf('app-1', { slug: 'meetup', take: { capacity: 50 }, url: 'https://luma.com/x' });
      expect(await driver.backfills.adopt(driver.run, adopted)).toBe(true);
      const { event, link } = (await driver.events.find(adopted.eventId)) ?? {};
      expect(event).toMatchObject({ revision: 1, capacity: 50, url: 'https://luma.com/x' });
      expect(link).toMatchObject({ lumaEventId: 'evt-1', slug: 'meetup', state: 'pending_push', pushedRevision: 0 });
      expect(await driver.backfills.adopt(driver.run, adopted)).toBe(false);
      expect(await driver.backfills.adopt(driver.run, await adoptionOf('app-2', {}))).toBe(false);
      expect(await linkOf('app-2')).toBeNull();
    });

    it('adopts nothing for an event that the app has edited since', async () => {
      const adoption = await adoptionOf('app-1', {});
      await driver.putEvent('app-1', { ...BODY, title: 'Newer' });
      expect(await driver.backfills.adopt(driver.run, adoption)).toBe(false);
      expect(await linkOf('app-1')).toBeNull();
    });

    it('leaves an address with the event that has it when another one is adopted', async () => {
      await reserve('app-1', 'meetup');
      await driver.putEvent('app-2', BODY);
      expect(await driver.backfills.adopt(driver.run, await adoptionOf('app-2', { slug: 'meetup' }))).toBe(true);
      expect(await linkOf('app-2')).toMatchObject({ lumaEventId: 'evt-1', slug: null });
      expect(await linkOf('app-1')).toMatchObject({ slug: 'meetup' });
    });

    it('takes other tags, or another cover, for an edit', async () => {
      await driver.putEvent('app-1', { ...BODY, tags: ['music'] });
      expect(await driver.readEvent('app-1')).toMatchObject({ revision: 2, tags: ['music'] });
      await driver.putEvent('app-1', { ...BODY, tags: ['music'], coverUrl: 'https://example.org/c.png' });
      expect(await driver.readEvent('app-1')).toMatchObject({ revision: 3, coverUrl: 'https://example.org/c.png' });
      await driver.putEvent('app-1', { ...BODY, tags: ['music'], coverUrl: 'https://example.org/c.png' });
      expect(await driver.readEvent('app-1')).toMatchObject({ revision: 3 });
    });
  });
}
