import type { CallOptions, Send } from './transport.js';
import type * as api from './types.js';

/** Calendars, and what belongs to one. */
export const createCalendarClient = (send: Send) => ({
  calendars: createCalendars(send),
  backfills: createBackfills(send),
  couponPools: createCouponPools(send),
  driftChecks: createDriftChecks(send),
});

const createCalendars = (send: Send) => ({
  create: async (body: api.CalendarInput, call?: CallOptions): Promise<api.Calendar> =>
    (await send('POST /v1/calendars', [], { body, ...call })).calendar,
  list: async (call?: CallOptions): Promise<api.Calendar[]> => (await send('GET /v1/calendars', [], call)).data,
  get: async (id: string, call?: CallOptions): Promise<api.Calendar> =>
    (await send('GET /v1/calendars/{calendarId}', [id], call)).calendar,
  change: async (id: string, body: api.CalendarChange, call?: CallOptions): Promise<api.Calendar> =>
    (await send('PATCH /v1/calendars/{calendarId}', [id], { body, ...call })).calendar,
  remove: (id: string, call?: CallOptions): Promise<void> => send('DELETE /v1/calendars/{calendarId}', [id], call),
  testConnection: (id: string, call?: CallOptions) =>
    send('POST /v1/calendars/{calendarId}/test-connection', [id], call),
  /** Registers its webhook at Luma, or wakes the one that is there. */
  registerWebhook: async (id: string, call?: CallOptions): Promise<api.Calendar> =>
    (await send('POST /v1/calendars/{calendarId}/webhook', [id], call)).calendar,
  pull: async (id: string, call?: CallOptions): Promise<api.OperationRef> =>
    (await send('POST /v1/calendars/{calendarId}/pulls', [id], call)).operation,
});

const createBackfills = (send: Send) => ({
  /** Plans, and carries the plan out if asked to. The operation's outcome names the plan. */
  start: async (calendarId: string, body: api.BackfillInput = {}, call?: CallOptions): Promise<api.OperationRef> =>
    (await send('POST /v1/calendars/{calendarId}/backfills', [calendarId], { body, ...call })).operation,
  list: (calendarId: string, query: api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/calendars/{calendarId}/backfills', [calendarId], { query, ...call }),
  get: async (id: string, call?: CallOptions): Promise<api.Backfill> =>
    (await send('GET /v1/backfills/{planId}', [id], call)).backfill,
  steps: (id: string, query: api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/backfills/{planId}/steps', [id], { query, ...call }),
  /** Exactly the plan's requests, or nothing when the world has changed since. */
  apply: async (id: string, call?: CallOptions): Promise<api.OperationRef> =>
    (await send('POST /v1/backfills/{planId}/apply', [id], call)).operation,
  questions: (query: api.BackfillQuestionFilter & api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/backfill-questions', [], { query, ...call }),
  /** The operation ties the two or creates ours; null while something else is asked about the event. */
  answer: (questionId: string, answer: 'link' | 'keep_apart', call?: CallOptions) =>
    send('POST /v1/backfill-questions/{questionId}/answer', [questionId], { body: { answer }, ...call }),
});

const createCouponPools = (send: Send) => ({
  create: async (body: api.CouponPoolInput, call?: CallOptions): Promise<api.CouponPool> =>
    (await send('POST /v1/coupon-pools', [], { body, ...call })).pool,
  list: async (call?: CallOptions): Promise<api.CouponPool[]> => (await send('GET /v1/coupon-pools', [], call)).data,
  get: async (id: string, call?: CallOptions): Promise<api.CouponPool> =>
    (await send('GET /v1/coupon-pools/{poolId}', [id], call)).pool,
  /**
   * @param csv One code per line, in the first column or the one whose heading says so.
   * @param call `delimiter` and `heading` say how it is to be read, where the file itself does not tell
   *   (`coupon_import.unclear`).
   */
  import: (
    id: string,
    csv: string,
    { delimiter, heading, ...call }: api.CouponImportOptions & CallOptions = {},
  ): Promise<api.CouponImport> =>
    send('POST /v1/coupon-pools/{poolId}/imports', [id], { query: { delimiter, heading }, body: csv, ...call }),
});

const createDriftChecks = (send: Send) => ({
  /** One operation per calendar; without an id, all calendars. */
  start: async (calendarId?: string, call?: CallOptions): Promise<api.OperationRef[]> =>
    (await send('POST /v1/drift-checks', [], { body: calendarId === undefined ? {} : { calendarId }, ...call }))
      .operations,
});
