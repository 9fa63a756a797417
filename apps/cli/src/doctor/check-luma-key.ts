import { createLumaClient, type SlotGate } from '@luma-sync/luma-client';
import { fingerprintApiKey } from '@luma-sync/store';
import { type Finding, note, ok, wrong } from './finding.js';

const ANSWER_WITHIN_MS = 15_000;

const ADVICE: Record<string, string> = {
  'luma.auth_failed': 'Luma does not accept it; make a new one in the calendar’s settings at Luma',
  'luma.plan_inactive': 'the calendar has no active Luma Plus plan, which Luma’s API needs',
  'luma.rate_limited': 'Luma refuses requests of this key for now; is another program using it? Try again in a minute',
  'luma.unreachable': 'Luma cannot be reached from here; look at LUMA_API_BASE_URL, the network and proxies',
  'limiter.unavailable': 'not tried: without Redis no request may be sent',
};

/** One request, within the budget that all processes share. */
export async function checkLumaKey(settings: {
  apiKey: string | undefined;
  baseUrl: string;
  slots: SlotGate;
}): Promise<Finding> {
  const what = 'Luma’s answer to LUMA_API_KEY';
  const { apiKey, baseUrl, slots } = settings;
  if (apiKey === undefined) return note(what, 'not asked, since it is not set');
  const client = createLumaClient({
    baseUrl,
    apiKey,
    account: fingerprintApiKey(apiKey),
    slots,
    requestTimeoutMs: ANSWER_WITHIN_MS,
    userAgent: 'luma-sync/0.1',
  });
  try {
    await client.getSelf({ signal: AbortSignal.timeout(ANSWER_WITHIN_MS), priority: 'interactive' });
    return ok(what, 'accepted');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    return wrong(what, ADVICE[code] ?? `no usable answer (${code}); docs/failure-modes.md says more`);
  } finally {
    client.close();
  }
}
