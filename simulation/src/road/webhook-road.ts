import { receiveDelivery } from '../ours/inbox-store.js';
import type { Play } from '../play.js';

/** Luma retries for seven minutes; with a slow road on top nothing comes later than this. */
const LATE_MAX_MS = 8 * 60_000;

/** Brings webhooks from Luma: some never, the others between one and a hundred times, each copy at its own time. */
export class WebhookRoad {
  readonly counts = { announced: 0, lost: 0, copies: 0 };
  /** While it is cut nothing comes at all. */
  isCut = false;
  #ids = 0;

  constructor(private readonly play: Play) {}

  announce(type: string, body: string): void {
    const { dice, story, weather } = this.play;
    this.counts.announced += 1;
    this.#ids += 1;
    const webhookId = `msg-${this.#ids}`;
    if (this.isCut || dice.chance(weather.lostWebhook)) {
      this.counts.lost += 1;
      story.tell(() => `   webhook ${webhookId} ${type} is lost`);
      return;
    }
    const isRough = weather.lostWebhook > 0;
    for (let copy = isRough ? this.#copies() : 1; copy > 0; copy -= 1) {
      this.counts.copies += 1;
      const delayMs = isRough ? this.#delayMs() : dice.whole(50, 2_000);
      // Most copies keep their id; some were seen with another (docs/luma-api.md).
      const id = copy > 1 && dice.chance(0.2) ? `${webhookId}-${copy}` : webhookId;
      this.#bring(id, type, body, delayMs);
    }
  }

  #bring(webhookId: string, type: string, body: string, delayMs: number): void {
    const { time, tables, operations, story, calendarId, dice } = this.play;
    const sentAt = time.now();
    // Luma may sign a retry anew, or not.
    const isSignedAnew = dice.chance(0.5);
    time.after(delayMs, () => {
      const signedAt = new Date(Math.floor((isSignedAnew ? time.now() : sentAt) / 1_000) * 1_000);
      const kind = receiveDelivery(tables, operations, time, calendarId, { webhookId, body, signedAt });
      if (kind === 'accepted') story.tell(() => `   webhook ${webhookId} ${type} comes: ${body}`);
    });
  }

  #copies(): number {
    const { dice } = this.play;
    if (dice.chance(0.7)) return 1;
    return dice.chance(0.03) ? dice.whole(20, 100) : dice.whole(2, 5);
  }

  #delayMs(): number {
    const { dice } = this.play;
    if (dice.chance(0.6)) return dice.whole(50, 3_000);
    return dice.whole(50, LATE_MAX_MS);
  }
}
