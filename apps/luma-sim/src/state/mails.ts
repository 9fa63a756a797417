/** Why Luma would have written to somebody. */
export type MailKind =
  | 'guest-added'
  | 'guest-status'
  | 'guest-registered'
  | 'invite'
  | 'event-updated'
  | 'event-canceled'
  | 'host-added';

/** One mail Luma would have sent. `by`: a call with a key, or something that happened at Luma itself. */
export interface LumaMail {
  at: string;
  kind: MailKind;
  by: Actor;
  eventId: string;
  to: string;
}

/** Who did something: a call with an API key, or a person at Luma. */
export type Actor = 'api' | 'luma';

const MAILS_MAX = 100_000;
/** Of them, the newest that are kept when the simulator ends. */
const MAILS_KEPT = 10_000;

export interface MailCountMemory {
  mails: LumaMail[];
  byKind: Record<Actor, Partial<Record<MailKind, number>>>;
}

/** Counts the mails Luma would have sent; none is really sent. */
export class MailCount {
  #mails: LumaMail[] = [];
  #byKind: Record<Actor, Partial<Record<MailKind, number>>> = { api: {}, luma: {} };

  add(mail: LumaMail): void {
    this.#mails.push(mail);
    if (this.#mails.length > MAILS_MAX * 1.1) this.#mails = this.#mails.slice(-MAILS_MAX);
    const counts = this.#byKind[mail.by];
    counts[mail.kind] = (counts[mail.kind] ?? 0) + 1;
  }

  list(): LumaMail[] {
    return this.#mails;
  }

  memory(): MailCountMemory {
    return { mails: this.#mails.slice(-MAILS_KEPT), byKind: this.#byKind };
  }

  restore({ mails, byKind }: MailCountMemory): void {
    this.#mails = mails;
    this.#byKind = byKind;
  }

  counts(): { total: number; byApi: Partial<Record<MailKind, number>>; byLuma: Partial<Record<MailKind, number>> } {
    const all = [...Object.values(this.#byKind.api), ...Object.values(this.#byKind.luma)];
    return {
      total: all.reduce((sum, count) => sum + count, 0),
      byApi: { ...this.#byKind.api },
      byLuma: { ...this.#byKind.luma },
    };
  }
}
