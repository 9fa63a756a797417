import { expect } from '@jest/globals';
import { lumaCalendarSchema, lumaSelfSchema } from '@luma-sync/luma-contract';
import { documentedCalendar, documentedGuest, documentedSelf } from '@luma-sync/testkit/luma-fixtures';
import { call, createEvent, expectShapeOf, failure, NEW_EVENT } from '../against-simulator.js';
import { type Trials, UNKNOWN_EVENT } from './trial.js';

const NOT_A_CURSOR = { pagination_cursor: 'nonsense' };

export const calendarTrials: Trials<
  | 'getSelf'
  | 'getCalendar'
  | 'lookupEntity'
  | 'lookupCalendarEvent'
  | 'addEventToCalendar'
  | 'listEventTags'
  | 'createEventTag'
  | 'applyEventTag'
  | 'unapplyEventTag'
  | 'listContacts'
  | 'listAllContacts'
> = {
  getSelf: {
    good: async ({ luma }) => expectShapeOf(await luma.getSelf(call()), lumaSelfSchema.parse(documentedSelf)),
    bad: async ({ open }) => {
      const error = await failure(open({ apiKey: 'secret-wrong' }).getSelf(call()));
      expect(error).toMatchObject({ code: 'luma.auth_failed', verdict: 'wait', scope: 'account' });
    },
  },
  getCalendar: {
    good: async ({ luma }) => {
      const calendar = await luma.getCalendar(call());
      expectShapeOf(calendar, lumaCalendarSchema.parse(documentedCalendar));
      expect(calendar.id).toBe('cal-default');
    },
    bad: async ({ luma, sim }) => {
      sim.control.changeCalendar('cal-default', { isPlanActive: false });
      const error = await failure(luma.getCalendar(call()));
      expect(error).toMatchObject({ code: 'luma.plan_inactive', verdict: 'wait', scope: 'account' });
    },
  },
  lookupEntity: {
    good: async ({ luma }) => {
      expect(await luma.lookupEntity('nobodys', call())).toBeNull();
      const id = await createEvent(luma, { slug: 'ours' });
      expect(await luma.lookupEntity('ours', call())).toEqual({
        type: 'event',
        event: { id, name: NEW_EVENT.name, slug: 'ours' },
      });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.lookupEntity('', call()))).toMatchObject({
        code: 'luma.rejected',
        message: expect.stringContaining('slug'),
      });
    },
  },
  lookupCalendarEvent: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma);
      const { url } = await luma.getEvent(eventId, call());
      const known = { id: eventId, status: 'approved' };
      expect(await luma.lookupCalendarEvent({ eventId }, call())).toEqual(known);
      expect(await luma.lookupCalendarEvent({ url: url ?? '' }, call())).toEqual(known);
    },
    bad: async ({ luma }) => {
      expect(await luma.lookupCalendarEvent({ eventId: UNKNOWN_EVENT }, call())).toBeNull();
    },
  },
  addEventToCalendar: {
    good: async ({ luma }) => {
      const added = await luma.addEventToCalendar(
        {
          platform: 'external',
          url: 'https://example.org/open-studio',
          name: 'Open studio',
          start_at: NEW_EVENT.start_at,
          duration_interval: 'PT2H',
          timezone: NEW_EVENT.timezone,
        },
        call(),
      );
      expect(added).toEqual({ id: expect.stringMatching(/^calev-/), status: 'approved' });
    },
    bad: async ({ luma, sim }) => {
      sim.control.addCalendar({ id: 'cal-other' });
      const { id } = sim.control.createEvent({ ...NEW_EVENT, calendarId: 'cal-other', visibility: 'private' });
      const error = await failure(luma.addEventToCalendar({ platform: 'luma', event_id: id }, call()));
      expect(error).toMatchObject({ code: 'luma.forbidden', verdict: 'fail' });
    },
  },
  listEventTags: {
    good: async ({ luma }) => {
      const { id } = await luma.createEventTag('Listed', call());
      expect(await luma.listEventTags(call())).toContainEqual({ id, name: 'Listed' });
    },
    bad: async ({ luma, sim }) => {
      sim.control.layFault({ kind: 'error', status: 400, path: '/v1/calendars/event-tags/list', count: 1 } as never);
      expect((await failure(luma.listEventTags(call()))).code).toBe('luma.rejected');
    },
  },
  createEventTag: {
    good: async ({ luma }) => {
      expect(await luma.createEventTag('Made', call())).toEqual({ id: expect.stringMatching(/^tag-/) });
    },
    bad: async ({ luma }) => {
      expect((await failure(luma.createEventTag('', call()))).code).toBe('luma.rejected');
    },
  },
  applyEventTag: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      const { id } = await luma.createEventTag('Applied', call());
      await luma.applyEventTag(id, eventId, call());
      await luma.applyEventTag('Applied', eventId, call());
      const tagged = (await luma.listEvents({}, call())).entries.find((event) => event.id === eventId);
      expect(tagged?.tags).toEqual([{ id, name: 'Applied' }]);
      expect(sim.control.outside().count).toBe(0);
    },
    bad: async ({ luma }) => {
      const eventId = await createEvent(luma);
      expect((await failure(luma.applyEventTag('nothing', eventId, call()))).code).toBe('luma.rejected');
    },
  },
  unapplyEventTag: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma);
      const { id } = await luma.createEventTag('Taken off', call());
      await luma.applyEventTag(id, eventId, call());
      await luma.unapplyEventTag(id, eventId, call());
      const left = (await luma.listEvents({}, call())).entries.find((event) => event.id === eventId);
      expect(left?.tags).toEqual([]);
    },
    bad: async ({ luma }) => {
      const eventId = await createEvent(luma);
      expect((await failure(luma.unapplyEventTag('nothing', eventId, call()))).code).toBe('luma.rejected');
    },
  },
  listContacts: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.registerGuests(eventId, { guests: [{ email: documentedGuest.user_email, name: 'First Last' }] });
      const page = await luma.listContacts({ query: 'a@example' }, call());
      expect(page.odd).toEqual([]);
      expect(page.entries).toEqual([
        expect.objectContaining({ email: documentedGuest.user_email, user_id: expect.stringMatching(/^usr-/) }),
      ]);
    },
    bad: async ({ luma }) => {
      expect((await failure(luma.listContacts(NOT_A_CURSOR, call()))).code).toBe('luma.rejected');
    },
  },
  listAllContacts: {
    good: async ({ luma, sim }) => {
      const eventId = await createEvent(luma);
      sim.control.changeSettings({ paging: { defaultSize: 2 } });
      sim.control.registerGuests(eventId, { count: 5 });
      const listing = luma.listAllContacts({}, call());
      const sizes = [];
      let step = await listing.next();
      for (; step.done !== true; step = await listing.next()) sizes.push(step.value.entries.length);
      expect(sizes).toEqual([2, 2, 1]);
      expect(step.value).toEqual({ complete: true, pages: 3 });
    },
    bad: async ({ luma }) => {
      const { value } = await luma.listAllContacts({}, call(), { cursor: 'nonsense' }).next();
      expect(value).toMatchObject({ complete: false, reason: 'page-failed', error: { code: 'luma.rejected' } });
    },
  },
};
