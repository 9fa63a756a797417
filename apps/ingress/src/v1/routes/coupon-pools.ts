import {
  appendTimeline,
  type CouponPool,
  createCouponPool,
  type Db,
  findCouponPool,
  findEventIdByKey,
  findEventKeys,
  findWithinReach,
  importCouponCodes,
  isCalendarWithin,
  listCouponPools,
  type Reach,
} from '@luma-sync/store';
import type { CalendarFact } from '@luma-sync/timeline';
import { z } from 'zod';
import { notFound, Problem } from '../../http/problem.js';
import { type ReadCodes, readCouponCsv } from '../coupon-csv.js';
import { ok, route } from '../route.js';
import { couponImport, couponImportQuery, couponPool, couponPoolInput } from '../schemas/coupon-pool.js';
import { pageOf, uuid } from '../schemas/fields.js';
import { toCouponPoolWire } from '../wire/to-wire.js';
import { unknownReference } from './event-problems.js';

const tag = 'Coupons';
const params = z.strictObject({ poolId: uuid });

export const couponPoolRoutes = [
  route({
    method: 'post',
    path: '/v1/coupon-pools',
    scopes: ['events:write'],
    audit: { action: 'coupon_pool.create', subjectType: 'coupon_pool' },
    tag,
    summary: 'Make a pool of coupon codes for the guests of some events',
    body: couponPoolInput,
    answer: { status: 201, description: 'Made', schema: z.object({ pool: couponPool }) },
    async handle({ body, db, actor, caller: { reach } }) {
      if (body.calendarId !== undefined && !isCalendarWithin(reach, body.calendarId))
        throw unknownReference('calendarId', 'calendar');
      const eventIds = await resolveEvents(db, body.events, reach);
      const result = await createCouponPool(db, { name: body.name, eventIds, calendarId: body.calendarId ?? null });
      switch (result.kind) {
        case 'created': {
          const [pool] = await toWire(db, [result.pool]);
          const { id, calendarId } = result.pool;
          await noteAtCalendar(db, result.pool, actor, { fact: 'coupon-pool-created', pool: body.name });
          const audit = { subject: id, calendarId, changes: { name: body.name, events: eventIds } };
          return { status: 201, body: { pool }, location: `/v1/coupon-pools/${id}`, audit };
        }
        case 'name-taken':
          throw new Problem(409, 'coupon_pool.name_taken', 'another pool has this name', {
            errors: [{ path: 'name', message: 'another pool has this name' }],
          });
        case 'unknown-calendar':
          throw unknownReference('calendarId', 'calendar');
        case 'unknown-events':
          throw unknownReference('events', 'event');
      }
    },
  }),
  route({
    method: 'get',
    path: '/v1/coupon-pools',
    scopes: ['events:read'],
    tag,
    summary: 'List all coupon pools with what is left in them',
    answer: { status: 200, description: 'All of them, on one page', schema: pageOf(couponPool) },
    handle: async ({ db, caller: { reach } }) =>
      ok({ data: await toWire(db, await listCouponPools(db, reach)), nextCursor: null }),
  }),
  route({
    method: 'get',
    path: '/v1/coupon-pools/{poolId}',
    scopes: ['events:read'],
    subject: { kind: 'coupon_pool', param: 'poolId' },
    tag,
    summary: 'Read a coupon pool',
    params,
    answer: { status: 200, description: 'The pool', schema: z.object({ pool: couponPool }) },
    async handle({ params: { poolId }, db }) {
      const found = await findCouponPool(db, poolId);
      if (found === null) throw notFound('coupon_pool');
      const [pool] = await toWire(db, [found]);
      return ok({ pool });
    },
  }),
  route({
    method: 'post',
    path: '/v1/coupon-pools/{poolId}/imports',
    scopes: ['events:write'],
    subject: { kind: 'coupon_pool', param: 'poolId' },
    audit: { action: 'coupon_pool.import' },
    tag,
    summary: 'Add codes from CSV: one per line, in the first column or the one whose heading says so',
    params,
    query: couponImportQuery,
    readCsv: readCouponCsv,
    body: z.custom<ReadCodes>(),
    answer: { status: 200, description: 'What was taken', schema: couponImport },
    async handle({ params: { poolId }, body, db, actor }) {
      const { codes, invalid } = body;
      const imported = await importCouponCodes(db, poolId, codes, actor);
      if (imported === null) throw notFound('coupon_pool');
      const pool = await findCouponPool(db, poolId);
      if (pool === null) throw notFound('coupon_pool');
      const { name, calendarId } = pool;
      await noteAtCalendar(db, pool, actor, { fact: 'coupon-codes-added', pool: name, codes: imported.imported });
      const audit = { calendarId, changes: { imported: imported.imported, duplicates: imported.duplicates } };
      return { ...ok({ ...imported, invalid }), audit };
    },
  }),
];

/** In the story of the calendar it is for, where it is for one. */
async function noteAtCalendar(db: Db, { calendarId }: CouponPool, actor: string, fact: CalendarFact): Promise<void> {
  if (calendarId === null) return;
  await appendTimeline(db, [{ recordType: 'calendar', recordId: calendarId, actor, fact }]);
}

async function resolveEvents(db: Db, keys: readonly string[], reach: Reach): Promise<string[]> {
  const ids: string[] = [];
  const errors = [];
  for (const [index, key] of keys.entries()) {
    const isWithin = (await findWithinReach(db, reach, 'event', key)) === 'within';
    const id = isWithin ? await findEventIdByKey(db, key) : null;
    if (id === null) errors.push({ path: `events.${index}`, message: 'there is no such event' });
    else ids.push(id);
  }
  if (errors.length > 0) throw new Problem(422, 'request.unknown_reference', 'there is no such event', { errors });
  return ids;
}

async function toWire(db: Db, pools: readonly CouponPool[]) {
  const keys = await findEventKeys(
    db,
    pools.flatMap(({ eventIds }) => eventIds),
  );
  return pools.map((pool) => toCouponPoolWire(pool, keys));
}
