import { setTimeout as pause } from 'node:timers/promises';
import { type BenchCalendar, forEach } from './calendars.js';
import type { Arrival, System } from './system.js';

const LOOK_MS = 500;
const DAY_MS = 86_400_000;

/** Puts new events, and watches for their creation at the simulator. Times are of this machine's clock. */
export class Pushes {
  private readonly acceptedAt = new Map<string, number>();
  private readonly arrivedAt = new Map<string, number>();
  private seen = 0;
  private count = 0;

  constructor(
    private readonly system: System,
    private readonly signal: AbortSignal,
  ) {}

  /** Looks at what arrived until the signal aborts: the simulator keeps the bodies of the newest requests only. */
  async watch(): Promise<void> {
    while (!this.signal.aborted) {
      await this.look();
      await pause(LOOK_MS, undefined, { signal: this.signal }).catch(() => undefined);
    }
  }

  /** @returns the event's title, once the service has accepted it. */
  async put({ id }: BenchCalendar): Promise<string> {
    this.count += 1;
    const title = `Bench event ${this.count}`;
    const startsAt = new Date(Date.now() + 30 * DAY_MS + this.count * 60_000);
    await this.system.call('PUT', `/v1/events/bench-${this.count}`, {
      title,
      startsAt: startsAt.toISOString(),
      endsAt: new Date(startsAt.getTime() + 7_200_000).toISOString(),
      timezone: 'UTC',
      calendarId: id,
    });
    this.acceptedAt.set(title, performance.timeOrigin + performance.now());
    return title;
  }

  /** Events of one calendar after the other, `perSecond` of them, whatever becomes of them. */
  async putAtRate(calendars: readonly BenchCalendar[], perSecond: number): Promise<string[]> {
    const startedAt = performance.now();
    const titles: string[] = [];
    await forEach(
      calendars,
      async (calendar, index) => {
        const waitMs = startedAt + (index * 1_000) / perSecond - performance.now();
        if (waitMs > 0) await pause(waitMs, undefined, { signal: this.signal });
        titles.push(await this.put(calendar));
      },
      50,
    );
    return titles;
  }

  /** @returns milliseconds from acceptance to arrival, of those that arrived in time. */
  async latenciesOf(titles: readonly string[], limitMs: number): Promise<number[]> {
    const giveUpAt = performance.now() + limitMs;
    while (!titles.every((title) => this.arrivedAt.has(title)) && performance.now() < giveUpAt) {
      await pause(LOOK_MS, undefined, { signal: this.signal });
    }
    return titles.flatMap((title) => {
      const arrived = this.arrivedAt.get(title);
      const accepted = this.acceptedAt.get(title);
      return arrived === undefined || accepted === undefined ? [] : [Math.max(0, arrived - accepted)];
    });
  }

  private async look(): Promise<void> {
    const path = `/log?path=/v1/events/create&after=${this.seen}&limit=5000`;
    const { entries } = await this.system.control<{ entries: Arrival[] }>('GET', path);
    for (const { seq, arrivedAt, body } of entries) {
      this.seen = Math.max(this.seen, seq);
      if (body?.name !== undefined && !this.arrivedAt.has(body.name)) this.arrivedAt.set(body.name, arrivedAt);
    }
  }
}
