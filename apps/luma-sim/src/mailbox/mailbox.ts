import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { ResendError } from './errors.js';
import { type MailBody, readMail } from './validation.js';

export interface StoredMail {
  id: string;
  at: string;
  from: string;
  to: string[];
  subject: string;
  html: string | null;
  text: string | null;
  cc: string[];
  bcc: string[];
  replyTo: string[];
  idempotencyKey: string | null;
}

/** Documented: keys are remembered for 24 hours and have 1 to 256 characters. */
const IDEMPOTENCY_MS = 24 * 3_600_000;
const IDEMPOTENCY_KEY_MAX = 256;
/** Documented: at most 100 mails a batch. */
const BATCH_MAX = 100;
const MAILS_MAX = 50_000;
/** Of them, the newest that are kept when the simulator ends. */
const MAILS_KEPT = 5_000;

interface Answered {
  bodyHash: string;
  answer: object;
  expiresAtMs: number;
}

const NO_REQUESTS = { requests: 0, accepted: 0, repeated: 0, conflicts: 0, refused: 0, rateLimited: 0 };

export interface MailboxMemory {
  mails: StoredMail[];
  byKey: Map<string, Answered>;
  counts: typeof NO_REQUESTS;
}

/** What Resend would have sent, and its rules for sending a thing only once. */
export class Mailbox {
  readonly #clock: Clock;
  readonly #newId: () => string;
  #mails: StoredMail[] = [];
  #byKey = new Map<string, Answered>();
  #counts = { ...NO_REQUESTS };

  constructor(clock: Clock, newId: () => string) {
    this.#clock = clock;
    this.#newId = newId;
  }

  /** `POST /emails`. The same key and body again: the same id, and no second mail. */
  send(raw: unknown, idempotencyKey: string | undefined): { id: string } {
    return this.#once('single', raw, idempotencyKey, () => this.#accept(this.#read(raw), idempotencyKey));
  }

  /** `POST /emails/batch`. All or nothing: one bad mail refuses them all. */
  sendBatch(raw: unknown, idempotencyKey: string | undefined): { data: { id: string }[] } {
    return this.#once('batch', raw, idempotencyKey, () => {
      if (!Array.isArray(raw) || raw.length === 0 || raw.length > BATCH_MAX) {
        this.#counts.refused += 1;
        throw new ResendError(
          422,
          'validation_error',
          `The request body must be an array of 1 to ${BATCH_MAX} emails.`,
        );
      }
      const mails = raw.map((mail) => this.#read(mail));
      return { data: mails.map((mail) => this.#accept(mail, idempotencyKey)) };
    });
  }

  find(id: string): StoredMail | null {
    return this.#mails.find((mail) => mail.id === id) ?? null;
  }

  list(): StoredMail[] {
    return this.#mails;
  }

  noteRateLimited(): void {
    this.#counts.rateLimited += 1;
  }

  /** `mailsToSameAddressAndSubject`: what a person would call a double mail, whatever the keys say. */
  counters() {
    const seen = new Map<string, number>();
    for (const mail of this.#mails) {
      for (const to of mail.to) {
        const key = JSON.stringify([to.toLowerCase(), mail.subject]);
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    const doubled = [...seen].filter(([, count]) => count > 1);
    return {
      ...this.#counts,
      mails: this.#mails.length,
      recipients: this.#mails.reduce((sum, mail) => sum + mail.to.length, 0),
      mailsToSameAddressAndSubject: doubled.map(([key, count]) => {
        const [to, subject] = JSON.parse(key) as [string, string];
        return { to, subject, count };
      }),
    };
  }

  clear(): void {
    this.#mails = [];
    this.#byKey.clear();
    this.#counts = { ...NO_REQUESTS };
  }

  memory(): MailboxMemory {
    const nowMs = this.#clock.now();
    const byKey = new Map([...this.#byKey].filter(([, { expiresAtMs }]) => expiresAtMs > nowMs));
    return { mails: this.#mails.slice(-MAILS_KEPT), byKey, counts: this.#counts };
  }

  restore({ mails, byKey, counts }: MailboxMemory): void {
    this.#mails = mails;
    this.#byKey = byKey;
    this.#counts = counts;
  }

  #once<T extends object>(kind: string, raw: unknown, key: string | undefined, act: () => T): T {
    this.#counts.requests += 1;
    if (key === undefined) return act();
    if (key.length === 0 || key.length > IDEMPOTENCY_KEY_MAX) {
      throw new ResendError(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.');
    }
    const nowMs = this.#clock.now();
    const bodyHash = createHash('sha256')
      .update(`${kind}:${JSON.stringify(raw)}`)
      .digest('hex');
    const known = this.#byKey.get(key);
    if (known !== undefined && known.expiresAtMs > nowMs) {
      if (known.bodyHash !== bodyHash) {
        this.#counts.conflicts += 1;
        throw new ResendError(
          409,
          'invalid_idempotent_request',
          'Same idempotency key used with a different request payload.',
        );
      }
      this.#counts.repeated += 1;
      return known.answer as T;
    }
    // A refused request leaves no trace under its key: it may be mended and sent again.
    const answer = act();
    this.#byKey.set(key, { bodyHash, answer, expiresAtMs: nowMs + IDEMPOTENCY_MS });
    return answer;
  }

  #read(raw: unknown): MailBody {
    try {
      return readMail(raw);
    } catch (error) {
      this.#counts.refused += 1;
      throw error;
    }
  }

  #accept(mail: MailBody, idempotencyKey: string | undefined): { id: string } {
    const id = this.#newId();
    this.#mails.push({
      id,
      at: new Date(this.#clock.now()).toISOString(),
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      html: mail.html ?? null,
      text: mail.text ?? null,
      cc: mail.cc ?? [],
      bcc: mail.bcc ?? [],
      replyTo: mail.reply_to ?? [],
      idempotencyKey: idempotencyKey ?? null,
    });
    if (this.#mails.length > MAILS_MAX * 1.1) this.#mails = this.#mails.slice(-MAILS_MAX);
    this.#counts.accepted += 1;
    return { id };
  }
}
