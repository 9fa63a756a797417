import { expect } from '@jest/globals';
import { openDatabase } from '@luma-sync/store';
import { waitFor } from '@luma-sync/testkit';
import { toEvent, type World } from '../e2e/world.js';
import type { PatientApp } from './patient-app.js';

export async function readRows<T extends object>({ databaseUrl }: World, sql: string): Promise<T[]> {
  const db = openDatabase({ url: databaseUrl, poolMax: 1 });
  try {
    return await db.$queryRawUnsafe<T[]>(sql);
  } finally {
    await db.$disconnect();
  }
}

export async function readReadiness({ url }: World): Promise<{ status: number; body: { status: string } }> {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as { status: string } };
}

export const putEvent = (world: World, name: string) =>
  world.call<{ code?: string }>('PUT', `/v1/events/${name}`, toEvent(name));

/** Everything accepted is at Luma, once; nothing was done that nobody asked for. */
export async function expectAgreement(world: World, names: readonly string[]): Promise<void> {
  await world.calm();
  const there = world.luma.control.state().events.map(({ name }) => name);
  for (const name of names) expect(there.filter((other) => other === name)).toEqual([name]);
  expect(world.luma.control.counters()).toMatchObject({
    breaches: 0,
    outsideDocument: 0,
    duplicates: { events: [], guests: [] },
    refusedWithoutSlot: 0,
    refusedWithUsedSlot: 0,
  });
  const states = await readRows<{ state: string; count: number }>(
    world,
    `select state::text, count(*)::int as count from operations where state <> 'done' group by 1`,
  );
  expect(states).toEqual([]);
}

/** Enough to say something: an outage may be over before a slow machine has had many of them accepted. */
export async function finish(app: PatientApp): Promise<void> {
  await waitFor(() => app.accepted.length > 20, { what: 'a load worth the name', limitMs: 120_000 });
  await app.finish();
}

export async function expectEachPoolOnce(world: World, app: PatientApp): Promise<void> {
  const pools = await readRows<{ name: string }>(world, 'select name from coupon_pools');
  const stored = new Set(pools.map(({ name }) => name));
  expect(app.accepted.filter((name) => !stored.has(name))).toEqual([]);
  // A repeat that was not known for one would have met its own name: 409.
  expect([...app.refusals.keys()].filter((refusal) => refusal !== '503 store.unavailable')).toEqual([]);
}
