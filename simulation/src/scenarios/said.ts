import type { VirtualTime } from '../virtual-time.js';

/** What a side said last of a field or an answer, and when; the invariants compare it with the result. */
export interface Said {
  value: unknown;
  at: number;
  /** What both sides had last agreed on: with it an app takes back what it said before and has not sent. */
  isBack?: boolean;
  /** Of an answer: given while the event stood open, so that its mail is the person's own. */
  isOwn?: boolean;
}

/** Everything both sides have said, in order. */
export class SaidBySides {
  /** By `<eventId> <field>`. */
  readonly app = new Map<string, Said[]>();
  /** By `<lumaEventId> <field or guest>`. */
  readonly host = new Map<string, Said[]>();
  /** By `<lumaEventId> <mail>`, and by guest id. */
  readonly removedGuests = new Set<string>();
  /** What the app had us store of a person's answer, by `<eventId> <person>`. */
  readonly answers = new Map<string, Said[]>();
  /** How often the app edited an event, by our id. */
  readonly edits = new Map<string, number>();
  /** What an operator said of how many may be mailed about their answers. */
  readonly permits: { eventId: string; recipients: number; at: number }[] = [];
  /** Edits, answers and decisions that changed something, by side. */
  readonly changes = { app: 0, luma: 0 };
  #count = 0;

  constructor(private readonly time: VirtualTime) {}

  push(said: Map<string, Said[]>, key: string, value: unknown, more: Pick<Said, 'isBack' | 'isOwn'> = {}): void {
    const list = said.get(key) ?? [];
    list.push({ value, at: this.time.now(), ...more });
    said.set(key, list);
  }

  /** So that no two words are alike. */
  nextNumber(): number {
    this.#count += 1;
    return this.#count;
  }
}
