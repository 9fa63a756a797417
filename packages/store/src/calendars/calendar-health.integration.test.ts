import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { findBudgetOverride, idleForMs, markAccountUsed, noteBudgetForgotten } from './budget-activity.js';
import { claimProbe, setStatusOfKey } from './calendar-health.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const statusOf = async (id: string) => (await world.db.calendar.findUniqueOrThrow({ where: { id } })).status;

describe('how Luma treats a key', () => {
  it('is noted once for every calendar that uses it, and for no other', async () => {
    const [a, b, other] = [
      await world.addCalendar({ apiKeyFingerprint: 'k' }),
      await world.addCalendar({ apiKeyFingerprint: 'k' }),
      await world.addCalendar({ apiKeyFingerprint: 'o' }),
    ];
    const noted = await Promise.all(
      Array.from({ length: 5 }, () => setStatusOfKey(world.db, 'k', 'auth_failed', 'refused')),
    );
    expect(noted.flat().sort()).toEqual([a, b].sort());
    expect(await Promise.all([a, b, other].map(statusOf))).toEqual(['auth_failed', 'auth_failed', 'ok']);
    expect(await world.db.timelineEntry.count({ where: { recordId: a } })).toBe(1);
  });

  it.each(['ok', 'auth_failed'] as const)('(%s) does not lift a pause that an operator set', async (status) => {
    const id = await world.addCalendar({ apiKeyFingerprint: 'k' });
    await world.db.calendar.update({ where: { id }, data: { status: 'paused' } });
    expect(await setStatusOfKey(world.db, 'k', status, null)).toEqual([]);
    expect(await statusOf(id)).toBe('paused');
  });

  it('is tried again by one of ten, and not before its time', async () => {
    const id = await world.addCalendar({ apiKeyFingerprint: 'k' });
    expect(await claimProbe(world.db, id, 0)).toBe(false);
    await setStatusOfKey(world.db, 'k', 'auth_failed', null);
    expect(await claimProbe(world.db, id, 60_000)).toBe(false);
    await world.db.$executeRaw`update calendars set status_since = now() - interval '61 s'`;
    const claimed = await Promise.all(Array.from({ length: 10 }, () => claimProbe(world.db, id, 60_000)));
    expect(claimed.filter(Boolean)).toHaveLength(1);
  });

  it('stays refused since the moment it was, however often it is tried', async () => {
    const id = await world.addCalendar({ apiKeyFingerprint: 'k' });
    await setStatusOfKey(world.db, 'k', 'auth_failed', 'refused');
    await world.db.$executeRaw`update calendars set status_since = now() - interval '2 days'`;
    const since = async () => (await world.db.calendar.findUniqueOrThrow({ where: { id } })).statusSince;
    const before = await since();
    expect(await claimProbe(world.db, id, 60_000)).toBe(true);
    expect(await since()).toEqual(before);
    expect(await claimProbe(world.db, id, 60_000)).toBe(false);
  });
});

describe('use of a key', () => {
  it('is known to every process', async () => {
    expect(await idleForMs(world.db, 'k')).toBe(Number.POSITIVE_INFINITY);
    await Promise.all(Array.from({ length: 5 }, () => markAccountUsed(world.db, 'k')));
    expect(await idleForMs(world.db, 'k')).toBeLessThan(60_000);
    await world.db.$executeRaw`update budget_activity set used_at = now() - interval '10 minutes'`;
    expect(await idleForMs(world.db, 'k')).toBeGreaterThan(590_000);
  });

  it('that Redis forgot is noted with what was noted before: of five at once four see another', async () => {
    const agos = await Promise.all(Array.from({ length: 5 }, () => noteBudgetForgotten(world.db, 'forgotten')));
    expect(agos.filter((ago) => ago === Number.POSITIVE_INFINITY)).toHaveLength(1);
    expect(agos.filter((ago) => ago < 60_000)).toHaveLength(4);
    // A process that finds it forgotten cannot take the key for idle later on.
    expect(await idleForMs(world.db, 'forgotten')).toBeLessThan(60_000);
    await world.db
      .$executeRaw`update budget_activity set forgotten_at = now() - interval '10 minutes' where account = 'forgotten'`;
    expect(await noteBudgetForgotten(world.db, 'forgotten')).toBeGreaterThan(590_000);
  });

  it('is limited by the smallest figure set for it', async () => {
    expect(await findBudgetOverride(world.db, 'k')).toBeNull();
    for (const budgetLimit of [300, 120]) {
      const id = await world.addCalendar({ apiKeyFingerprint: 'k' });
      await world.db.calendar.update({ where: { id }, data: { budgetLimit } });
    }
    expect(await findBudgetOverride(world.db, 'k')).toEqual({ limit: 120, windowMs: 60_000 });
  });
});
