import { type BudgetWindow, countsMethod, type RequestMethod } from '../budget.js';
import { toBookingDelayMs, toCapacity } from '../core/capacity.js';
import {
  BOOKING_GRACE_MS,
  LOOKAHEAD_MS,
  REMEMBER_MIN_MS,
  RETURNED_MAX,
  SERVER_LIMIT_TTL_MS,
  SHARES,
  TICKET_GRACE_MS,
  TICKET_SHARES,
} from '../core/constants.js';
import { findStart, findTurn, type LaneView, laneAt } from '../core/lanes.js';
import type { BudgetFacts, SettleCall, TakeAnswer, TakeCall } from '../engine.js';
import { SpentLog } from './spent-log.js';

interface Ticket {
  id: string;
  rank: number;
  seq: number;
  method: RequestMethod;
  turn: number;
}

/** Where a request stands among those that wait. */
interface Place {
  rank: number;
  /** The ticket that it has, if any. */
  mine: Ticket | null;
  /** When the lane is kept that its class is due for now; null: none. */
  due: number | null;
  now: number;
  /** How long a booking holds past its time. */
  graceMs: number;
}

/** One account's budget in memory: the same rules as the Lua scripts, statement by statement. Change both together. */
export class MemoryBudget {
  isKnown = false;
  #coldUntil = 0;
  #stillUntil = 0;
  #claim: { claim: string; until: number } | null = null;
  #blockedUntil = 0;
  #serverLimit: { limit: number; until: number } | null = null;
  #seq = 0;
  #latest = 0;
  /** By rank: when a lane is kept for this class. */
  #bookings: (number | null)[] = [null, null, null];
  #tickets: Ticket[] = [];
  /** By rank: times at which waits that were sent back come again. */
  #returned: number[][] = [[], [], []];
  readonly #logs = { all: new SpentLog(), read: new SpentLog(), write: new SpentLog() };

  claim(clock: number, claim: string, forMs: number): boolean {
    const now = this.#now(clock);
    if (this.isKnown || this.#isClaimed(now)) return false;
    this.#claim = { claim, until: now + forMs };
    return true;
  }

  open(clock: number, coldMs: number, stillMs: number, claim: string | null): void {
    const now = this.#now(clock);
    if (this.isKnown) return;
    if (claim !== null && !(this.#isClaimed(now) && this.#claim?.claim === claim)) return;
    this.#claim = null;
    this.isKnown = true;
    this.#coldUntil = now + coldMs;
    this.#stillUntil = now + stillMs;
    // An id from before a loss of memory must not name a slot from after it.
    this.#seq = now * 1000;
  }

  take(clock: number, call: TakeCall): TakeAnswer {
    const now = this.#now(clock);
    if (!this.isKnown) return { kind: this.#isClaimed(now) ? 'opening' : 'unknown' };
    this.#forget(now, call);
    const mine = this.#takeTicket(call.ticket);
    if (this.#blockedUntil > now) return { kind: 'denied', retryAfterMs: this.#blockedUntil - now, reason: 'blocked' };
    if (this.#stillUntil > now) return { kind: 'denied', retryAfterMs: this.#stillUntil - now, reason: 'cold-start' };

    const applying = call.windows.filter((window) => countsMethod(window, call.method));
    const views = applying.map((window) => this.#view(window, now, window === call.windows[0]));
    const graceMs = bookingGraceMs(applying);
    const booked = this.#bookings[call.rank] ?? null;
    const hasBooking = booked !== null && now <= booked + graceMs;
    const isDue = hasBooking && booked <= now + LOOKAHEAD_MS;
    const share = isDue ? 0 : ((mine === null ? SHARES : TICKET_SHARES)[call.rank] ?? 0);
    const place = { rank: call.rank, mine, due: isDue ? booked : null, now, graceMs };
    const ahead = applying.map((window) => this.#ahead(window, place));

    const start = findStart(views, ahead, share, now, LOOKAHEAD_MS);
    if ('startAt' in start) {
      this.#bookings[call.rank] = null;
      return this.#grant(start.startAt, now, call);
    }

    const back = this.#returnedAhead(call.rank, now, Math.max(1, ...views.map((view) => view.capacity)));
    const longest = Math.max(...applying.map((window) => window.windowMs));
    let turn = Math.min(findTurn(views, ahead, back, share, now), now + longest);
    if (call.rank > 0 && !hasBooking) {
      const firstLane = Math.max(...views.map((view) => laneAt(view, 1, now)));
      const booking = Math.min(Math.max(now + toBookingDelayMs(applying), firstLane), now + longest);
      this.#bookings[call.rank] = booking;
      turn = Math.min(turn, booking);
    }
    return this.#wait(turn, now, call, start.refused);
  }

  settle(clock: number, call: SettleCall): void {
    const now = this.#now(clock);
    const slot = this.#logs.all.find(call.slotId);
    if (slot === null) return;
    const startAt = slot.heldUntil - slot.holdMs - 1;
    if (now + 1 < slot.heldUntil) {
      for (const log of Object.values(this.#logs)) {
        if (log.find(slot.id) === null) continue;
        log.remove(slot.id);
        log.add({ ...slot, heldUntil: now + 1 });
      }
    }
    if (call.serverLimit === null || call.serverLimit < 1) return;
    this.#serverLimit =
      call.serverLimit < call.window.limit ? { limit: call.serverLimit, until: now + SERVER_LIMIT_TTL_MS } : null;
    if (call.serverRemaining === null || call.serverRemaining < 0) return;
    // What the server counted when it answered, against everything of ours it can have counted since the request set
    // out.
    const log = this.#logs[call.window.methods];
    const ours = log.after(startAt - call.window.windowMs).length;
    const foreign = Math.min(call.serverLimit - call.serverRemaining - ours, call.window.limit);
    for (let i = 0; i < foreign; i++) log.add({ id: `f${++this.#seq}`, heldUntil: now + 1, holdMs: 0 });
  }

  holds(slotId: string): boolean {
    return this.isKnown && this.#logs.all.find(slotId) !== null;
  }

  release(slotId: string): void {
    for (const log of Object.values(this.#logs)) log.remove(slotId);
  }

  block(clock: number, forMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#now(clock) + forMs);
  }

  inspect(clock: number, windows: readonly BudgetWindow[]): BudgetFacts {
    const now = this.#now(clock);
    return {
      isKnown: this.isKnown,
      blockedForMs: Math.max(0, this.#blockedUntil - now),
      coldForMs: Math.max(0, this.#coldUntil - now),
      windows: windows.map((window, index) => {
        const view = this.#view(window, now, index === 0);
        return { capacity: view.capacity, spent: view.freeAt.length, inFlight: view.inFlight };
      }),
      waiting: this.#returned.map(
        (times, rank) =>
          times.filter((time) => time > now).length +
          this.#tickets.filter((ticket) => ticket.rank === rank && ticket.turn + TICKET_GRACE_MS > now).length,
      ),
    };
  }

  /**
   * Never runs backwards, whatever the machine's clock does: set back and forward again, it would free slots too early.
   */
  #now(clock: number): number {
    this.#latest = Math.max(this.#latest, clock);
    return this.#latest;
  }

  #isClaimed(now: number): boolean {
    return this.#claim !== null && this.#claim.until > now;
  }

  #forget(now: number, call: TakeCall): void {
    const longest = Math.max(...call.windows.map((window) => window.windowMs));
    const keepMs = Math.max(REMEMBER_MIN_MS, longest) + call.holdMs;
    for (const log of Object.values(this.#logs)) log.forgetUntil(now - keepMs);
    this.#tickets = this.#tickets.filter((ticket) => ticket.turn + TICKET_GRACE_MS > now);
    this.#returned = this.#returned.map((times) => times.filter((time) => time > now));
  }

  #takeTicket(id: string | null): Ticket | null {
    const mine = this.#tickets.find((ticket) => ticket.id === id) ?? null;
    if (mine !== null) this.#tickets = this.#tickets.filter((ticket) => ticket !== mine);
    return mine;
  }

  #view(window: BudgetWindow, now: number, isFirst: boolean): LaneView {
    const known = this.#serverLimit;
    const serverLimit = isFirst && known !== null && known.until > now ? known.limit : null;
    const counting = this.#logs[window.methods].after(now - window.windowMs);
    const unanswered = counting.filter((slot) => slot.heldUntil > now + 1);
    const answered = counting.filter((slot) => slot.heldUntil <= now + 1);
    return {
      windowMs: window.windowMs,
      capacity: toCapacity(window, serverLimit, this.#coldUntil > now),
      freeAt: counting.map((slot) => slot.heldUntil + window.windowMs),
      expectedAt: [
        ...answered.map((slot) => slot.heldUntil + window.windowMs),
        ...unanswered.map((slot) => slot.heldUntil - slot.holdMs + window.windowMs),
      ].sort((a, b) => a - b),
      inFlight: unanswered.length,
    };
  }

  /** Turns promised to those served before this request, in one window. */
  #ahead(window: BudgetWindow, { rank, mine, due, now, graceMs }: Place): number[] {
    const turns: number[] = [];
    if (due === null) {
      for (const ticket of this.#tickets) {
        const isBefore = ticket.rank < rank || (ticket.rank === rank && (mine === null || ticket.seq < mine.seq));
        if (isBefore && countsMethod(window, ticket.method)) turns.push(ticket.turn);
      }
    }
    for (const [other, booking] of this.#bookings.entries()) {
      if (other === rank || booking === null || now > booking + graceMs) continue;
      if (due === null || booking < due) turns.push(booking);
    }
    return turns.sort((a, b) => a - b);
  }

  /**
   * Times at which waits of this class and those above it come again; no more of each class than there are lanes, since
   * those that come after are told one window anyway.
   */
  #returnedAhead(rank: number, now: number, lanes: number): number[] {
    const nextOf = (times: readonly number[]): number[] =>
      times
        .filter((time) => time > now)
        .sort((a, b) => a - b)
        .slice(0, lanes);
    return this.#returned
      .slice(0, rank + 1)
      .flatMap(nextOf)
      .sort((a, b) => a - b);
  }

  #grant(startAt: number, now: number, call: TakeCall): TakeAnswer {
    const slot = { id: `${++this.#seq}:${call.holdMs}`, heldUntil: startAt + 1 + call.holdMs, holdMs: call.holdMs };
    this.#logs.all.add(slot);
    this.#logs[call.method].add(slot);
    return { kind: 'granted', slotId: slot.id, startInMs: startAt - now };
  }

  #wait(turn: number, now: number, call: TakeCall, refused: 'budget' | 'paced'): TakeAnswer {
    const inMs = Math.max(1, turn - now);
    const reason = this.#coldUntil > now ? 'cold-start' : refused;
    if (call.ticket === null && inMs <= call.maxWaitMs) {
      const seq = ++this.#seq;
      const id = `${call.rank}:${seq}:${call.method}`;
      this.#tickets.push({ id, rank: call.rank, seq, method: call.method, turn });
      return { kind: 'turn', ticket: id, inMs, reason };
    }
    const times = this.#returned[call.rank];
    if (times !== undefined && times.length < RETURNED_MAX) {
      this.#seq += 1; // the scripts name such a wait by a number too
      times.push(turn);
    }
    return { kind: 'denied', retryAfterMs: inMs, reason };
  }
}

/** A booking's grace may not eat up a short window. */
function bookingGraceMs(windows: readonly BudgetWindow[]): number {
  return Math.min(BOOKING_GRACE_MS, Math.floor(Math.min(...windows.map((window) => window.windowMs)) / 4));
}
