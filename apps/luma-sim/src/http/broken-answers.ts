import type { Response } from 'express';
import type { Clock } from '../clock.js';
import type { Fault } from '../faults.js';

/** What a proxy in front of the API sends when the API itself does not answer. */
const HTML_BODY =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Error</h1><p>The web server ' +
  'reported an error.</p></body></html>';

type ErrorFault = Extract<Fault, { kind: 'error' }>;

/** The error a fault asks for, in the shape given for JSON. */
export function sendError(res: Response, fault: ErrorFault, json: object): void {
  res.status(fault.status);
  if (fault.body === 'html') res.type('html').send(HTML_BODY);
  else if (fault.body === 'empty') res.end();
  else res.json(json);
}

/** Ends the connection with a reset: the client sees ECONNRESET. */
export function reset(res: Response): void {
  res.req.socket.resetAndDestroy();
}

/** Says nothing: cuts at once, or after a while. The wait ends when either side closes the connection. */
export function loseAnswer(res: Response, fault: Extract<Fault, { kind: 'lost-answer' }>, clock: Clock): void {
  const { socket } = res.req;
  if (fault.mode === 'cut') {
    socket.destroy();
    return;
  }
  const cancel = clock.after(fault.holdMs, () => socket.destroy());
  socket.once('close', cancel);
}

/** Promises the whole answer's length and sends half of it. */
export function sendHalf(res: Response, json: object): void {
  const bytes = Buffer.from(JSON.stringify(json));
  res.status(200).type('json').set('content-length', String(bytes.length));
  res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => res.req.socket.destroy());
}

/** `Retry-After` in the form wanted. Always rounded up: a client that obeys must not come too early. */
export function setRetryAfter(res: Response, form: 'seconds' | 'date' | 'none', waitMs: number, nowMs: number): void {
  if (form === 'seconds') res.set('retry-after', String(Math.ceil(waitMs / 1_000)));
  if (form === 'date') res.set('retry-after', new Date(Math.ceil((nowMs + waitMs) / 1_000) * 1_000).toUTCString());
}

/** Waits; ends with the clock. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });
