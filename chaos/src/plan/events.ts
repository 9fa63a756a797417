import type { Random } from '@luma-sync/testkit';

/**
 * Who changes what of an event, so that it can be said afterwards what both sides have to show:
 * - `coupons`: its guests get codes by mail; the title stays.
 * - `host-moves`: a host moves it at Luma; the app changes everything else and never repeats the new time.
 * - `contested`: app and host both write the title; only that both sides end equal can be said.
 * - `plain`: the app's alone.
 */
export type EventRole = 'coupons' | 'host-moves' | 'contested' | 'plain';

export interface PlannedEvent {
  number: number;
  role: EventRole;
}

const EVENTS = 25;
const FEWEST = 5;

export function planEvents(random: Random, load: number): PlannedEvent[] {
  const count = Math.max(FEWEST, Math.round(EVENTS * Math.min(1, Math.sqrt(load))));
  const roles: EventRole[] = ['coupons', 'host-moves', 'contested', 'plain'];
  const shares = [0.2, 0.25, 0.1, 0.45];
  const drawn = Array.from({ length: count }, (_, number): EventRole => {
    const first = roles[number];
    if (first !== undefined) return first;
    let left = random.next();
    for (const [index, role] of roles.entries()) {
      left -= shares[index] ?? 0;
      if (left < 0) return role;
    }
    return 'plain';
  });
  return drawn.map((role, number) => ({ number, role }));
}
