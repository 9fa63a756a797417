import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { InterruptedError } from '@luma-sync/jobs';
import got, { HTTPError, type Method } from 'got';
import type { AnswerHeaders } from './slot-gate.js';

/** One HTTP request as it goes out. */
export interface Outgoing {
  method: Method;
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  timeoutMs: number;
  answerBytesMax: number;
  signal: AbortSignal;
  /**
   * A request in flight that changes something is given this long after an abort: a known outcome is worth a moment.
   */
  graceMs: number;
  agents: { http: HttpAgent; https: HttpsAgent };
  /** Right before the first byte. Throwing sends nothing. */
  onSend(): void;
  /** The answer's head is here. */
  onAnswer(answer: { status: number; headers: AnswerHeaders }): void;
}

export interface Incoming {
  status: number;
  headers: AnswerHeaders;
  text: string;
}

/** How a request ended that gave no usable answer. */
export class SendFailure extends Error {
  constructor(
    readonly isSent: boolean,
    readonly isInterrupted: boolean,
    /** What `onSend` threw, if it did. */
    readonly refusal: unknown,
    override readonly cause: unknown,
  ) {
    super('the request failed');
  }
}

/**
 * Sends once: no retries, no redirects (either would spend a slot nobody took, or carry the key elsewhere).
 *
 * @throws {HTTPError} a status of 400 or more.
 * @throws {SendFailure} anything else.
 */
export async function send(outgoing: Outgoing): Promise<Incoming> {
  const { signal, onSend, onAnswer } = outgoing;
  let isSent = false;
  let isTooLarge = false;
  let refusal: { thrown: unknown } | null = null;
  const stopper = new AbortController();
  let graceTimer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    if (isSent && outgoing.graceMs > 0) graceTimer = setTimeout(() => stopper.abort(), outgoing.graceMs);
    else stopper.abort();
  };
  if (signal.aborted) throw new SendFailure(false, true, null, new InterruptedError());
  signal.addEventListener('abort', onAbort, { once: true });

  const running = got(outgoing.url, {
    method: outgoing.method,
    headers: outgoing.headers,
    ...(outgoing.body === null ? {} : { body: outgoing.body }),
    retry: { limit: 0 },
    followRedirect: false,
    timeout: { request: outgoing.timeoutMs },
    agent: { http: outgoing.agents.http, https: outgoing.agents.https },
    responseType: 'text',
    signal: stopper.signal,
  });
  // The agents hand out connected sockets only, so this event is followed by the bytes at once.
  running.on('request', (request) => {
    request.once('socket', () => {
      try {
        onSend();
        isSent = true;
      } catch (thrown) {
        refusal = { thrown };
        request.destroy(new Error('not sent'));
      }
    });
    request.once('response', (response) => onAnswer({ status: response.statusCode ?? 0, headers: response.headers }));
  });
  running.on('downloadProgress', ({ transferred }) => {
    if (transferred <= outgoing.answerBytesMax || isTooLarge) return;
    isTooLarge = true;
    stopper.abort();
  });
  try {
    const { statusCode, headers, body } = await running;
    return { status: statusCode, headers, text: body };
  } catch (thrown) {
    if (thrown instanceof HTTPError) throw thrown;
    const { thrown: refused } = refusal ?? { thrown: null };
    const cause = isTooLarge ? new Error(`an answer of more than ${outgoing.answerBytesMax} bytes`) : thrown;
    throw new SendFailure(isSent, signal.aborted && !isTooLarge, refused, cause);
  } finally {
    clearTimeout(graceTimer);
    signal.removeEventListener('abort', onAbort);
  }
}
