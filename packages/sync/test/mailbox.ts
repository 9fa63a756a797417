import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atEnd } from '@luma-sync/testkit';

export interface ReceivedMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  key: string;
}

/**
 * What becomes of one request: taken and answered, taken with the answer lost or held back, or refused without being
 * taken. A refusal of the content (422) is remembered under its key: Resend does not say whether it is, and we have to
 * get along with both.
 */
export type Behaviour = 'answer' | 'take-then-reset' | 'take-then-hang' | 'reset' | { status: number; name: string };

export interface Mailbox {
  url: string;
  /** Mails taken, each once. */
  mails: ReceivedMail[];
  /** Requests seen. */
  requests(): number;
  /** For the next requests in turn; `answer` once they are used up. */
  behave(...next: Behaviour[]): void;
}

const KEY_LIFE_MS = 24 * 3_600_000;

/**
 * Speaks Resend's `POST /emails` as far as its idempotency keys go: one mail per key and day, 409 for another content.
 */
export async function openMailbox(now: () => Date): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const keys = new Map<string, { body: string; status: number; answer: object; until: number }>();
  const next: Behaviour[] = [];
  let requests = 0;

  const remember = (key: string, body: string, status: number, answer: object) => {
    keys.set(key, { body, status, answer, until: now().getTime() + KEY_LIFE_MS });
    return { status, answer };
  };

  const take = (key: string, body: string): { status: number; answer: object } => {
    const known = keys.get(key);
    if (known !== undefined && known.until > now().getTime()) {
      if (known.body === body) return known;
      return {
        status: 409,
        answer: { statusCode: 409, name: 'invalid_idempotent_request', message: 'used with another payload' },
      };
    }
    const id = randomUUID();
    const { to, subject, text } = JSON.parse(body) as ReceivedMail;
    mails.push({ id, to, subject, text, key });
    return remember(key, body, 200, { id });
  };

  const respond = (response: ServerResponse, key: string, body: string) => {
    const behaviour = next.shift() ?? 'answer';
    const send = (status: number, answer: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (typeof behaviour === 'object') {
      const { status, name } = behaviour;
      const answer = { statusCode: status, name, message: 'no' };
      if (status === 422) remember(key, body, status, answer);
      return send(status, answer);
    }
    if (behaviour === 'reset') return void response.destroy();
    const { status, answer } = take(key, body);
    if (behaviour === 'answer') send(status, answer);
    if (behaviour === 'take-then-reset') response.destroy();
  };

  const server = createServer((request, response) => {
    requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      respond(response, String(request.headers['idempotency-key']), Buffer.concat(chunks).toString()),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    mails,
    requests: () => requests,
    behave: (...more) => void next.push(...more),
  };
}
