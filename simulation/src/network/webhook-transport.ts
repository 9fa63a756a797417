import { receiveDelivery } from '../ours/inbox-store.js';
import type { Play } from '../play.js';

/** Luma retries for seven minutes; with a slow network added nothing comes later than this. */
const LATE_MAX_MS = 8 * 60_000;

/** Brings webhooks from Luma: some never, the others between one and a hundred times, each copy at its own time. */
export class WebhookTransport {
  readonly counts = { announced: 0, lost: 0, copies: 0 };
  /** While it is cut nothing comes at all. */
  isCut = false;
  #ids = 0;

  constructor(private readonly play: Play) {}

  announce(type: string, body: string): void {
    const { random, trace, faults } = this.play;
    this.counts.announced += 1;
    this.#ids += 1;
    const webhookId = `msg-${this.#ids}`;
    if (this.isCut || random.chance(faults.lostWebhook)) {
      this.counts.lost += 1;
      trace.record(() => `   webhook ${webhookId} ${type} is lost`);
      return;
    }
    const hasFaults = faults.lostWebhook > 0;
    for (let copy = hasFaults ? this.#copies() : 1; copy > 0; copy -= 1) {
      this.counts.copies += 1;
      const delayMs = hasFaults ? this.#delayMs() : random.whole(50, 2_000);
      // Most copies keep their id; some were seen with another (docs/luma-api.md).
      const id = copy > 1 && random.chance(0.2) ? `${webhookId}-${copy}` : webhookId;
      this.#bring(id, type, body, delayMs);
    }
  }

  #bring(webhookId: string, type: string, body: string, delayMs: number): void {
    const { time, tables, operations, trace, calendarId, random } = this.play;
    const sentAt = time.now();
    // Luma may sign a retry anew, or not.
    const isSignedAnew = random.chance(0.5);
    time.after(delayMs, () => {
      const signedAt = new Date(Math.floor((isSignedAnew ? time.now() : sentAt) / 1_000) * 1_000);
      const kind = receiveDelivery(tables, operations, time, calendarId, { webhookId, body, signedAt });
      if (kind === 'accepted') trace.record(() => `   webhook ${webhookId} ${type} comes: ${body}`);
    });
  }

  #copies(): number {
    const { random } = this.play;
    if (random.chance(0.7)) return 1;
    return random.chance(0.03) ? random.whole(20, 100) : random.whole(2, 5);
  }

  #delayMs(): number {
    const { random } = this.play;
    if (random.chance(0.6)) return random.whole(50, 3_000);
    return random.whole(50, LATE_MAX_MS);
  }
}
