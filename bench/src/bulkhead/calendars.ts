import type { System } from './system.js';

/** A calendar in both systems: its id here, and there. */
export interface BenchCalendar {
  id: string;
  lumaId: string;
}

const AT_ONCE = 8;

/** Calls `work` for each item, a few at once. */
export async function forEach<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, line));
}

/** Calendars with keys of their own, each under Luma's own budget. */
export async function addCalendars(system: System, count: number): Promise<BenchCalendar[]> {
  const calendars: BenchCalendar[] = [];
  await forEach(
    Array.from({ length: count }, (_, n) => n),
    async (n) => {
      const lumaId = `cal-bench-${n}`;
      const apiKey = `secret-bench-${n}`;
      await system.control('POST', '/calendars', { id: lumaId, name: `Bench ${n}`, apiKeys: [apiKey] });
      const body = { name: `bench-${n}`, kind: 'luma', apiKey };
      const { calendar } = await system.call<{ calendar: { id: string } }>('POST', '/v1/calendars', body);
      calendars[n] = { id: calendar.id, lumaId };
    },
  );
  return calendars;
}

/** From now on every answer to this calendar takes so long. */
export function slowDown(system: System, { lumaId }: BenchCalendar, delayMs: number): Promise<unknown> {
  return system.control('POST', '/faults', { kind: 'delay', calendarId: lumaId, minMs: delayMs, maxMs: delayMs });
}

/** From now on Luma refuses the calendar: its key (401), or what its plan allows (403). */
export function refuse(system: System, { lumaId }: BenchCalendar, how: 'key' | 'plan'): Promise<unknown> {
  const change = how === 'key' ? { apiKeys: [`${lumaId}-replaced`] } : { isPlanActive: false };
  return system.control('PATCH', `/calendars/${lumaId}`, change);
}
