import type { SettleHeaders } from './rate-limiter.js';

/**
 * What `X-RateLimit-Limit` and `-Remaining` say, when they are there and whole numbers. Luma documents them; recorded
 * answers of March 2026 had none, so they are hints. `-Reset` is not read: its unit is not documented, and our own
 * slots know when they are free.
 */
export function readRateHeaders(headers: SettleHeaders): { limit: number | null; remaining: number | null } {
  return { limit: wholeNumber(headers, 'x-ratelimit-limit'), remaining: wholeNumber(headers, 'x-ratelimit-remaining') };
}

function wholeNumber(headers: SettleHeaders, name: string): number | null {
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  const raw = key === undefined ? undefined : headers[key];
  const text = (Array.isArray(raw) ? raw[0] : raw)?.trim();
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
