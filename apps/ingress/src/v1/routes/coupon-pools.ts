import {
  type CouponPool,
  createCouponPool,
  type Db,
  findCouponPool,
  findEventIdByKey,
  findEventKeys,
  importCouponCodes,
  listCouponPools,
} from '@luma-sync/store';
import { z } from 'zod';
import { notFound, Problem } from '../../http/problem.js';
import { readCouponCsv } from '../coupon-csv.js';
import { ok, route } from '../route.js';
import { couponImport, couponPool, couponPoolInput } from '../schemas/coupon-pool.js';
import { pageOf, uuid } from '../schemas/fields.js';
import { toCouponPoolWire } from '../wire/to-wire.js';
import { unknownReference } from './event-problems.js';

const tag = 'Coupons';
const params = z.strictObject({ poolId: uuid });

export const couponPoolRoutes = [
  route({
    method: 'post',
    path: '/v1/coupon-pools',
    scope: 'write',
    tag,
    summary: 'Make a pool of coupon codes for the guests of some events',
    body: couponPoolInput,
    answer: { status: 201, description: 'Made', schema: z.object({ pool: couponPool }) },
    async handle({ body, db }) {
      const eventIds = await resolveEvents(db, body.events);
      const result = await createCouponPool(db, { name: body.name, eventIds, calendarId: body.calendarId ?? null });
      switch (result.kind) {
        case 'created': {
          const [pool] = await toWire(db, [result.pool]);
          return { status: 201, body: { pool }, location: `/v1/coupon-pools/${result.pool.id}` };
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
    scope: 'read',
    tag,
    summary: 'List all coupon pools with what is left in them',
    answer: { status: 200, description: 'All of them, on one page', schema: pageOf(couponPool) },
    handle: async ({ db }) => ok({ data: await toWire(db, await listCouponPools(db)), nextCursor: null }),
  }),
  route({
    method: 'get',
    path: '/v1/coupon-pools/{poolId}',
    scope: 'read',
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
    scope: 'write',
    tag,
    summary: 'Add codes from CSV: one per line in the first column',
    params,
    takesCsv: true,
    body: z.instanceof(Buffer),
    answer: { status: 200, description: 'What was taken', schema: couponImport },
    async handle({ params: { poolId }, body, db }) {
      const { codes, invalid } = readCouponCsv(body);
      const imported = await importCouponCodes(db, poolId, codes);
      if (imported === null) throw notFound('coupon_pool');
      return ok({ ...imported, invalid });
    },
  }),
];

async function resolveEvents(db: Db, keys: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  const errors = [];
  for (const [index, key] of keys.entries()) {
    const id = await findEventIdByKey(db, key);
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
