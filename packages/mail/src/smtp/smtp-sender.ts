import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { InterruptedError } from '@luma-sync/jobs';
import addressParser from 'nodemailer/lib/addressparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { MAIL_TIMEOUT_MS } from '../mail-limits.js';
import type { Mail, MailSender } from '../mail-sender.js';
import { fromSmtpError, type SmtpPhase } from './from-smtp-error.js';

export interface SmtpSettings {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`. */
  url: string;
  /** `Name <address>` or an address. */
  from: string;
  /** Longest time for one mail, from the connection to the last answer. */
  timeoutMs?: number;
}

const SMTPS_PORT = 465;
const SUBMISSION_PORT = 587;

/**
 * Sends through an SMTP server, one connection for each mail. SMTP has no idempotency key, so no repeat is safe once
 * the content was handed over: a lost connection from then on is an open outcome for good.
 */
export function createSmtpSender({ url, from, timeoutMs = MAIL_TIMEOUT_MS }: SmtpSettings): MailSender {
  const server = readSmtpUrl(url);
  const sender = toAddress(from);
  return {
    repeatLimitMs: 0,
    async send(mail, signal) {
      if (signal.aborted) throw new InterruptedError();
      const messageId = toMessageId(mail.idempotencyKey, sender);
      const content = await compose(mail, from, messageId);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const attempt: Attempt = { phase: 'connect' };
      const connection = new SMTPConnection({
        ...server.options,
        connectionTimeout: timeoutMs,
        socketTimeout: timeoutMs,
      });
      try {
        await deliver(connection, { attempt, server, envelope: { from: sender, to: [mail.to] }, content, limit });
      } catch (error) {
        if (signal.aborted && attempt.phase !== 'content') throw new InterruptedError();
        throw fromSmtpError(error, attempt.phase, mail.idempotencyKey);
      } finally {
        connection.close();
      }
      return { providerId: messageId };
    },
  };
}

interface Attempt {
  phase: SmtpPhase;
}

interface Delivery {
  attempt: Attempt;
  server: SmtpServer;
  envelope: { from: string; to: string[] };
  content: Buffer;
  limit: AbortSignal;
}

async function deliver(connection: SMTPConnection, { attempt, server, envelope, content, limit }: Delivery) {
  const failed = new Promise<never>((_, reject) => {
    connection.once('error', reject);
    limit.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
  });
  const step = (act: (done: (error?: unknown) => void) => void): Promise<unknown> =>
    Promise.race([failed, new Promise<void>((resolve, reject) => act((error) => (error ? reject(error) : resolve())))]);
  // Whichever step loses the race has no reader.
  failed.catch(() => undefined);
  await step((done) => connection.connect(done));
  attempt.phase = 'login';
  const { credentials } = server;
  if (credentials !== null) await step((done) => connection.login({ credentials }, done));
  attempt.phase = 'envelope';
  await step((done) => connection.send(envelope, toStream(content, attempt), done));
}

/** The server asks for the content by answering DATA; the client reads the stream from then on alone. */
function toStream(content: Buffer, attempt: Attempt): Readable {
  return new Readable({
    read() {
      attempt.phase = 'content';
      this.push(content);
      this.push(null);
    },
  });
}

interface SmtpServer {
  options: ConstructorParameters<typeof SMTPConnection>[0];
  credentials: { user: string; pass: string } | null;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A password goes over an encrypted connection alone, but to the machine itself. */
function readSmtpUrl(url: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isTls = protocol === 'smtps:';
  const hasLogin = username !== '';
  const portDefault = isTls ? SMTPS_PORT : SUBMISSION_PORT;
  return {
    options: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? portDefault : Number(port),
      secure: isTls,
      requireTLS: hasLogin && !isTls && !LOOPBACK.includes(hostname),
    },
    credentials: hasLogin ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : null,
  };
}

function toAddress(from: string): string {
  const [first] = addressParser(from, { flatten: true });
  return first?.address ?? from;
}

/** The same for each attempt at one mail, so that a mail server's log finds it. */
function toMessageId(idempotencyKey: string, sender: string): string {
  const name = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
  return `<${name}@${sender.slice(sender.lastIndexOf('@') + 1)}>`;
}

const compose = ({ to, subject, html, text }: Mail, from: string, messageId: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    new MailComposer({ from, to, subject, html, text, messageId, disableFileAccess: true, disableUrlAccess: true })
      .compile()
      .build((error, content) => (error ? reject(error) : resolve(content as Buffer)));
  });
