import { JobError } from '@luma-sync/jobs';
import { createLumaClient, type SlotGate } from '@luma-sync/luma-client';
import { type CalendarAccess, type Database, setCalendarStatus } from '@luma-sync/store';
import type { ConnectionTestWire } from './v1/schemas/calendar.js';

export interface ConnectionTestDeps {
  db: Database;
  /** The budget that all processes share. */
  slots: SlotGate;
  baseUrl: string;
}

/** A person waits for the answer. */
const ANSWER_WITHIN_MS = 15_000;

const REASONS: Record<string, string> = {
  'luma.auth_failed': 'Luma does not accept the API key',
  'luma.plan_inactive': 'the calendar has no active Luma Plus plan',
  'luma.rate_limited': 'Luma refuses requests of this key for now; try again in a minute',
  'luma.unreachable': 'Luma cannot be reached',
  'luma.unavailable': 'Luma gave no usable answer',
  'luma.outcome_unknown': 'Luma gave no answer',
  'luma.unexpected_answer': 'Luma’s answer could not be read',
  'limiter.unavailable': 'Redis is away, so no request may be sent',
  'operation.interrupted': 'there was no answer in time',
};

/**
 * Asks Luma who the calendar's key belongs to, within the shared budget, and keeps what that says of the calendar: a key that works again lets
 * its waiting work go on.
 */
export function createConnectionTest({ db, slots, baseUrl }: ConnectionTestDeps) {
  return async ({ calendar, apiKey, fingerprint }: CalendarAccess): Promise<ConnectionTestWire> => {
    if (apiKey === null || fingerprint === null)
      return { status: 'disconnected', reason: 'the calendar has no API key' };
    const client = createLumaClient({
      baseUrl,
      apiKey,
      account: fingerprint,
      slots,
      requestTimeoutMs: ANSWER_WITHIN_MS,
      userAgent: 'luma-sync/0.1',
    });
    try {
      await client.getSelf({ signal: AbortSignal.timeout(ANSWER_WITHIN_MS), priority: 'interactive' });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      await noteRefusal(db, calendar.id, error.code);
      return { status: 'disconnected', reason: REASONS[error.code] ?? waitReason(error) };
    } finally {
      client.close();
    }
    await setCalendarStatus(db, calendar.id, 'ok', null);
    return { status: 'connected', reason: null };
  };
}

async function noteRefusal(db: Database, calendarId: string, code: string): Promise<void> {
  if (code === 'luma.auth_failed') await setCalendarStatus(db, calendarId, 'auth_failed', REASONS[code] ?? null);
  if (code === 'luma.plan_inactive') await setCalendarStatus(db, calendarId, 'plan_inactive', REASONS[code] ?? null);
}

const waitReason = ({ code, verdict }: JobError): string =>
  verdict === 'wait' ? `the request budget is spent; try again in a moment (${code})` : `Luma refused (${code})`;
