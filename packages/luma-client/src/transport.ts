import {
  InterruptedError,
  isKeyRefusal,
  JobError,
  OutcomeUnknownError,
  type Priority,
  RetryAfterError,
  RetryableError,
} from '@luma-sync/jobs';
import { readJson } from '@luma-sync/luma-contract';
import { createConnectedAgents } from './connected-agent.js';
import type { Endpoint } from './endpoint.js';
import { type FailureContext, fromGotError } from './from-got-error.js';
import type { CallOptions, ImageContentType, RequestInfo } from './luma-api.js';
import { type QueryValue, toUrl } from './request-url.js';
import { type Outgoing, SendFailure, send } from './send.js';
import type { GrantedSlot, SlotDenialReason, SlotGate } from './slot-gate.js';

export interface TransportOptions {
  /** `https://public-api.luma.com`, with or without a path in front of `/v1`. */
  baseUrl: string;
  apiKey: string;
  /** Fingerprint of the key; names the budget. */
  account: string;
  /** For an organization's key: the calendar that calendar routes are about. */
  calendarId?: string | undefined;
  slots: SlotGate;
  requestTimeoutMs: number;
  userAgent: string;
  answerBytesMax: number;
  /** Told of every request that was allowed to go out, for metrics; holds no ids and no personal data. */
  onRequest?: ((info: RequestInfo) => void) | undefined;
  /** Told when a request has its slot; what it returns is called when that request is over, however it ended. */
  onBegin?: ((priority: Priority) => () => void) | undefined;
  /**
   * Told of an answer in which Luma refuses the key itself: `luma.auth_failed` or `luma.plan_inactive`. The caller gets
   * the refusal once this is done, and also when it fails.
   */
  onRefusedKey?: ((refusal: JobError) => Promise<void>) | undefined;
  /**
   * Told of an answer to a request that Luma carried out. The caller gets the answer once this is done, and when it
   * fails.
   */
  onAcceptedKey?: (() => Promise<void>) | undefined;
}

export interface Transport {
  /** One slot, given back without a request. */
  waitForSlot(effect: 'read' | 'write', options: CallOptions): Promise<void>;
  /** One request, one slot, one answer: the JSON in it, unjudged. */
  call(
    endpoint: Endpoint,
    input: { query?: Record<string, QueryValue>; body?: object },
    options: CallOptions,
  ): Promise<unknown>;
  upload(url: string, image: { bytes: Uint8Array; contentType: ImageContentType }, options: CallOptions): Promise<void>;
  close(): void;
}

/**
 * Carries the id of the slot that a request was granted: opaque, and never the same twice. Luma does not ask for it; in
 * our logs, and in the simulator, it shows that each request had a slot of its own.
 */
export const SLOT_HEADER = 'x-request-id';

/** After an abort, a write that is out already is waited for this long: repeating it blindly would be worse. */
const WRITE_GRACE_MS = 5_000;

/** The only way to Luma: without a granted slot nothing is sent. */
export function createTransport(options: TransportOptions): Transport {
  const agents = createConnectedAgents();
  const headers = {
    accept: 'application/json',
    'user-agent': options.userAgent,
    'x-luma-api-key': options.apiKey,
    ...(options.calendarId === undefined ? {} : { 'x-luma-calendar-id': options.calendarId }),
  };

  const call: Transport['call'] = async (endpoint, input, callOptions) => {
    const what = `${endpoint.method} ${endpoint.path}`;
    const effect = endpoint.effect === 'read' ? 'read' : 'write';
    const slot = await takeSlot(options, effect, what, callOptions);
    const end = options.onBegin?.(callOptions.priority);
    let isSent = false;
    let status: number | null = null;
    let date: string | undefined;
    const startedAt = performance.now();
    const report = (code: string | null): void => {
      const durationMs = Math.round(performance.now() - startedAt);
      const info = { method: endpoint.method, path: endpoint.path, status, durationMs, code };
      options.onRequest?.({ ...info, date });
      if (isSent) callOptions.onRequest?.(info);
    };
    try {
      const answer = await send({
        method: endpoint.method,
        url: toUrl(options.baseUrl, endpoint.path, input.query ?? {}),
        headers: {
          ...headers,
          [SLOT_HEADER]: slot.id,
          ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: input.body === undefined ? null : JSON.stringify(input.body),
        timeoutMs: Math.max(1, Math.floor(Math.min(options.requestTimeoutMs, slot.remainingMs()))),
        answerBytesMax: options.answerBytesMax,
        signal: callOptions.signal,
        graceMs: endpoint.effect === 'read' ? 0 : WRITE_GRACE_MS,
        agents,
        onSend: () => {
          // A process that was stopped for a while must not send on a slot that no longer counts for it.
          if (slot.remainingMs() <= 0) throw slotExpired(what);
          callOptions.beforeSend?.();
          isSent = true;
        },
        onAnswer: (head) => {
          status = head.status;
          date = [head.headers.date].flat()[0];
          void slot.settle(head);
        },
      });
      const parsed = parseAnswer(answer.text, what, endpoint);
      report(null);
      await options.onAcceptedKey?.().catch(() => undefined);
      return parsed;
    } catch (thrown) {
      const error = await toError(thrown, { what, endpoint, slot, isSent, isInterrupted: callOptions.signal.aborted });
      report(error instanceof JobError ? error.code : 'caller');
      throw error;
    } finally {
      end?.();
    }
  };

  const waitForSlot: Transport['waitForSlot'] = async (effect, callOptions) => {
    const slot = await takeSlot(options, effect, `a ${effect}`, callOptions);
    await slot.release();
  };

  async function toError(
    thrown: unknown,
    {
      what,
      endpoint,
      slot,
      isSent,
      isInterrupted,
    }: { what: string; endpoint: Endpoint; slot: GrantedSlot; isSent: boolean; isInterrupted: boolean },
  ): Promise<unknown> {
    // Nothing went out: the slot is free again. Otherwise it is settled by the answer, or ages from its deadline
    // without one.
    if (!isSent) await slot.release();
    if (thrown instanceof SendFailure && thrown.refusal !== null) return thrown.refusal;
    const context: FailureContext = {
      what,
      effect: endpoint.effect,
      isSent,
      isInterrupted,
      secrets: [options.apiKey],
      nowMs: Date.now(),
      random: Math.random,
    };
    const error = fromGotError(thrown instanceof SendFailure ? thrown.cause : thrown, context);
    if (error instanceof RetryAfterError && error.code === 'luma.rate_limited') {
      // Without the block others run into the same wall; but the refusal itself is what the caller must hear of.
      await options.slots.block(options.account, error.waitMs).catch(() => undefined);
    }
    if (isKeyRefusal(error.code)) await options.onRefusedKey?.(error).catch(() => undefined);
    return error;
  }

  const upload: Transport['upload'] = async (url, image, { signal, beforeSend }) => {
    const what = 'PUT of an image';
    let isSent = false;
    try {
      await send({
        ...uploadOf(url, image, options),
        signal,
        graceMs: 0,
        agents,
        onSend: () => {
          beforeSend?.();
          isSent = true;
        },
        onAnswer: () => undefined,
      });
    } catch (thrown) {
      if (thrown instanceof SendFailure && thrown.refusal !== null) throw thrown.refusal;
      if (signal.aborted) throw new InterruptedError(`${what} was interrupted`);
      // The same bytes at the same place: safe to repeat whatever happened, with a new URL each time.
      throw new RetryableError('luma.upload_failed', `${what} failed${isSent ? '' : ' before it was sent'}`);
    }
  };

  return { waitForSlot, call, upload, close: () => agents.destroy() };
}

async function takeSlot(
  { slots, account, requestTimeoutMs }: TransportOptions,
  method: 'read' | 'write',
  what: string,
  { signal, priority, maxWaitMs, onWait }: CallOptions,
): Promise<GrantedSlot> {
  const answer = await slots.acquire({
    account,
    method,
    priority,
    requestTimeoutMs,
    maxWaitMs,
    signal,
    onWait: ({ reason, forMs }) => onWait?.({ code: toCode(reason), forMs }),
  });
  if (answer.granted) return answer.slot;
  const { reason, retryAfterMs: waitMs } = answer;
  const scope = reason === 'blocked' ? 'account' : 'job';
  throw new RetryAfterError(toCode(reason), `${what} waits for the budget (${reason})`, {
    waitMs,
    scope,
  });
}

const toCode = (reason: SlotDenialReason): string => `limiter.${reason.replace('-', '_')}`;

const slotExpired = (what: string): RetryAfterError =>
  new RetryAfterError('limiter.slot_expired', `${what} was not sent: its slot ran out before`, { waitMs: 0 });

function parseAnswer(text: string, what: string, endpoint: Endpoint): unknown {
  try {
    const parsed = readJson(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Falls through: not JSON is as little an answer as JSON that is no object.
  }
  const words = `${what} was answered with something other than a JSON object`;
  throw endpoint.effect === 'read'
    ? new RetryableError('luma.unavailable', words)
    : new OutcomeUnknownError('luma.outcome_unknown', words);
}

function uploadOf(
  url: string,
  image: { bytes: Uint8Array; contentType: ImageContentType },
  { baseUrl, userAgent, requestTimeoutMs, answerBytesMax }: TransportOptions,
): Pick<Outgoing, 'method' | 'url' | 'headers' | 'body' | 'timeoutMs' | 'answerBytesMax'> {
  // Luma's answer named this place; plain HTTP is right only where Luma itself is a simulator on plain HTTP.
  if (!url.startsWith('https:') && new URL(baseUrl).protocol === 'https:') {
    throw new RetryableError('luma.unexpected_answer', 'the place for an image is not on HTTPS');
  }
  return {
    method: 'PUT',
    url,
    headers: { 'user-agent': userAgent, 'content-type': image.contentType },
    body: image.bytes,
    timeoutMs: requestTimeoutMs,
    answerBytesMax,
  };
}
