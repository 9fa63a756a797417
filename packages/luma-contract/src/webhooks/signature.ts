import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * `Webhook-Signature: t=<unix seconds>,v1=<hex>`, where `v1` is HMAC-SHA256 over `<t>.<raw body>` and the key is the
 * secret exactly as Luma shows it, `whsec_` included. Agreed on by several clients that quote the documents; a header
 * may carry several `v1`. `sign` and `verify` are exact inverses.
 */

/** Header names, lower case as Node gives them. `webhook-id` is the key for dropping duplicates. */
export const WEBHOOK_SIGNATURE_HEADER = 'webhook-signature';
export const WEBHOOK_ID_HEADER = 'webhook-id';

export interface SignWebhookInput {
  /** The whole secret, `whsec_...`. */
  secret: string;
  /** The bytes that go over the wire; a string is taken as UTF-8. */
  rawBody: Uint8Array | string;
  /** Unix time in seconds, 0 or more, whole. */
  timestampSeconds: number;
}

/** The value of `Webhook-Signature`. */
export function signWebhook({ secret, rawBody, timestampSeconds }: SignWebhookInput): string {
  return `t=${timestampSeconds},v1=${digest(secret, String(timestampSeconds), rawBody).toString('hex')}`;
}

export interface VerifyWebhookInput {
  /** Any of these may have signed (rotation). Empty: nothing verifies. */
  secrets: readonly string[];
  /** The header as received; undefined when it was absent. */
  header: string | undefined;
  /** The bytes as received, before any parsing. */
  rawBody: Uint8Array | string;
  nowSeconds: number;
  /**
   * Largest difference between `t` and now, both ways. 600 leaves room for Luma's last retry, about 7 minutes later.
   */
  toleranceSeconds: number;
}

export type WebhookVerification =
  | { ok: true; timestampSeconds: number; secretIndex: number }
  | { ok: false; reason: 'missing' | 'malformed' | 'stale' | 'mismatch' };

/** Checks a delivery's signature in constant time. Never throws, whatever the header holds. */
export function verifyWebhook(input: VerifyWebhookInput): WebhookVerification {
  if (input.header === undefined || input.header.trim() === '') return { ok: false, reason: 'missing' };
  const parsed = parseHeader(input.header);
  if (parsed === null) return { ok: false, reason: 'malformed' };

  // The signature is judged before the age, so that "stale" is only ever said of something that was really signed.
  let secretIndex = -1;
  input.secrets.forEach((secret, index) => {
    const expected = digest(secret, parsed.timestamp, input.rawBody);
    for (const given of parsed.signatures) {
      // No early exit: which secret or which signature fits must not show in the time it takes.
      if (timingSafeEqual(expected, given) && secretIndex === -1) secretIndex = index;
    }
  });
  if (secretIndex === -1) return { ok: false, reason: 'mismatch' };

  const timestampSeconds = Number(parsed.timestamp);
  if (Math.abs(input.nowSeconds - timestampSeconds) > input.toleranceSeconds) return { ok: false, reason: 'stale' };
  return { ok: true, timestampSeconds, secretIndex };
}

/** A sender controls this header: more signatures than any rotation needs are refused, to bound the work. */
const SIGNATURES_MAX = 10;

function parseHeader(header: string): { timestamp: string; signatures: Buffer[] } | null {
  let timestamp: string | null = null;
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const separator = part.indexOf('=');
    if (separator === -1) return null;
    const key = part.slice(0, separator).trim();
    const value = part.slice(separator + 1).trim();
    if (key === 't') {
      // Two times would let a caller choose which one is checked.
      if (timestamp !== null || !/^\d{1,12}$/.test(value)) return null;
      timestamp = value;
    } else if (key === 'v1') {
      if (!/^[0-9a-f]{64}$/i.test(value) || signatures.length === SIGNATURES_MAX) return null;
      signatures.push(Buffer.from(value, 'hex'));
    }
    // Other keys (a later scheme, say) are passed over.
  }
  return timestamp === null || signatures.length === 0 ? null : { timestamp, signatures };
}

function digest(secret: string, timestamp: string, rawBody: Uint8Array | string): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
}
