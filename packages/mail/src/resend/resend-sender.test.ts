import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { JobError, OutcomeUnknownError } from '@luma-sync/jobs';
import { createResendSender } from './resend-sender.js';

interface Seen {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingMessage['headers'];
  body: unknown;
}

const mail = { to: 'person@example.org', subject: 'Hello', html: '<p>Hi</p>', text: 'Hi', idempotencyKey: 'coupon-1' };
const apiKey = 're_secret';
const never = new AbortController().signal;
let stop = async (): Promise<void> => {};

afterEach(() => stop());

/** A server on a free port that hands every request to `answer`, and a sender that uses it. */
async function open(answer: (response: ServerResponse, request: IncomingMessage) => void, timeoutMs = 5_000) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      seen.push({ method: request.method, path: request.url, headers: request.headers, body });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { seen, sender: createResendSender({ apiKey, from: 'Luma Sync <mail@example.com>', baseUrl, timeoutMs }) };
}

const json =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const failure = (status: number, name: string, headers: Record<string, string> = {}) =>
  json(status, { statusCode: status, name, message: `no mail for ${mail.to} with ${apiKey}` }, headers);

/** As the provider names the field that it does not take. */
const refusal = (status: number, name: string, field: string) =>
  json(status, { statusCode: status, name, message: `Invalid \`${field}\` field. It has to follow the format.` });

async function failed(promise: Promise<unknown>): Promise<JobError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof JobError)) throw new Error('expected a JobError');
  return error;
}

describe('the Resend sender', () => {
  it('posts the mail with its key and returns the provider’s id', async () => {
    const { sender, seen } = await open(json(200, { id: 'mail-1' }));
    await expect(sender.send(mail, never)).resolves.toEqual({ providerId: 'mail-1' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/emails' });
    expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${apiKey}`, 'idempotency-key': 'coupon-1' });
    const { to, subject, html, text } = mail;
    expect(seen[0]?.body).toEqual({ from: 'Luma Sync <mail@example.com>', to, subject, html, text });
  });

  it.each([
    [
      failure(429, 'rate_limit_exceeded', { 'retry-after': '3' }),
      { code: 'mail.rate_limited', verdict: 'wait', scope: 'account', waitMs: 3_000 },
    ],
    [
      failure(429, 'rate_limit_exceeded', { 'retry-after': '-5' }),
      { code: 'mail.rate_limited', verdict: 'wait', waitMs: 1_000 },
    ],
    [
      failure(429, 'rate_limit_exceeded', { 'retry-after': '99999999' }),
      { code: 'mail.rate_limited', verdict: 'wait', waitMs: 86_400_000 },
    ],
    [failure(422, 'invalid_from_address'), { code: 'mail.sender_refused', verdict: 'wait', scope: 'account' }],
    [refusal(422, 'validation_error', 'from'), { code: 'mail.sender_refused', verdict: 'wait', scope: 'account' }],
    [refusal(400, 'validation_error', 'from'), { code: 'mail.sender_refused', verdict: 'wait', scope: 'account' }],
    [
      refusal(422, 'missing_required_field', 'from'),
      { code: 'mail.sender_refused', verdict: 'wait', scope: 'account' },
    ],
    [refusal(422, 'validation_error', 'to'), { code: 'mail.rejected', verdict: 'fail' }],
    [failure(404, 'not_found'), { code: 'mail.wrong_base_url', verdict: 'wait', scope: 'account' }],
    [failure(405, 'method_not_allowed'), { code: 'mail.wrong_base_url', verdict: 'wait', scope: 'account' }],
    [failure(402, 'payment_required'), { code: 'mail.auth_failed', verdict: 'wait', scope: 'account' }],
    [failure(429, 'rate_limit_exceeded'), { code: 'mail.rate_limited', verdict: 'wait', waitMs: 1_000 }],
    [
      failure(429, 'daily_quota_exceeded', { 'retry-after': '3' }),
      { code: 'mail.quota_exceeded', verdict: 'wait', scope: 'account', waitMs: 900_000 },
    ],
    [failure(401, 'missing_api_key'), { code: 'mail.auth_failed', verdict: 'wait', scope: 'account' }],
    [failure(403, 'invalid_api_key'), { code: 'mail.auth_failed', verdict: 'wait', scope: 'account' }],
    [failure(403, 'validation_error'), { code: 'mail.auth_failed', verdict: 'wait', scope: 'account' }],
    [failure(400, 'validation_error'), { code: 'mail.rejected', verdict: 'fail' }],
    [failure(422, 'missing_required_field'), { code: 'mail.rejected', verdict: 'fail' }],
    [failure(409, 'invalid_idempotent_request'), { code: 'mail.key_reused', verdict: 'fail' }],
    [failure(409, 'concurrent_idempotent_requests'), { code: 'mail.outcome_unknown', verdict: 'retry' }],
    [failure(500, 'internal_server_error'), { code: 'mail.unavailable', verdict: 'retry' }],
    [failure(503, 'application_error'), { code: 'mail.unavailable', verdict: 'retry' }],
    [json(502, { oops: 'a proxy in between' }), { code: 'mail.unavailable', verdict: 'retry' }],
    [
      (response: ServerResponse) => void response.writeHead(502).end('<html>'),
      { code: 'mail.unavailable', verdict: 'retry' },
    ],
    [
      (response: ServerResponse) => void response.writeHead(200).end('not json'),
      { code: 'mail.outcome_unknown', verdict: 'retry' },
    ],
    [json(200, {}), { code: 'mail.outcome_unknown', verdict: 'retry' }],
    [json(200, { id: 'x'.repeat(201) }), { code: 'mail.outcome_unknown', verdict: 'retry' }],
    [json(200, { id: 'mail\u0000' }), { code: 'mail.outcome_unknown', verdict: 'retry' }],
    [(response: ServerResponse) => void response.destroy(), { code: 'mail.outcome_unknown', verdict: 'retry' }],
  ])('tells failure %# as one of ours, naming neither address nor key', async (answer, expected) => {
    const { sender } = await open(answer);
    const error = await failed(sender.send(mail, never));
    expect(error).toMatchObject(expected);
    expect(error.message).toContain('coupon-1');
    expect(error.message).not.toMatch(/person|example\.org|re_secret/);
  });

  it('gives up waiting for an answer that does not come, and says that the outcome is unknown', async () => {
    const { sender, seen } = await open(() => {}, 50);
    const error = await failed(sender.send(mail, never));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(seen).toHaveLength(1);
  });

  it('gives up when the worker shuts down: the mail may be out', async () => {
    const shutdown = new AbortController();
    const { sender } = await open(() => shutdown.abort());
    expect(await failed(sender.send(mail, shutdown.signal))).toBeInstanceOf(OutcomeUnknownError);
  });

  it('asks nobody once the worker is shutting down', async () => {
    const { sender, seen } = await open(json(200, { id: 'mail-1' }));
    expect(await failed(sender.send(mail, AbortSignal.abort()))).toMatchObject({ code: 'operation.interrupted' });
    expect(seen).toHaveLength(0);
  });
});
