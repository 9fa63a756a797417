import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** A working day: long enough not to be asked twice, short enough that a forgotten browser closes. */
const SESSION_MS = 12 * 3_600_000;

/** How long a browser that was let in once is told from others. */
const DEVICE_MS = 90 * 24 * 3_600_000;

/** A session that a cookie proves; whether it was ended by a logout is known to the database alone. */
export interface OperatorSession {
  /** Names the session without opening it. */
  hash: string;
  expiresAt: Date;
}

/**
 * Sessions of the operator, kept in the cookie: `<expires>.<nonce>.<signature>`. Every ingress with the same settings
 * accepts them; a new password or encryption key ends them all, a logout the one.
 */
export class OperatorSessions {
  readonly #password: Buffer;
  readonly #signingKey: Buffer;

  constructor(
    settings: { password: string; encryptionKey: string },
    private readonly now: () => number = () => Date.now(),
  ) {
    this.#password = sha256(settings.password);
    const info = 'luma-sync operator session';
    this.#signingKey = Buffer.from(hkdfSync('sha256', settings.encryptionKey, this.#password, info, 32));
  }

  /** @returns the cookie's value and its life in ms, or null for a wrong password. Takes as long either way. */
  open(password: string): { token: string; maxAgeMs: number } | null {
    // Hashed first: both sides of the comparison have one length, whatever was typed.
    if (!timingSafeEqual(sha256(password), this.#password)) return null;
    return this.#issue('session', SESSION_MS);
  }

  /**
   * For the browser of a login that went well: it opens nothing, and keeps the browser out of a throttle that others
   * caused. A new password ends it.
   */
  openDevice(): { token: string; maxAgeMs: number } {
    return this.#issue('device', DEVICE_MS);
  }

  /** @returns a name for the browser, or null for what is no token of ours. */
  verifyDevice(token: string): string | null {
    return this.#verify('device', token)?.hash ?? null;
  }

  /** @returns null for what is no token of ours, or one whose time is over. */
  verify(token: string): OperatorSession | null {
    return this.#verify('session', token);
  }

  #issue(use: TokenUse, maxAgeMs: number): { token: string; maxAgeMs: number } {
    const body = `${this.now() + maxAgeMs}.${randomBytes(16).toString('base64url')}`;
    return { token: `${body}.${this.#sign(use, body)}`, maxAgeMs };
  }

  #verify(use: TokenUse, token: string): OperatorSession | null {
    const match = /^(\d{1,15})\.([\w-]{22})\.([\w-]{43})$/.exec(token);
    if (match === null) return null;
    const [, expires = '', nonce = '', signature = ''] = match;
    const expected = this.#sign(use, token.slice(0, token.length - signature.length - 1));
    if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature)) || Number(expires) <= this.now()) return null;
    return { hash: sha256(nonce).toString('hex'), expiresAt: new Date(Number(expires)) };
  }

  /** Sessions are signed bare, as they were before there were devices. */
  #sign(use: TokenUse, body: string): string {
    const signed = use === 'session' ? body : `${use} ${body}`;
    return createHmac('sha256', this.#signingKey).update(signed).digest('base64url');
  }
}

type TokenUse = 'session' | 'device';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
