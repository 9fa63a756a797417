import type {
  ApiKeyScope,
  AuditNote,
  CalendarAccess,
  Database,
  Db,
  ErasedAddresses,
  Keyring,
  Reach,
  ReachedKind,
  Tx,
} from '@luma-sync/store';
import { z } from 'zod';
import type { PreviewCancellation } from '../luma/cancellation-preview.js';
import type { KeyCheck } from '../luma/key-check.js';
import type { WebhookRegistration } from '../luma/webhook-registration.js';
import type { ConnectionTestWire } from './schemas/calendar.js';
import type { OperationWire } from './schemas/operation.js';
import type { TakesBack } from './take-back.js';

/** What the routes need beside the database. */
export interface V1Deps {
  keyring: Keyring;
  /** People who were erased, by the hash of their address. */
  erased: ErasedAddresses;
  publicUrl: string;
  /** Of new events that name no time zone, where their calendar has none. */
  defaultTimezone: string | null;
  /** Whether Luma refuses a key, and why. */
  checkKey: KeyCheck;
  /** Asks Luma whether a calendar's key works. */
  testConnection(access: CalendarAccess): Promise<ConnectionTestWire>;
  /** Makes sure that Luma's webhook for a calendar stands. */
  registerWebhook: WebhookRegistration;
  /** Asks Luma what cancelling an event there would do. */
  previewCancellation: PreviewCancellation;
}

export interface RouteRequest<P, Q, B, D = Tx> {
  params: P;
  query: Q;
  body: B;
  /**
   * For whatever changes something, one transaction, in which the answer is kept for an `Idempotency-Key`: all commits
   * together, and what throws undoes all. For a GET and a slow route, the database itself.
   */
  db: D;
  /** Name of the API key, as it stands in operations and timelines. */
  actor: string;
  /** `If-Match: *`: the request is meant for a record that exists. */
  mustExist: boolean;
  caller: Caller;
  /** Keeps what a slow route did, in the transaction that did it. Every other route leaves its entry by itself. */
  audit(tx: Db, note: AuditWord): Promise<void>;
}

/** What the key of a request may do. */
export interface Caller {
  can(scope: ApiKeyScope): boolean;
  /** @throws {Problem} 403 `auth.scope`. @param why What of the request needs it. */
  need(scope: ApiKeyScope, why: string): void;
  /** Calendars the key is bound to; null: none in particular, it reaches every record. */
  reach: Reach;
}

/** What an audit entry says beyond its route. */
export type AuditWord = Partial<Pick<AuditNote, 'subject' | 'calendarId' | 'changes'>>;

export interface Answer {
  status: number;
  body: unknown;
  /** Path of what was made. */
  location?: string | undefined;
  /**
   * What is kept for a repeat with the same `Idempotency-Key`, where that must not be all that was answered. Default:
   * `body`.
   */
  keptBody?: unknown;
  audit?: AuditWord;
}

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

/** What a handler is given: only what reads, or speaks with Luma, has the database to itself. */
type DbOf<M extends Method, S extends boolean> = M extends 'get' ? Database : S extends true ? Database : Tx;

interface RouteSpec<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  M extends Method,
  S extends boolean,
> {
  method: M;
  /** `/v1/events/{externalId}` */
  path: string;
  /** What any call needs. */
  scopes: readonly [ApiKeyScope, ...ApiKeyScope[]];
  /** What a call needs beyond that, for what it asks. The handler itself asks for what only the record can tell. */
  furtherScopes?: readonly FurtherScope<z.output<B>>[];
  /** The record that the path names. A key that is bound to other calendars gets 404 for it, as if it were absent. */
  subject?: RouteSubject;
  /** Concerns every calendar, or none: closed to keys that are bound to calendars. */
  isInstallationWide?: boolean;
  /** What the audit log calls it. `none` says why nothing is kept. A GET has neither, but for an export. */
  audit?: { action: string; subjectType?: string } | { none: string };
  tag: string;
  summary: string;
  params?: P;
  query?: Q;
  /** JSON. Without one nothing may be sent. */
  body?: B;
  /** Takes back what a GET of the same path gives out, without judging the fields that a body repeats. */
  takesBack?: TakesBack<{ params: z.output<P>; db: Database; caller: Caller }>;
  /** Takes `If-Match: *`. */
  takesCondition?: boolean;
  /** Takes `text/csv` instead and reads it, before any transaction; `body` is what comes of it. */
  readCsv?(bytes: Buffer, query: z.output<Q>): Promise<z.output<B>>;
  /** Speaks with Luma: too slow for a transaction, and harmless to repeat. */
  isSlow?: S;
  /** Asks Luma what the handler relies on, before any transaction. Changes nothing, and may throw. */
  askFirst?(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>, Database>, deps: V1Deps): Promise<void>;
  answer: { status: number; description: string; schema?: z.ZodType };
  handle(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>, DbOf<M, S>>, deps: V1Deps): Promise<Answer>;
}

export interface RouteSubject {
  kind: ReachedKind;
  /** Of the path. */
  param: string;
  /** A PUT may create it; the handler sees to where. */
  mayBeAbsent?: boolean;
}

export interface FurtherScope<B = unknown> {
  scope: ApiKeyScope;
  /** Completes "needs it ..." for the document. */
  when: string;
  /** Absent: the handler decides, since only the record can tell. */
  applies?(body: B): boolean;
}

/** One route with its types forgotten, for mounting and for the document: both are made from the same schemas. */
export interface Route
  extends Omit<
    RouteSpec<z.ZodType, z.ZodType, z.ZodType, Method, boolean>,
    'handle' | 'askFirst' | 'readCsv' | 'params' | 'query' | 'body' | 'furtherScopes' | 'takesBack'
  > {
  takesBack?: TakesBack<{ params: unknown; db: Database; caller: Caller }>;
  furtherScopes: readonly FurtherScope[];
  params: z.ZodType;
  query: z.ZodType;
  body: z.ZodType;
  hasBody: boolean;
  readCsv?(bytes: Buffer, query: unknown): Promise<unknown>;
  askFirst?(request: RouteRequest<unknown, unknown, unknown, Database>, deps: V1Deps): Promise<void>;
  handle(request: RouteRequest<unknown, unknown, unknown, Database | Tx>, deps: V1Deps): Promise<Answer>;
}

const nothing = z.strictObject({});
type Nothing = typeof nothing;

export function route<
  M extends Method,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  S extends boolean = false,
>(spec: RouteSpec<P, Q, B, M, S>): Route {
  return {
    ...(spec as Omit<typeof spec, 'askFirst'>),
    params: spec.params ?? nothing,
    query: spec.query ?? nothing,
    body: spec.body ?? nothing,
    hasBody: spec.body !== undefined,
    // The schemas above check what the handler is given, so the types it declares hold.
    furtherScopes: (spec.furtherScopes ?? []) as readonly FurtherScope[],
    ...(spec.askFirst === undefined ? {} : { askFirst: spec.askFirst as NonNullable<Route['askFirst']> }),
    handle: spec.handle as Route['handle'],
    ...(spec.takesBack === undefined ? {} : { takesBack: spec.takesBack as NonNullable<Route['takesBack']> }),
  };
}

/** A reference to an operation that was just asked for. */
export function toRef(operation: { id: string }): { id: string; state: OperationWire['state'] } {
  return { id: operation.id, state: 'queued' };
}

/** 202 for a command; `Location` leads to the operation, where there is one to wait for. */
export function accepted(body: Record<string, unknown>, operation: { id: string } | null): Answer {
  return {
    status: 202,
    body: { ...body, operation: operation === null ? null : toRef(operation) },
    ...(operation === null ? {} : { location: `/v1/operations/${operation.id}` }),
  };
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
