import { PermanentError, REQUEST_TIMEOUT_MS, RetryAfterError } from '@luma-sync/jobs';
import type { LumaApi } from '@luma-sync/luma-client';
import {
  type CalendarAccess,
  claimProbe,
  clearFailedTests,
  countDispatched,
  createErasedAddresses,
  findCalendarAccess,
  inTransaction,
  isOfAnotherCalendar,
  type Keyring,
  noteCalendarOfKey,
  SecretError,
  setStatusOfKey,
} from '@luma-sync/store';
import type { LumaAccounts } from '@luma-sync/sync';
import { createKeyClient, type KeyClientDeps } from './key-client.js';
import { createReadingNotes } from './reading-notes.js';

export interface LumaAccountsOptions extends KeyClientDeps {
  keyring: Keyring;
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** How often one operation may try a key that Luma refused; the others of that calendar wait meanwhile. */
const PROBE_MS = 60_000;
/** Coming back to find the same costs a run; the end of the hold wakes all of them anyway. */
const HELD_MAX_MS = 10 * PROBE_MS;

/** About two of a held calendar's operations come back in each {@link PROBE_MS}, however many there are. */
export const toHeldMs = (operations: number, random: () => number = Math.random): number =>
  operations <= 2 ? PROBE_MS : Math.min(Math.round(PROBE_MS * (operations / 2) * (0.5 + random())), HELD_MAX_MS);

/** Opens Luma accounts for handlers, and keeps each calendar's status as Luma's answers show it. */
export const createLumaAccounts = (options: LumaAccountsOptions): LumaAccounts => new CalendarAccounts(options);

class CalendarAccounts implements LumaAccounts {
  readonly #options: LumaAccountsOptions;
  readonly #erased: ReturnType<typeof createErasedAddresses>;
  readonly #clients = new Map<string, { apiKey: string; api: LumaApi }>();
  /** Keys of calendars whose last connection test failed. */
  readonly #untested = new Set<string>();

  constructor(options: LumaAccountsOptions) {
    this.#options = options;
    this.#erased = createErasedAddresses(options.keyring);
  }

  async open(calendarId: string): ReturnType<LumaAccounts['open']> {
    const access = await this.#findAccess(calendarId);
    const { calendar, apiKey, fingerprint } = assertUsable(calendarId, access);
    const api = this.#clientFor(calendarId, fingerprint, apiKey);
    if (calendar.testFailedCode !== null) this.#untested.add(fingerprint);
    if (isOfAnotherCalendar(calendar)) throw isAnotherCalendars(calendarId);
    if (calendar.status !== 'ok') await this.#probe({ calendarId, status: calendar.status, fingerprint, api });
    return {
      calendarId,
      lumaCalendarId: calendar.keyLumaCalendarId ?? (await this.#learnCalendarId(calendarId, fingerprint, api)),
      mailOnRsvp: calendar.mailOnRsvp,
      mailOnUpdate: calendar.mailOnUpdate,
      ownAddresses: calendar.ownAddresses,
      coverFallbacks: calendar.coverFallbacks,
      api,
    };
  }

  /** One for each calendar: what is odd is kept with the calendar it was seen on. */
  #clientFor(calendarId: string, fingerprint: string, apiKey: string): LumaApi {
    const { db, log } = this.#options;
    const key = `${fingerprint} ${calendarId}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known.api;
    const api = createKeyClient(
      this.#options,
      { apiKey, fingerprint },
      {
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        noteReading: createReadingNotes(db, calendarId, log, this.#erased),
        onAcceptedKey: () => this.#endFailedTest(fingerprint),
      },
    );
    this.#clients.set(key, { apiKey, api });
    return api;
  }

  async #endFailedTest(fingerprint: string): Promise<void> {
    if (this.#untested.delete(fingerprint)) await clearFailedTests(this.#options.db, fingerprint);
  }

  async #findAccess(calendarId: string): Promise<CalendarAccess | null> {
    try {
      return await findCalendarAccess(this.#options.db, this.#options.keyring, calendarId);
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      // A setting of this process, which no retry mends: what is to be done must outlive its correction.
      const message = `the secrets of calendar ${calendarId} cannot be opened: ${error.message}`;
      throw new RetryAfterError('calendar.secret_unreadable', message, { waitMs: PROBE_MS, scope: 'account' });
    }
  }

  /**
   * One request tells whether a refused key works again; then everything of the calendar goes on. A push holds its
   * record while it waits for this.
   */
  async #probe({ calendarId, status, fingerprint, api }: HeldAccount): Promise<void> {
    const mayProbe = status !== 'paused' && (await claimProbe(this.#options.db, calendarId, PROBE_MS));
    if (!mayProbe) {
      const reason = status === 'paused' ? 'an operator paused the calendar' : 'Luma refuses its key';
      throw new RetryAfterError(`calendar.${status}`, `calendar ${calendarId} waits: ${reason}`, {
        waitMs: toHeldMs(await countDispatched(this.#options.db, calendarId)),
        scope: 'account',
      });
    }
    await api.getSelf({ signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), priority: 'interactive' });
    const changed = await setStatusOfKey(this.#options.db, fingerprint, 'ok', null);
    if (changed.length > 0) this.#options.log.info({ calendarIds: changed }, 'Luma accepts the key again');
  }

  /**
   * Whose key it is: tells whether an event found under our address is on our calendar. Asked once for each key, before
   * anything is done with it.
   */
  async #learnCalendarId(calendarId: string, fingerprint: string, api: LumaApi): Promise<string> {
    const { id } = await api.getCalendar({ signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), priority: 'interactive' });
    const about = { fingerprint, lumaCalendarId: id };
    const found = await inTransaction(this.#options.db, (tx) => noteCalendarOfKey(tx, calendarId, about));
    if (found.kind === 'shared')
      this.#options.log.warn(
        { calendarId },
        'another calendar of ours has the same key: both are the same calendar at Luma',
      );
    if (found.kind === 'other') {
      if (found.isNews)
        this.#options.log.warn({ calendarId }, 'the key opens another calendar at Luma than our events are on');
      throw isAnotherCalendars(calendarId);
    }
    if (found.kind === 'replaced')
      throw new RetryAfterError('calendar.auth_failed', `calendar ${calendarId} was given another key`, { waitMs: 0 });
    return id;
  }
}

/** An account that sends nothing until one request shows that Luma accepts its key again. */
interface HeldAccount {
  calendarId: string;
  status: string;
  fingerprint: string;
  api: LumaApi;
}

const isAnotherCalendars = (calendarId: string): RetryAfterError =>
  new RetryAfterError('calendar.auth_failed', `calendar ${calendarId} waits: its key opens another calendar at Luma`, {
    waitMs: PROBE_MS,
    scope: 'account',
  });

interface UsableAccess {
  calendar: CalendarAccess['calendar'];
  apiKey: string;
  fingerprint: string;
}

function assertUsable(calendarId: string, access: CalendarAccess | null): UsableAccess {
  if (access === null) throw new PermanentError('calendar.gone', `calendar ${calendarId} does not exist any more`);
  const { calendar, apiKey, fingerprint } = access;
  if (calendar.kind !== 'luma')
    throw new PermanentError('calendar.not_luma', `calendar ${calendarId} is not fed through Luma's API`);
  if (apiKey === null || fingerprint === null)
    throw new PermanentError('calendar.no_key', `calendar ${calendarId} has no API key; add one`);
  if (!calendar.syncEnabled) {
    throw new RetryAfterError('calendar.paused', `the sync switch of calendar ${calendarId} is off`, {
      waitMs: PROBE_MS,
      scope: 'account',
    });
  }
  return { calendar, apiKey, fingerprint };
}
