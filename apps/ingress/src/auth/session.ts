import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** A working day: long enough not to be asked twice, short enough that a forgotten browser closes. */
const SESSION_MS = 12 * 3_600_000;

/**
 * Sessions of the operator, kept in the cookie alone: `<expires>.<nonce>.<signature>`. Every ingress with the same settings accepts them; a
 * new password or encryption key ends them all.
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
    const body = `${this.now() + SESSION_MS}.${randomBytes(16).toString('base64url')}`;
    return { token: `${body}.${this.#sign(body)}`, maxAgeMs: SESSION_MS };
  }

  isValid(token: string): boolean {
    const match = /^(\d{1,15})\.[\w-]{22}\.([\w-]{43})$/.exec(token);
    if (match === null) return false;
    const [, expires = '', signature = ''] = match;
    const expected = this.#sign(token.slice(0, token.length - signature.length - 1));
    return timingSafeEqual(Buffer.from(expected), Buffer.from(signature)) && Number(expires) > this.now();
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#signingKey).update(body).digest('base64url');
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
