import type { ApiKeyScope, CalendarAccess, Database, Keyring } from '@luma-sync/store';
import { z } from 'zod';
import type { PreviewCancellation } from '../luma/cancellation-preview.js';
import type { WebhookRegistration } from '../luma/webhook-registration.js';
import type { ConnectionTestWire } from './schemas/calendar.js';
import type { OperationWire } from './schemas/operation.js';

/** What the routes need beside the database. */
export interface V1Deps {
  keyring: Keyring;
  publicUrl: string;
  /** Asks Luma whether a calendar's key works. */
  testConnection(access: CalendarAccess): Promise<ConnectionTestWire>;
  /** Makes sure that Luma's webhook for a calendar stands. */
  registerWebhook: WebhookRegistration;
  /** Asks Luma what cancelling an event there would do. */
  previewCancellation: PreviewCancellation;
}

export interface RouteRequest<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /**
   * For a POST, and whatever carries an `Idempotency-Key`, it is bound to one transaction, in which the answer is kept for that key: all commits
   * together, and what throws undoes all.
   */
  db: Database;
  /** Name of the API key, as it stands in operations and timelines. */
  actor: string;
}

export interface Answer {
  status: number;
  body: unknown;
  /** Path of what was made. */
  location?: string | undefined;
}

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: Method;
  /** `/v1/events/{externalId}` */
  path: string;
  scope: ApiKeyScope;
  tag: string;
  summary: string;
  params?: P;
  query?: Q;
  /** JSON. Without one nothing may be sent. */
  body?: B;
  /** Takes `text/csv` instead; `body` is the text's Buffer then. */
  takesCsv?: boolean;
  /** Speaks with Luma: too slow for a transaction, and harmless to repeat. */
  isSlow?: boolean;
  answer: { status: number; description: string; schema?: z.ZodType };
  handle(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>, deps: V1Deps): Promise<Answer>;
}

/** One route with its types forgotten, for mounting and for the document: both are made from the same schemas. */
export interface Route
  extends Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handle' | 'params' | 'query' | 'body'> {
  params: z.ZodType;
  query: z.ZodType;
  body: z.ZodType;
  hasBody: boolean;
  handle(request: RouteRequest<unknown, unknown, unknown>, deps: V1Deps): Promise<Answer>;
}

const nothing = z.strictObject({});
type Nothing = typeof nothing;

export function route<P extends z.ZodType = Nothing, Q extends z.ZodType = Nothing, B extends z.ZodType = Nothing>(
  spec: RouteSpec<P, Q, B>,
): Route {
  return {
    ...spec,
    params: spec.params ?? nothing,
    query: spec.query ?? nothing,
    body: spec.body ?? nothing,
    hasBody: spec.body !== undefined,
    // The schemas above check what the handler is given, so the types it declares hold.
    handle: spec.handle as Route['handle'],
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
