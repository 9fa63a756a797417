import { beforeEach, describe, expect, it } from '@jest/globals';
import { BODY, CALENDAR, type OpenDriver, type StoreDriver } from './driver.js';

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
