import type { Paging, SyncError } from './types.js';

/** One thing that happened to a record. */
export interface TimelineEntry {
  id: string;
  /** `event`, `rsvp`, `coupon` or `calendar` */
  recordType: string;
  recordId: string;
  at: string;
  kind: 'observed' | 'decided' | 'skipped' | 'asked' | 'answered' | 'mailed' | 'waiting' | 'failed';
  /** `luma`, `luma-sync`, `schedule`, or the name of the API key or operator. */
  actor: string;
  operationId: string | null;
  /** A stable word for what happened; its data is in `details`. */
  fact: string | null;
  /** The same in words, for a person. */
  message: string;
  details: unknown;
  /** How often it was so, without anything else in between. */
  repeats: number;
  lastAt: string | null;
}

/** A field that both sides changed since they last agreed. */
export interface Conflict {
  id: string;
  recordType: 'event' | 'rsvp';
  event: string;
  /** Whose answer it is; null for an event's own field. */
  personId: string | null;
  field: string;
  base: unknown;
  ours: unknown;
  theirs: unknown;
  kept: 'ours' | 'theirs';
  rule: string;
  /** What stands in the field now. */
  current: unknown;
  createdAt: string;
  /** Null while nobody has looked at it. */
  resolvedAt: string | null;
  resolvedBy: string | null;
}

export interface RecordFilter {
  /** The app's id of an event. */
  event?: string;
  /** The app's id of a person. */
  personId?: string;
}

export interface ConflictFilter extends RecordFilter, Paging {
  state?: 'open' | 'resolved';
}

/** A record of Luma's that could not be read or stored, or not in full. */
export interface UnreadableRecord {
  id: string;
  calendarId: string;
  kind: 'event' | 'guest';
  lumaId: string | null;
  lumaEventId: string | null;
  /** The app's id of the event it belongs to, or ours. */
  event: string | null;
  /** True: taken in without the fields that `problems` names. */
  isTaken: boolean;
  source: 'list' | 'read' | 'webhook' | 'store';
  problems: { path: string; reason: string }[];
  seenSince: string;
  seenLast: string;
  seenCount: number;
  resolvedAt: string | null;
}

export interface UnreadableRecordWithRaw extends UnreadableRecord {
  /** As Luma sent it, without keys that open a door. Null once it was read in full. It may name people. */
  raw: unknown;
}

export interface UnreadableFilter extends Paging {
  calendarId?: string;
  /** The app's id of an event. */
  event?: string;
  kind?: UnreadableRecord['kind'];
  state?: 'open' | 'resolved';
}

/** A mail, without its content and its address. */
export interface Message {
  id: string;
  kind: string;
  /** `unknown`: nobody knows what became of it; settle it. */
  state: 'reserved' | 'sent' | 'unknown' | 'failed';
  event: string | null;
  personId: string | null;
  providerId: string | null;
  askedAt: string | null;
  sentAt: string | null;
  lastError: SyncError | null;
  createdAt: string;
}

export interface MessageFilter extends RecordFilter, Paging {
  state?: Message['state'];
}

/** Answers of an event that Luma has and did not mail about, since a command would have mailed too many. */
export interface HeldMails {
  eventId: string;
  /** Your id of the event, else luma-sync's. */
  event: string;
  title: string;
  calendarId: string;
  /** People whose mail waits for a person's word. */
  held: number;
  /** People whose mail was confirmed and has not been asked for yet. */
  confirmed: number;
  since: string | null;
}
