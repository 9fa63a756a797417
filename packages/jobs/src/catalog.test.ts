import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { catalog, findDefinition, type JobName, type PayloadOf } from './catalog.js';
import { PRIORITY } from './define-job.js';

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';

/** For each job a payload, and for each of its fields another value. */
const PAYLOADS: { [N in JobName]: { payload: PayloadOf<N>; other: PayloadOf<N> } } = {
  'calendar.pull': { payload: { calendarId: A }, other: { calendarId: B } },
  'coupon.email': { payload: { assignmentId: A }, other: { assignmentId: B } },
  'drift.check': { payload: { calendarId: A }, other: { calendarId: B } },
  'event.cancel': { payload: { eventId: A }, other: { eventId: B } },
  'event.pull': { payload: { eventId: A }, other: { eventId: B } },
  'event.push': { payload: { eventId: A }, other: { eventId: B } },
  'guest.pull': {
    payload: { eventId: A, assignCoupons: true, sendEmails: false, approvalStatus: null },
    other: { eventId: B, assignCoupons: false, sendEmails: true, approvalStatus: 'waitlist' },
  },
  'inbox.apply': { payload: { deliveryId: A, recordKey: 'evt-A' }, other: { deliveryId: B, recordKey: 'evt-B' } },
  'org.backfill': {
    payload: { calendarId: A, planId: null, apply: true, startsAfter: null },
    other: { calendarId: B, planId: A, apply: false, startsAfter: '2030-01-01T00:00:00.000Z' },
  },
  'rsvp.push': { payload: { eventId: A }, other: { eventId: B } },
  'rsvp.reconcile': { payload: { eventId: A }, other: { eventId: B } },
  'webhook.watch': { payload: { calendarId: A }, other: { calendarId: B } },
};

/** Fields that follow from another one, so that they add nothing to a key. */
const DERIVED: Partial<Record<JobName, readonly string[]>> = { 'inbox.apply': ['recordKey'] };

const names = Object.keys(catalog) as JobName[];

describe('catalog', () => {
  it('holds every definition there is, under its own name', () => {
    const files = readdirSync(new URL('./definitions', import.meta.url)).filter((file) => file.endsWith('.job.ts'));
    expect(files).toHaveLength(names.length);
    for (const name of names) {
      expect(files).toContain(`${name.replace('.', '-')}.job.ts`);
      expect(findDefinition(name)?.name).toBe(name);
    }
  });

  it.each(['event.explode', 'constructor', '__proto__', ''])('knows no job called %j', (name) => {
    expect(findDefinition(name)).toBeNull();
  });

  it.each(names)('%s ends: attempts, pauses and its whole life are bounded', (name) => {
    const { attempts, backoff, deadlineMs, priority } = catalog[name];
    expect(attempts).toBeGreaterThan(1);
    expect(backoff.firstMs).toBeGreaterThan(0);
    expect(backoff.maxMs).toBeGreaterThanOrEqual(backoff.firstMs);
    expect(deadlineMs).toBeGreaterThan(backoff.maxMs);
    expect(Object.keys(PRIORITY)).toContain(priority);
  });

  it.each(names)('%s joins requests for the same, and only those: every field of its payload is in the key', (name) => {
    const dedupeKey = catalog[name].dedupeKey as (payload: object) => string;
    const { payload, other } = PAYLOADS[name];
    expect(dedupeKey({ ...payload })).toBe(dedupeKey(payload));
    const keys = Object.keys(payload).filter((field) => !DERIVED[name]?.includes(field));
    for (const field of keys) {
      const changed = { ...payload, [field]: (other as Record<string, unknown>)[field] };
      expect({ field, key: dedupeKey(changed) }).not.toEqual({ field, key: dedupeKey(payload) });
    }
  });

  it('gives no two jobs one key, whatever they work on', () => {
    const keys = names.map((name) => (catalog[name].dedupeKey as (payload: object) => string)(PAYLOADS[name].payload));
    expect(new Set(keys).size).toBe(names.length);
  });

  it.each(names)('%s takes turns by record: another record is not held up', (name) => {
    const oneAtATime = catalog[name].oneAtATime as (payload: object) => string;
    expect(oneAtATime(PAYLOADS[name].payload)).not.toBe(oneAtATime(PAYLOADS[name].other));
  });

  it('lets a push and a cancellation of one event take turns, and holds up neither by a pull', () => {
    const eventId = A;
    const held = catalog['event.push'].oneAtATime({ eventId });
    expect(catalog['event.cancel'].oneAtATime({ eventId })).toBe(held);
    expect(catalog['event.pull'].oneAtATime({ eventId })).not.toBe(held);
  });

  it.each(names)('%s refuses a payload with a field too many or too few', (name) => {
    const { payload } = PAYLOADS[name];
    expect(catalog[name].payload.safeParse(payload).success).toBe(true);
    expect(catalog[name].payload.safeParse({ ...payload, email: 'a@example.org' }).success).toBe(false);
    for (const field of Object.keys(payload)) {
      const { [field]: _, ...rest } = payload as Record<string, unknown>;
      expect(catalog[name].payload.safeParse(rest).success).toBe(false);
    }
  });
});
