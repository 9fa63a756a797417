import { expect } from '@jest/globals';
import { lumaCouponSchema, lumaTicketTypeSchema } from '@luma-sync/luma-contract';
import { documentedCoupon, documentedTicketType } from '@luma-sync/testkit/luma-fixtures';
import { call, createEvent, expectShapeOf, failure } from '../against-simulator.js';
import { type Trials, UNKNOWN_EVENT } from './trial.js';

const HELLO = { code: 'HELLO', discount: { discount_type: 'percent' as const, percent_off: 50 } };
const TOO_LONG = { ...HELLO, code: 'X'.repeat(21) };
const NOT_A_CURSOR = { pagination_cursor: 'nonsense' };
const rejected = { code: 'luma.rejected', verdict: 'fail' };
const missing = { code: 'luma.not_found', verdict: 'fail' };
const forbidden = { code: 'luma.forbidden', verdict: 'fail' };
const failedOnFirstPage = { complete: false, pages: 0, reason: 'page-failed' };

export const commerceTrials: Trials<
  | 'listTicketTypes'
  | 'listEventCoupons'
  | 'listAllEventCoupons'
  | 'createEventCoupon'
  | 'updateEventCoupon'
  | 'listCalendarCoupons'
  | 'listAllCalendarCoupons'
  | 'createCalendarCoupon'
  | 'updateCalendarCoupon'
> = {
  listTicketTypes: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma, {
        ticket_types: [
          { name: 'Standard', type: 'paid', cents: 1_000, currency: 'usd' },
          { name: 'Crew', type: 'free', is_hidden: true },
        ],
      });
      const types = await luma.listTicketTypes(eventId, call());
      expect(types.map(({ name, is_hidden }) => ({ name, is_hidden }))).toEqual([
        { name: 'Standard', is_hidden: false },
        { name: 'Crew', is_hidden: true },
      ]);
      expectShapeOf(types[0], lumaTicketTypeSchema.parse(documentedTicketType));
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.listTicketTypes(UNKNOWN_EVENT, call()))).toMatchObject(forbidden);
    },
  },
  listEventCoupons: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma);
      const coupon = await luma.createEventCoupon(eventId, HELLO, call());
      const page = await luma.listEventCoupons(eventId, { pagination_limit: 10 }, call());
      expect(page).toMatchObject({ entries: [coupon], has_more: false, odd: [] });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.listEventCoupons(UNKNOWN_EVENT, {}, call()))).toMatchObject(forbidden);
    },
  },
  listAllEventCoupons: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma);
      await luma.createEventCoupon(eventId, HELLO, call());
      const first = await luma.listAllEventCoupons(eventId, call()).next();
      expect(first.value).toMatchObject({ entries: [{ code: 'HELLO' }], cursor: undefined });
    },
    bad: async ({ luma }) => {
      const { value } = await luma.listAllEventCoupons(UNKNOWN_EVENT, call()).next();
      expect(value).toMatchObject({ ...failedOnFirstPage, error: forbidden });
    },
  },
  createEventCoupon: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma);
      const amount = { discount_type: 'amount' as const, cents_off: 500, currency: 'usd' as const };
      const coupon = await luma.createEventCoupon(eventId, { ...HELLO, discount: amount, remaining_count: 3 }, call());
      expectShapeOf(coupon, lumaCouponSchema.parse(documentedCoupon));
      expect(coupon).toMatchObject({ code: 'HELLO', cents_off: 500, percent_off: null, remaining_count: 3 });
    },
    bad: async ({ luma }) => {
      const eventId = await createEvent(luma);
      expect(await failure(luma.createEventCoupon(eventId, TOO_LONG, call()))).toMatchObject(rejected);
      await luma.createEventCoupon(eventId, HELLO, call());
      const sameCode = { ...HELLO, code: 'hello' };
      expect(await failure(luma.createEventCoupon(eventId, sameCode, call()))).toMatchObject(rejected);
    },
  },
  updateEventCoupon: {
    good: async ({ luma }) => {
      const eventId = await createEvent(luma);
      await luma.createEventCoupon(eventId, HELLO, call());
      await luma.updateEventCoupon(eventId, { code: 'HELLO', remaining_count: 0 }, call());
      const page = await luma.listEventCoupons(eventId, {}, call());
      expect(page.entries[0]).toMatchObject({ code: 'HELLO', remaining_count: 0, percent_off: 50 });
    },
    bad: async ({ luma }) => {
      const eventId = await createEvent(luma);
      expect(await failure(luma.updateEventCoupon(eventId, { code: 'NONE' }, call()))).toMatchObject(missing);
    },
  },
  listCalendarCoupons: {
    good: async ({ luma }) => {
      const coupon = await luma.createCalendarCoupon(HELLO, call());
      expect(await luma.listCalendarCoupons({}, call())).toMatchObject({ entries: [coupon], has_more: false });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.listCalendarCoupons(NOT_A_CURSOR, call()))).toMatchObject(rejected);
    },
  },
  listAllCalendarCoupons: {
    good: async ({ luma, sim }) => {
      sim.control.changeSettings({ paging: { defaultSize: 1 } });
      for (const code of ['A', 'B']) await luma.createCalendarCoupon({ ...HELLO, code }, call());
      const listing = luma.listAllCalendarCoupons(call());
      expect((await listing.next()).value).toMatchObject({ entries: [{ code: 'A' }] });
      expect((await listing.next()).value).toMatchObject({ entries: [{ code: 'B' }] });
      expect((await listing.next()).value).toEqual({ complete: true, pages: 2 });
    },
    bad: async ({ luma }) => {
      const { value } = await luma.listAllCalendarCoupons(call(), { cursor: 'nonsense' }).next();
      expect(value).toMatchObject({ ...failedOnFirstPage, error: rejected });
    },
  },
  createCalendarCoupon: {
    good: async ({ luma }) => {
      expectShapeOf(await luma.createCalendarCoupon(HELLO, call()), lumaCouponSchema.parse(documentedCoupon));
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.createCalendarCoupon(TOO_LONG, call()))).toMatchObject(rejected);
    },
  },
  updateCalendarCoupon: {
    good: async ({ luma }) => {
      await luma.createCalendarCoupon(HELLO, call());
      await luma.updateCalendarCoupon({ code: 'hello', valid_end_at: '2027-12-31T23:00:00.000Z' }, call());
      expect((await luma.listCalendarCoupons({}, call())).entries[0]?.valid_end_at).toBe('2027-12-31T23:00:00.000Z');
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.updateCalendarCoupon({ code: 'NONE' }, call()))).toMatchObject(missing);
    },
  },
};
