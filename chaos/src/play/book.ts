import type { EventInput } from '@luma-sync/client';
import type { AppStatus } from '../plan/load.js';

/**
 * What the app was told is done (2xx), so what must be there in the end. `isSure` is false once a command had no
 * answer at all.
 */
export interface SaidOfEvent {
  body: EventInput;
  isSure: boolean;
}
export interface SaidOfRsvp {
  status: AppStatus;
  /** The app's own last word; repeating that takes back nothing that a host decided since. */
  stated: AppStatus | null;
  isSure: boolean;
  /** Accepted or unknown: each may be a reason for one mail of Luma's, where Luma may mail. */
  commands: number;
}

/** Everything that was asked for and has to be seen, on either side. */
export class Book {
  readonly events = new Map<number, SaidOfEvent>();
  readonly rsvps = new Map<string, SaidOfRsvp>();
  /** At Luma: who registered there, who said no there, who checked in, and where a host moved an event. */
  readonly registered = new Set<string>();
  readonly declinedAtLuma = new Set<string>();
  readonly checkedIn = new Set<string>();
  readonly movedTo = new Map<number, { startsAt: Date; endsAt: Date }>();
  /** Ids at Luma of events that hosts began there. */
  readonly begunAtLuma: string[] = [];

  readonly counts = { rsvpCommands: 0, eventCommands: 0, otherCommands: 0, repeats: 0, unknown: 0, skipped: 0 };
  /** Commands that luma-sync refused although nothing was wrong with them. */
  readonly refused: string[] = [];
  /** Reasons for repeats, counted. */
  readonly repeatReasons = new Map<string, number>();

  noteRepeat(reason: string): void {
    this.counts.repeats += 1;
    this.repeatReasons.set(reason, (this.repeatReasons.get(reason) ?? 0) + 1);
  }

  noteRsvp(key: string, kind: 'put-rsvp' | 'decide', status: AppStatus, isAccepted: boolean): void {
    const before = this.rsvps.get(key) ?? { status, stated: null, isSure: true, commands: 0 };
    const isRepeat = kind === 'put-rsvp' && before.stated === status;
    this.rsvps.set(key, {
      status: isRepeat ? before.status : status,
      stated: kind === 'put-rsvp' ? status : before.stated,
      isSure: before.isSure && isAccepted,
      commands: before.commands + 1,
    });
  }
}

export const guestKey = (event: number, person: string): string => `${event} ${person}`;
