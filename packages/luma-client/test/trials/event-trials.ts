import { expect } from '@jest/globals';
import { lumaCancelRequestedSchema, lumaCreatedSchema, lumaEventSchema } from '@luma-sync/luma-contract';
import {
  documentedCancelRequested,
  documentedCreated,
  documentedEvent,
  documentedEventPage,
} from '@luma-sync/testkit/luma-fixtures';
import { call, createEvent, expectShapeOf, failure, NEW_EVENT } from '../against-simulator.js';
import { type Trials, UNKNOWN_EVENT } from './trial.js';

const PNG = { bytes: new Uint8Array([137, 80, 78, 71]), contentType: 'image/png' as const };
const forbidden = { code: 'luma.forbidden', verdict: 'fail' };
const rejected = (field: string) => ({
  code: 'luma.rejected',
  verdict: 'fail',
  message: expect.stringContaining(field),
});

/** Every field there is, so that the recorded shape has something to judge. */
const WHOLE_EVENT = {
  ...NEW_EVENT,
  end_at: '2027-03-16T21:30:00.000Z',
  description_md: 'Text',
  geo_address_json: { type: 'manual' as const, address: 'Venue, Street 1, City' },
  coordinate: { latitude: 48.137154, longitude: 11.576124 },
};

export const eventTrials: Trials<
  | 'getEvent'
  | 'findEvent'
  | 'listEvents'
  | 'listAllEvents'
  | 'createEvent'
  | 'updateEvent'
  | 'requestCancellation'
  | 'cancelEvent'
  | 'createImageUploadUrl'
  | 'uploadImage'
> = {
  getEvent: {
    good: async ({ luma }) => {
      const id = await createEvent(luma, WHOLE_EVENT);
      const event = await luma.getEvent(id, call());
      expectShapeOf(event, lumaEventSchema.parse(documentedEvent));
      expect(event).toMatchObject({ id, name: NEW_EVENT.name, end_at: WHOLE_EVENT.end_at, visibility: 'public' });
      expect(event.coordinate).toEqual(WHOLE_EVENT.coordinate);
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.getEvent(UNKNOWN_EVENT, call()))).toMatchObject(forbidden);
    },
  },
  findEvent: {
    good: async ({ luma }) => {
      const id = await createEvent(luma);
      expect(await luma.findEvent(id, call())).toMatchObject({ kind: 'found', record: { id } });
    },
    bad: async ({ luma, sim }) => {
      expect(await luma.findEvent(UNKNOWN_EVENT, call())).toEqual({ kind: 'forbidden' });
      sim.control.addCalendar({ id: 'cal-other' });
      const { id } = sim.control.createEvent({ ...NEW_EVENT, calendarId: 'cal-other' });
      expect(await luma.findEvent(id, call())).toEqual({ kind: 'forbidden' });
    },
  },
  listEvents: {
    good: async ({ luma }) => {
      const id = await createEvent(luma, WHOLE_EVENT);
      await createEvent(luma, { start_at: '2020-01-01T10:00:00.000Z' });
      const page = await luma.listEvents({ after: '2027-01-01T00:00:00Z', access: ['manage', 'view'] }, call());
      expect(page).toMatchObject({ has_more: false, odd: [], next_cursor: expect.any(String) });
      expect(page.entries.map((event) => event.id)).toEqual([id]);
      expectShapeOf(page.entries[0], lumaEventSchema.parse(documentedEventPage.entries[0]));
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.listEvents({ after: 'yesterday' }, call()))).toMatchObject(rejected('after'));
    },
  },
  listAllEvents: {
    good: async ({ luma }) => {
      const ids = [await createEvent(luma), await createEvent(luma)];
      const listing = luma.listAllEvents({ pagination_limit: 1 }, call());
      const seen: string[] = [];
      let step = await listing.next();
      for (; step.done !== true; step = await listing.next()) seen.push(...step.value.entries.map((event) => event.id));
      expect(seen.sort()).toEqual(ids.sort());
      expect(step.value).toEqual({ complete: true, pages: 2 });
    },
    bad: async ({ luma }) => {
      const { value } = await luma.listAllEvents({ before: 'tomorrow' }, call()).next();
      expect(value).toMatchObject({ complete: false, reason: 'page-failed', error: { code: 'luma.rejected' } });
    },
  },
  createEvent: {
    good: async ({ luma, sim }) => {
      const created = await luma.createEvent({ ...WHOLE_EVENT, slug: 'open-studio' }, call());
      expectShapeOf(created, lumaCreatedSchema.parse(documentedCreated));
      expect((await luma.getEvent(created.id, call())).url).toBe('https://luma.com/open-studio');
      expect(sim.control.counters().eventsCreated).toBe(1);
    },
    bad: async ({ luma, sim }) => {
      const error = await failure(luma.createEvent({ ...NEW_EVENT, start_at: '2027-03-16 19:30' }, call()));
      expect(error).toMatchObject(rejected('start_at'));
      const elsewhere = { ...NEW_EVENT, cover_url: 'https://example.org/cover.png' };
      expect(await failure(luma.createEvent(elsewhere, call()))).toMatchObject(rejected('cover_url'));
      expect(sim.control.counters().eventsCreated).toBe(0);
    },
  },
  updateEvent: {
    good: async ({ luma }) => {
      const id = await createEvent(luma);
      await luma.updateEvent(id, { name: 'Renamed' }, { suppressNotifications: true }, call());
      expect(await luma.getEvent(id, call())).toMatchObject({ name: 'Renamed', start_at: NEW_EVENT.start_at });
    },
    bad: async ({ luma }) => {
      const quietly = { suppressNotifications: true };
      expect(await failure(luma.updateEvent(UNKNOWN_EVENT, {}, quietly, call()))).toMatchObject(forbidden);
      const id = await createEvent(luma);
      expect(await failure(luma.updateEvent(id, { name: '' }, quietly, call()))).toMatchObject(rejected('name'));
    },
  },
  requestCancellation: {
    good: async ({ luma }) => {
      const id = await createEvent(luma);
      const requested = await luma.requestCancellation(id, call());
      expectShapeOf(requested, lumaCancelRequestedSchema.parse(documentedCancelRequested));
      expect(await luma.findEvent(id, call())).toMatchObject({ kind: 'found' });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.requestCancellation(UNKNOWN_EVENT, call()))).toMatchObject(forbidden);
    },
  },
  cancelEvent: {
    good: async ({ luma }) => {
      const id = await createEvent(luma);
      const { cancellation_token: token } = await luma.requestCancellation(id, call());
      await luma.cancelEvent(id, { token }, { notifiesEveryGuest: true }, call());
      expect(await luma.findEvent(id, call())).toEqual({ kind: 'forbidden' });
    },
    bad: async ({ luma }) => {
      const id = await createEvent(luma);
      const error = await failure(luma.cancelEvent(id, { token: 'made-up' }, { notifiesEveryGuest: true }, call()));
      expect(error).toMatchObject(rejected('cancellation_token'));
      expect(await luma.findEvent(id, call())).toMatchObject({ kind: 'found' });
    },
  },
  createImageUploadUrl: {
    good: async ({ luma }) => {
      const place = await luma.createImageUploadUrl('image/png', call());
      const id = await createEvent(luma, { cover_url: place.file_url });
      expect((await luma.getEvent(id, call())).cover_url).toBe(place.file_url);
    },
    bad: async ({ luma }) => {
      const svg = 'image/svg+xml' as 'image/png';
      expect(await failure(luma.createImageUploadUrl(svg, call()))).toMatchObject(rejected('content_type'));
    },
  },
  uploadImage: {
    good: async ({ luma, sim, gate }) => {
      const place = await luma.createImageUploadUrl('image/png', call());
      const slotsBefore = gate.asked.length;
      await luma.uploadImage(place.upload_url, PNG, call());
      expect(sim.control.counters().uploads).toBe(1);
      expect(gate.asked).toHaveLength(slotsBefore);
    },
    bad: async ({ luma, sim }) => {
      const error = await failure(luma.uploadImage(`${sim.url}/_images/never-announced`, PNG, call()));
      expect(error).toMatchObject({ code: 'luma.upload_failed', verdict: 'retry' });
      expect(sim.control.counters().uploads).toBe(0);
    },
  },
};
