import { setTimeout as pause } from 'node:timers/promises';
import type { World } from '../e2e/world.js';

interface Problem {
  code?: string;
}

/**
 * An app server that sends commands all the time and repeats each until it is accepted, as its own rules tell it to:
 * the same request, under the same key.
 */
export class PatientApp {
  /** Names of coupon pools that were answered with 201. */
  readonly accepted: string[] = [];
  /** Answers other than 201, by status and code. */
  readonly refusals = new Map<string, number>();
  private isOver = false;
  private readonly lines: Promise<void>[];

  constructor(
    private readonly world: World,
    private readonly prefix: string,
    lines = 6,
  ) {
    this.lines = Array.from({ length: lines }, (_, line) => this.work(line));
    // Told by `finish`; a test that fails before must not fail the next one too.
    for (const line of this.lines) line.catch(() => {});
  }

  /** Sends nothing new; what was sent is repeated until it is accepted. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.lines);
  }

  private async work(line: number): Promise<void> {
    for (let n = 0; !this.isOver; n += 1) {
      await this.insist(`${this.prefix}-${line}-${n}`);
      // An app has other things to do in between; without this the test would be a bench.
      await pause(20);
    }
  }

  private async insist(name: string): Promise<void> {
    const giveUpAt = performance.now() + 120_000;
    while (performance.now() < giveUpAt) {
      const answer = await this.world
        .call<Problem>('POST', '/v1/coupon-pools', { name, events: ['pools'] }, { 'idempotency-key': name })
        .catch(() => ({ status: 0, body: {} as Problem }));
      if (answer.status === 201) {
        this.accepted.push(name);
        return;
      }
      const refusal = `${answer.status} ${answer.body.code ?? 'no answer'}`;
      this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
      await pause(100);
    }
    throw new Error(`${name} was not accepted within two minutes: ${JSON.stringify([...this.refusals])}`);
  }
}
