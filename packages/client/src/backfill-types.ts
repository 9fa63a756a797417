/* Backfills: plans for a calendar that has events already. */

export interface BackfillInput {
  /** Carry the plan out at once; by default it is only made. */
  apply?: boolean;
  /** Compare events that start at this moment or later; by default two days ago. */
  startsAfter?: string | null;
}

/** What has to be done so that a calendar and our events know each other. */
export interface Backfill {
  id: string;
  calendarId: string;
  state: 'planned' | 'applying' | 'applied' | 'stale';
  actor: string;
  startsAfter: string;
  compared: number;
  questions: number;
  cost: { requests: number; perMinute: number; minutes: number };
  /** Why it is stale. */
  changes: string[];
  createdAt: string;
  finishedAt: string | null;
}

export interface BackfillStep {
  position: number;
  kind: 'adopt' | 'create' | 'import';
  eventId: string | null;
  lumaEventId: string | null;
  mergesEventId: string | null;
  matchedBy: 'answer' | 'slug' | 'time_and_name' | null;
  sends: string[];
  takes: string[];
  /** Sent to Luma, in this order. */
  requests: string[];
  doneAt: string | null;
}

/** Two events that may be the same. */
export interface BackfillQuestion {
  id: string;
  calendarId: string;
  reason: 'several_fit' | 'near_in_time' | 'like_name';
  event: { id: string; externalId: string | null; title: string; startsAt: string };
  luma: { eventId: string; title: string; startsAt: string; url: string | null };
  answer: 'link' | 'keep_apart' | null;
  answeredBy: string | null;
  answeredAt: string | null;
  createdAt: string;
}

export interface BackfillQuestionFilter {
  calendarId?: string;
  state?: 'open' | 'answered';
}
