import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a request's `Authorization` carries the token; how long that takes says nothing about it. */
export function isTokenGiven(header: string | undefined, token: string): boolean {
  const given = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(header ?? '')?.[1];
  return given !== undefined && timingSafeEqual(sha256(given), sha256(token));
}

/** Of one length, whatever was sent. */
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
