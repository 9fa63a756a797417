import pLimit, { type LimitFunction } from 'p-limit';
import type { Clock } from '../clock.js';
import { between, type Random } from '../random.js';
import type { SimSettings } from '../settings.js';
import type { SimCalendar, SimWebhook } from '../state/records.js';
import { postWebhook } from './post.js';

export type DeliveryState = 'waiting' | 'held' | 'delivered' | 'failed' | 'lost' | 'dropped';

export interface DeliveryAttempt {
  at: string;
  /** `Webhook-Id` of this attempt. */
  messageId: string;
  timestampSeconds: number;
  /** Status answered; null when there was no answer in time. */
  status: number | null;
}

/**
 * One webhook on its way. States: `waiting` (first sending or a retry to come), `held` (kept back on purpose),
 * `delivered` (2xx), `failed` (all retries used up, or 410), `lost` (never sent, on purpose), `dropped` (webhook paused
 * or deleted meanwhile).
 */
export interface Delivery {
  id: string;
  calendarId: string;
  webhookId: string;
  type: string;
  body: string;
  isCopy: boolean;
  state: DeliveryState;
  attempts: DeliveryAttempt[];
}

const DELIVERIES_MAX = 20_000;
/** Ended deliveries that are kept when the simulator ends, the newest; unsent ones are all kept. */
const DELIVERIES_KEPT = 200;
/** After a new start: the receiver was often stopped with the simulator, and needs a moment. */
const RESUME_DELAY_MS = 5_000;

interface Target {
  calendar: SimCalendar;
  webhook: SimWebhook;
}

export interface SenderMemory {
  deliveries: { delivery: Delivery; target: Target }[];
  counts: WebhookCounts;
}

export interface WebhookSenderOptions {
  clock: Clock;
  random: Random;
  settings: () => SimSettings['webhooks'];
  /** Comes before the number in every id. A receiver knows a delivery by its id: two starts never give the same. */
  idPrefix?: string;
  /** Called when a delivery has got further. */
  onChange?: () => void;
}

export interface WebhookCounts {
  announced: number;
  attempts: number;
  delivered: number;
  failed: number;
  lost: number;
  copies: number;
  retries: number;
}

/**
 * Sends signed webhooks as Luma does: 5 s to answer, retries after 1, 2 and 4 minutes, 410 pauses. All of it can be
 * changed.
 */
export class WebhookSender {
  readonly counts: WebhookCounts = {
    announced: 0,
    attempts: 0,
    delivered: 0,
    failed: 0,
    lost: 0,
    copies: 0,
    retries: 0,
  };
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settings: () => SimSettings['webhooks'];
  readonly #closing = new AbortController();
  readonly #timers = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  readonly #limit: LimitFunction;
  #deliveries: Delivery[] = [];
  readonly #targets = new WeakMap<Delivery, Target>();
  readonly #idPrefix: string;
  readonly #onChange: () => void;
  #nextId = 1;

  constructor(options: WebhookSenderOptions) {
    this.#idPrefix = options.idPrefix ?? '';
    this.#onChange = options.onChange ?? (() => undefined);
    this.#clock = options.clock;
    this.#random = options.random;
    this.#settings = options.settings;
    this.#limit = pLimit(options.settings().concurrency);
  }

  /** Sends `data` to every active webhook of the calendar that asked for the type. */
  announce(calendar: SimCalendar, type: string, data: object): void {
    const settings = this.#settings();
    this.#limit.concurrency = settings.concurrency;
    const body = JSON.stringify({ type, data });
    for (const webhook of calendar.webhooks) {
      if (webhook.status !== 'active' || !(webhook.eventTypes.includes('*') || webhook.eventTypes.includes(type)))
        continue;
      this.counts.announced += 1;
      const first = this.#add(calendar, webhook, type, body, false);
      if (this.#random() < settings.lossProbability) {
        first.state = 'lost';
        this.counts.lost += 1;
        continue;
      }
      const copies = this.#random() < settings.duplicateProbability ? settings.duplicateCopies : 0;
      const all = [first];
      for (let copy = 0; copy < copies; copy += 1) all.push(this.#addCopy(first));
      const delayMs = between(this.#random, settings.delayMinMs, settings.delayMaxMs);
      for (const delivery of all) this.#start(delivery, delayMs);
    }
  }

  list(): Delivery[] {
    return this.#deliveries;
  }

  /** Sends a delivery again, whatever became of it. Returns how many copies went out: 0 when the id is not known. */
  redeliver(id: string, copies: number): number {
    const found = this.#deliveries.find((delivery) => delivery.id === id);
    if (found === undefined) return 0;
    for (let copy = 0; copy < copies; copy += 1) this.#start(this.#addCopy(found), 0);
    return copies;
  }

  /** Lets go of what `areHeld` kept back, in the order wanted. Returns how many. */
  release(order: 'first-in' | 'last-in' | 'random'): number {
    const held = this.list().filter((delivery) => delivery.state === 'held');
    if (order === 'last-in') held.reverse();
    if (order === 'random') shuffle(held, this.#random);
    for (const delivery of held) this.#schedule(delivery, 0);
    return held.length;
  }

  /** Deliveries that may still be sent. */
  get pending(): number {
    return this.list().filter((delivery) => delivery.state === 'waiting').length;
  }

  memory(): SenderMemory {
    const isOpen = ({ state }: Delivery) => state === 'waiting' || state === 'held';
    const ended = this.#deliveries.filter((delivery) => !isOpen(delivery)).slice(-DELIVERIES_KEPT);
    const kept = new Set([...ended, ...this.#deliveries.filter(isOpen)]);
    const deliveries = this.#deliveries.flatMap((delivery) => {
      const target = this.#targets.get(delivery);
      return target === undefined || !kept.has(delivery) ? [] : [{ delivery, target }];
    });
    return { deliveries, counts: this.counts };
  }

  /** Sends what was not sent yet. A delivery that was in flight is sent again, with its id. */
  restore({ deliveries, counts }: SenderMemory): void {
    Object.assign(this.counts, counts);
    for (const { delivery, target } of deliveries) {
      this.#targets.set(delivery, target);
      this.#deliveries.push(delivery);
      if (delivery.state === 'waiting') this.#schedule(delivery, RESUME_DELAY_MS);
    }
  }

  /** Stops: nothing more is sent, requests in flight are cut. Resolves when none is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const cancel of this.#timers) cancel();
    this.#limit.clearQueue();
    await Promise.all(this.#running);
  }

  #add(calendar: SimCalendar, webhook: SimWebhook, type: string, body: string, isCopy: boolean): Delivery {
    const id = `msg_${this.#idPrefix}${String(this.#nextId++).padStart(8, '0')}`;
    const delivery: Delivery = {
      id,
      calendarId: calendar.id,
      webhookId: webhook.id,
      type,
      body,
      isCopy,
      state: 'waiting',
      attempts: [],
    };
    this.#targets.set(delivery, { calendar, webhook });
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > DELIVERIES_MAX * 1.1) this.#deliveries = this.#deliveries.slice(-DELIVERIES_MAX);
    return delivery;
  }

  #addCopy(original: Delivery): Delivery {
    const target = this.#targets.get(original);
    if (target === undefined) return original;
    const copy = this.#add(target.calendar, target.webhook, original.type, original.body, true);
    if (this.#settings().isIdSharedByCopies) copy.id = original.id;
    this.counts.copies += 1;
    return copy;
  }

  #start(delivery: Delivery, delayMs: number): void {
    if (this.#settings().areHeld) delivery.state = 'held';
    else this.#schedule(delivery, delayMs);
  }

  #schedule(delivery: Delivery, delayMs: number): void {
    delivery.state = 'waiting';
    if (delayMs <= 0) {
      this.#run(delivery);
      return;
    }
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      this.#run(delivery);
    });
    this.#timers.add(cancel);
  }

  #run(delivery: Delivery): void {
    if (this.#closing.signal.aborted) return;
    const work = this.#limit(() => this.#attempt(delivery));
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  async #attempt(delivery: Delivery): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const settings = this.#settings();
    const webhook = this.#targets.get(delivery)?.webhook;
    if (webhook === undefined || webhook.status !== 'active') {
      delivery.state = 'dropped';
      return;
    }
    const first = delivery.attempts[0];
    const count = delivery.attempts.length;
    const nowSeconds = Math.floor(this.#clock.now() / 1_000);
    const attempt: DeliveryAttempt = {
      at: new Date(this.#clock.now()).toISOString(),
      messageId: settings.isIdKeptOnRetry || count === 0 ? delivery.id : `${delivery.id}-${count}`,
      timestampSeconds: settings.isSignedAnewOnRetry || first === undefined ? nowSeconds : first.timestampSeconds,
      status: null,
    };
    delivery.attempts.push(attempt);
    this.counts.attempts += 1;
    if (count > 0) this.counts.retries += 1;
    attempt.status = await postWebhook(webhook, delivery.body, attempt, settings.timeoutMs, this.#closing.signal);
    this.#conclude(delivery, webhook, attempt.status);
    this.#onChange();
  }

  #conclude(delivery: Delivery, webhook: SimWebhook, status: number | null): void {
    if (this.#closing.signal.aborted) return;
    if (status !== null && status >= 200 && status < 300) {
      delivery.state = 'delivered';
      this.counts.delivered += 1;
      return;
    }
    const retryDelayMs = this.#settings().retryDelaysMs[delivery.attempts.length - 1];
    if (status === 410) webhook.status = 'paused';
    if (status === 410 || retryDelayMs === undefined) {
      delivery.state = 'failed';
      this.counts.failed += 1;
      return;
    }
    this.#schedule(delivery, Math.max(1, retryDelayMs));
  }
}

function shuffle<T>(items: T[], random: Random): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [items[index], items[other]] = [items[other] as T, items[index] as T];
  }
}
