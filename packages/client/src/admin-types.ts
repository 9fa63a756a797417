import type { Paging } from './types.js';

/** What a key may do; `read` and `write` stand for several. */
export type Scope =
  | 'events:read'
  | 'events:write'
  | 'people:read'
  | 'mail'
  | 'irreversible'
  | 'admin'
  | 'read'
  | 'write';

export interface ApiKeyInput {
  /** Who uses it; stands in timelines, operations and the audit log. */
  name: string;
  scopes: Scope[];
  /** The only calendars it reaches. Left out: all. */
  calendarIds?: string[];
  /** It opens nothing from then on. Left out: never. */
  expiresAt?: string;
}

/** An API key without the key itself. */
export interface ApiKey {
  id: string;
  name: string;
  /** Its first characters. */
  prefix: string;
  scopes: string[];
  /** Null: it reaches every calendar. */
  calendarIds: string[] | null;
  expiresAt: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  /** Name of the API key, `operator`, `cli` or `environment`. */
  actor: string;
  actorKind: string;
  apiKeyId: string | null;
  /** Network address of the caller. */
  address: string | null;
  /** A stable word, such as `calendar.change`. */
  action: string;
  subjectType: string;
  subject: string;
  calendarId: string | null;
  /** Fields that changed, by name; of a secret only that it was changed. */
  changes: unknown;
}

export interface AuditFilter extends Paging {
  actor?: string;
  action?: string;
  subjectType?: string;
  subject?: string;
  calendarId?: string;
  from?: string;
  to?: string;
}
