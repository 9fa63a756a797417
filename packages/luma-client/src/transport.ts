import { isKeyRefusal, JobError, type Priority, RetryAfterError } from '@luma-sync/jobs';
import { type ConnectedAgents, createConnectedAgents } from './connected-agent.js';
import type { Endpoint } from './endpoint.js';
import { type FailureContext, fromGotError } from './from-got-error.js';
import type { CallOptions, RequestInfo } from './luma-api.js';
import { parseAnswer } from './parse-answer.js';
import { type QueryValue, toUrl } from './request-url.js';
import { type Outgoing, SendFailure, send } from './send.js';
import type { GrantedSlot, SlotGate } from './slot-gate.js';
import { slotExpired, takeSlot } from './take-slot.js';
import { type Image, uploadImage } from './upload-image.js';

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

export interface RequestInput {
  query?: Record<string, QueryValue>;
  body?: object;
}

export interface Transport {
  /** One slot, given back without a request. */
  waitForSlot(effect: 'read' | 'write', options: CallOptions): Promise<void>;
  /** One request, one slot, one answer: the JSON in it, unjudged. */
  call(endpoint: Endpoint, input: RequestInput, options: CallOptions): Promise<unknown>;
  upload(url: string, image: Image, options: CallOptions): Promise<void>;
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
  return {
    waitForSlot: async (effect, callOptions) => {
      const slot = await takeSlot(options, effect, `a ${effect}`, callOptions);
      await slot.release();
    },
    call: (endpoint, input, callOptions) => sendWithSlot(options, agents, { endpoint, input, callOptions }),
    upload: (url, image, callOptions) => uploadImage({ url, image, agents }, options, callOptions),
    close: () => agents.destroy(),
  };
}

/** What a request was asked for with. */
interface Asked {
  endpoint: Endpoint;
  input: RequestInput;
  callOptions: CallOptions;
}

/** How far a request came, for what is reported of it and for what its failure means. */
interface Progress {
  isSent: boolean;
  status: number | null;
  /** The answer's `Date` header. */
  date: string | undefined;
}

async function sendWithSlot(options: TransportOptions, agents: ConnectedAgents, asked: Asked): Promise<unknown> {
  const { endpoint, callOptions } = asked;
  const what = nameOf(endpoint);
  const slot = await takeSlot(options, endpoint.effect === 'read' ? 'read' : 'write', what, callOptions);
  const end = options.onBegin?.(callOptions.priority);
  const progress: Progress = { isSent: false, status: null, date: undefined };
  const startedAt = performance.now();
  const report = (code: string | null): void => {
    const durationMs = Math.round(performance.now() - startedAt);
    const info = { method: endpoint.method, path: endpoint.path, status: progress.status, durationMs, code };
    options.onRequest?.({ ...info, date: progress.date });
    if (progress.isSent) callOptions.onRequest?.(info);
  };
  try {
    const answer = await send({ ...toOutgoing(options, asked, slot, progress), agents });
    const parsed = parseAnswer(answer.text, what, endpoint);
    report(null);
    await options.onAcceptedKey?.().catch(() => undefined);
    return parsed;
  } catch (thrown) {
    // Nothing went out: the slot is free again. Otherwise the answer settles it, or it ages from its deadline.
    if (!progress.isSent) await slot.release();
    const error = await toError(options, asked, thrown, progress.isSent);
    report(error instanceof JobError ? error.code : 'caller');
    throw error;
  } finally {
    end?.();
  }
}

function toOutgoing(
  options: TransportOptions,
  { endpoint, input, callOptions }: Asked,
  slot: GrantedSlot,
  progress: Progress,
): Omit<Outgoing, 'agents'> {
  return {
    method: endpoint.method,
    url: toUrl(options.baseUrl, endpoint.path, input.query ?? {}),
    headers: {
      accept: 'application/json',
      'user-agent': options.userAgent,
      'x-luma-api-key': options.apiKey,
      ...(options.calendarId === undefined ? {} : { 'x-luma-calendar-id': options.calendarId }),
      [SLOT_HEADER]: slot.id,
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: input.body === undefined ? null : JSON.stringify(input.body),
    timeoutMs: Math.max(1, Math.floor(Math.min(options.requestTimeoutMs, slot.remainingMs()))),
    answerBytesMax: options.answerBytesMax,
    signal: callOptions.signal,
    graceMs: endpoint.effect === 'read' ? 0 : WRITE_GRACE_MS,
    onSend: () => {
      // A process that was stopped for a while must not send on a slot that no longer counts for it.
      if (slot.remainingMs() <= 0) throw slotExpired(nameOf(endpoint));
      callOptions.beforeSend?.();
      progress.isSent = true;
    },
    onAnswer: (head) => {
      progress.status = head.status;
      progress.date = [head.headers.date].flat()[0];
      void slot.settle(head);
    },
  };
}

async function toError(
  options: TransportOptions,
  { endpoint, callOptions }: Asked,
  thrown: unknown,
  isSent: boolean,
): Promise<unknown> {
  if (thrown instanceof SendFailure && thrown.refusal !== null) return thrown.refusal;
  const context: FailureContext = {
    what: nameOf(endpoint),
    effect: endpoint.effect,
    isSent,
    isInterrupted: callOptions.signal.aborted,
    secrets: [options.apiKey],
    nowMs: Date.now(),
    random: Math.random,
  };
  const error = fromGotError(thrown instanceof SendFailure ? thrown.cause : thrown, context);
  if (error instanceof RetryAfterError && error.code === 'luma.rate_limited') {
    // Without the block others run into the same limit; the caller must still get the refusal itself.
    await options.slots.block(options.account, error.waitMs).catch(() => undefined);
  }
  if (isKeyRefusal(error.code)) await options.onRefusedKey?.(error).catch(() => undefined);
  return error;
}

const nameOf = ({ method, path }: Endpoint): string => `${method} ${path}`;
