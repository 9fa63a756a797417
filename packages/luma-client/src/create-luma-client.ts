import { parseUrl } from '@luma-sync/domain';
import { REQUEST_TIMEOUT_MS } from '@luma-sync/jobs';
import { createCalendarApi } from './api/calendar.js';
import { createCouponsApi } from './api/coupons.js';
import { createEventsApi } from './api/events.js';
import { createGuestsApi } from './api/guests.js';
import { createRequests } from './api/requests.js';
import { createTagsAndTicketsApi } from './api/tags-and-tickets.js';
import { createWebhooksApi } from './api/webhooks.js';
import type { LumaApi, NoteReading } from './luma-api.js';
import { createTransport, type Transport, type TransportOptions } from './transport.js';

export interface LumaClientOptions extends Omit<TransportOptions, 'requestTimeoutMs' | 'answerBytesMax'> {
  /** Default 30,000. The budget holds a slot this long when no answer comes. */
  requestTimeoutMs?: number;
  /** Default 16 MiB; a page of 100 guests with all their answers is well below one. */
  answerBytesMax?: number;
  /** Told what was read of events and guests, and what could not be. */
  noteReading?: NoteReading | undefined;
}

export interface LumaClient extends LumaApi {
  /** Closes idle connections. */
  close(): void;
}

/**
 * Luma's API for one key.
 * @throws {RangeError} no key, or a base URL that is none.
 */
export function createLumaClient(options: LumaClientOptions): LumaClient {
  // The form of keys is not documented: anything but nothing may be one.
  if (options.apiKey.trim() === '') throw new RangeError('a Luma API key must not be empty');
  if (parseUrl(options.baseUrl) === null) throw new RangeError('the base URL of Luma is not a URL');
  const transport = createTransport({
    ...options,
    requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    answerBytesMax: options.answerBytesMax ?? 16 * 1_048_576,
  });
  return createLumaApi(transport, options.noteReading);
}

/** The client over any transport: Luma's, or one that a test or the simulation plays. */
export function createLumaApi(transport: Transport, noteReading?: NoteReading): LumaClient {
  const requests = createRequests(transport, noteReading);
  return {
    waitForSlot: (effect, call) => transport.waitForSlot(effect, call),
    ...createCalendarApi(requests),
    ...createEventsApi(requests),
    ...createGuestsApi(requests),
    ...createTagsAndTicketsApi(requests),
    ...createCouponsApi(requests),
    ...createWebhooksApi(requests),
    close: () => transport.close(),
  };
}
