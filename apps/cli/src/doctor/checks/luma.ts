import { createLumaClient, type LumaApi, type RequestInfo, USER_AGENT } from '@luma-sync/luma-client';
import type { RateLimiter } from '@luma-sync/rate-limiter';
import {
  type CalendarRecord,
  findCalendarAccess,
  fingerprintApiKey,
  type Keyring,
  listCalendars,
  listKeyFingerprints,
  SecretError,
} from '@luma-sync/store';
import { type DoctorParts, defineCheck } from './check.js';
import { judgeOffset } from './clocks.js';
import { type Finding, note, ok, unseen, wrong } from './finding.js';
import { judgeWebhooks } from './webhooks.js';

const ANSWER_WITHIN_MS = 15_000;
/** Calendars that are asked about at once. */
const AT_ONCE = 5;

const ADVICE: Record<string, string> = {
  'luma.auth_failed': 'Luma does not accept it; make a new one in the calendar’s settings at Luma',
  'luma.plan_inactive': 'the calendar has no active Luma Plus plan, which Luma’s API needs',
  'luma.rate_limited': 'Luma refuses requests of this key for now; is another program using it? Try again in a minute',
  'luma.unreachable': 'Luma cannot be reached from here; look at LUMA_API_BASE_URL, the network and proxies',
};

/** Asks Luma with each key, within the budget that all processes share: who it is, and which webhooks there are. */
export const lumaKeys = defineCheck({
  what: 'Luma’s answers',
  needs: ['db', 'keyring', 'limiter'],
  run: async (parts) => {
    const { db, env, limiter, lumaBaseUrl } = parts;
    const calendars = (await listCalendars(db, { kind: 'luma' })).filter(({ hasApiKey }) => hasApiKey);
    const findings: Finding[] = [];
    for (let start = 0; start < calendars.length; start += AT_ONCE) {
      const batch = calendars.slice(start, start + AT_ONCE);
      findings.push(...(await Promise.all(batch.map((calendar) => askAbout(calendar, parts)))).flat());
    }
    const own = env.LUMA_API_KEY;
    if (own === undefined)
      return [...findings, note('Luma’s answer to LUMA_API_KEY', 'not asked, since it is not set')];
    const known = await listKeyFingerprints(db);
    if (known.some(({ fingerprint }) => fingerprint === fingerprintApiKey(own))) return findings;
    return [...findings, ...(await ask('LUMA_API_KEY', own, { limiter, lumaBaseUrl }, async () => []))];
  },
});

async function askAbout(
  calendar: CalendarRecord,
  parts: DoctorParts & { db: NonNullable<DoctorParts['db']>; keyring: Keyring; limiter: RateLimiter },
): Promise<Finding[]> {
  const { db, keyring } = parts;
  const name = `the key of "${calendar.name}"`;
  const apiKey = await findCalendarAccess(db, keyring, calendar.id).then(
    (access) => access?.apiKey ?? null,
    (error: unknown) => {
      if (error instanceof SecretError) return null;
      throw error;
    },
  );
  if (apiKey === null) return [unseen(`Luma’s answer to ${name}`, 'ENCRYPTION_KEY does not open it')];
  return ask(name, apiKey, parts, async (luma, call) => judgeWebhooks(calendar, parts, luma, call));
}

type Call = Parameters<LumaApi['getSelf']>[0];

/** @param further What else is asked with a key that Luma accepts. */
async function ask(
  name: string,
  apiKey: string,
  { limiter, lumaBaseUrl }: { limiter: RateLimiter; lumaBaseUrl: string },
  further: (luma: LumaApi, call: Call) => Promise<Finding[]>,
): Promise<Finding[]> {
  const what = `Luma’s answer to ${name}`;
  const seen: { request: RequestInfo; at: number }[] = [];
  const client = createLumaClient({
    baseUrl: lumaBaseUrl,
    apiKey,
    account: fingerprintApiKey(apiKey),
    slots: limiter,
    requestTimeoutMs: ANSWER_WITHIN_MS,
    userAgent: USER_AGENT,
    onRequest: (request) => void seen.push({ request, at: Date.now() }),
  });
  const call: Call = { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), priority: 'interactive' };
  try {
    await client.getSelf(call);
    return [ok(what, 'accepted'), ...judgeClock(name, seen), ...(await further(client, call))];
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    if (code.startsWith('limiter.')) return [unseen(what, `no request could be sent within the budget (${code})`)];
    return [wrong(what, ADVICE[code] ?? `no usable answer (${code}); docs/failure-modes.md says more`)];
  } finally {
    client.close();
  }
}

/** Luma's `Date` is in whole seconds: in the middle of one, on average. */
const DATE_HALF_MS = 500;

function judgeClock(name: string, seen: readonly { request: RequestInfo; at: number }[]): Finding[] {
  const what = `Clock of Luma, by ${name}`;
  const [first] = seen;
  const date = Date.parse(first?.request.date ?? '');
  if (first === undefined || Number.isNaN(date)) return [unseen(what, 'its answer has no usable Date')];
  const halfWayMs = first.request.durationMs / 2;
  return [judgeOffset(what, date + DATE_HALF_MS - (first.at - halfWayMs), halfWayMs + DATE_HALF_MS)];
}
