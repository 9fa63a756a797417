import { randomUUID } from 'node:crypto';
import type { Db } from '../database.js';
import type { Calendar } from '../generated/client.js';
import { requeueUnplaced } from '../operations/requeue-unplaced.js';
import { wakeCalendarOperations } from '../operations/wake.js';
import { fingerprintApiKey, type Keyring } from '../secrets/keyring.js';
import {
  type CalendarKind,
  type CalendarRecord,
  type CoverFallbacks,
  type RefusedWebhookType,
  toCalendarRecord,
} from './calendar-record.js';
import { canOpenSecret, openSecret, placeOf, toPreviousSecret } from './calendar-secrets.js';

export interface Routing {
  lat: number;
  lng: number;
  radiusKm: number;
  /** Of several circles around a place the one with the highest takes the event. Default 0. */
  priority?: number | undefined;
}

export interface NewCalendar {
  name: string;
  kind: CalendarKind;
  apiKey?: string | undefined;
  isDefault?: boolean | undefined;
  routing?: Routing | undefined;
  icalUrl?: string | undefined;
  webhookSecret?: string | undefined;
  organizationId?: string | undefined;
  defaultTimezone?: string | undefined;
}

/** Absent leaves a setting as it is; null removes it. */
export interface CalendarChange {
  name?: string | undefined;
  apiKey?: string | null | undefined;
  isDefault?: boolean | undefined;
  routing?: Routing | null | undefined;
  icalUrl?: string | null | undefined;
  /** The secret in use until now stays valid beside it. */
  webhookSecret?: string | undefined;
  organizationId?: string | null | undefined;
  syncEnabled?: boolean | undefined;
  mailOnRsvp?: boolean | undefined;
  mailOnUpdate?: boolean | undefined;
  mailCoupons?: boolean | undefined;
  ownAddresses?: boolean | undefined;
  defaultTimezone?: string | null | undefined;
  publishingRoles?: string[] | undefined;
  emailRequiredText?: string | null | undefined;
  mailConfirmAbove?: number | undefined;
  coverFallbacks?: CoverFallbacks | undefined;
}

export type CalendarWrite =
  | { kind: 'written'; calendar: CalendarRecord }
  | { kind: 'unknown' }
  | { kind: 'name-taken' }
  | { kind: 'unknown-organization' }
  /** The calendar that has the key: both would be one calendar at Luma, and all work would be done twice. */
  | { kind: 'key-taken'; by: { id: string; name: string } }
  /** What goes to the default has to be published: that takes kind `luma` and an API key. */
  | { kind: 'default-unusable' }
  /** A calendar of kind `ical` is nothing without its address. */
  | { kind: 'ical-url-needed' };

/** Run it in a transaction: a new default takes the place of the old one. */
export async function createCalendar(tx: Db, keyring: Keyring, input: NewCalendar): Promise<CalendarWrite> {
  const refusal = await findRefusal(tx, input, null);
  if (refusal !== null) return refusal;
  if (input.isDefault === true && (input.kind !== 'luma' || input.apiKey === undefined))
    return { kind: 'default-unusable' };
  if (input.isDefault === true) await clearDefault(tx);
  const id = randomUUID();
  const row = await tx.calendar.create({
    data: {
      id,
      name: input.name,
      kind: input.kind,
      isDefault: input.isDefault ?? false,
      icalUrl: input.icalUrl ?? null,
      organizationId: input.organizationId ?? null,
      defaultTimezone: input.defaultTimezone ?? null,
      ...toApiKeyColumns(keyring, id, input.apiKey ?? null),
      ...toRoutingColumns(input.routing ?? null),
      ...toFirstSecret(keyring, id, input.webhookSecret),
    },
  });
  await requeueUnplaced(tx);
  return { kind: 'written', calendar: toCalendarRecord(row) };
}

/** Run it in a transaction. A new API key also clears what the old one ran into (`auth_failed`, `plan_inactive`). */
export async function updateCalendar(
  tx: Db,
  keyring: Keyring,
  id: string,
  change: CalendarChange,
): Promise<CalendarWrite> {
  const [known] = await tx.$queryRaw<{ id: string }[]>`select id from calendars where id = ${id}::uuid for update`;
  if (known === undefined) return { kind: 'unknown' };
  const refusal = await findRefusal(tx, change, id);
  if (refusal !== null) return refusal;
  const before = await tx.calendar.findUniqueOrThrow({ where: { id } });
  if (before.kind === 'ical' && change.icalUrl === null) return { kind: 'ical-url-needed' };
  if (isDefaultUnusable(before, change)) return { kind: 'default-unusable' };
  if (change.isDefault === true) await clearDefault(tx);
  const row = await tx.calendar.update({
    where: { id },
    data: {
      ...pickPlain(change),
      ...(change.apiKey === undefined
        ? {}
        : { ...toApiKeyColumns(keyring, id, change.apiKey), ...freshStatus(before) }),
      ...(change.routing === undefined ? {} : toRoutingColumns(change.routing)),
      ...(change.webhookSecret === undefined ? {} : toReplacedSecret(keyring, before, change.webhookSecret)),
    },
  });
  // Whatever waited for this key, or for the switch, may go on.
  if (change.apiKey != null || change.syncEnabled === true) await wakeCalendarOperations(tx, [id]);
  if (mayTakeEvents(change)) await requeueUnplaced(tx);
  return { kind: 'written', calendar: toCalendarRecord(row) };
}

/**
 * Keeps what Luma said of the calendar's webhook. Run it in a transaction. The secret in use until now stays valid
 * beside the new one.
 *
 * @returns null when the calendar is gone.
 */
export async function setCalendarWebhook(
  tx: Db,
  keyring: Keyring,
  id: string,
  webhook: { webhookId: string; secret: string; refusedTypes: readonly RefusedWebhookType[] },
): Promise<CalendarRecord | null> {
  await tx.$executeRaw`select id from calendars where id = ${id}::uuid for update`;
  const before = await tx.calendar.findUnique({ where: { id } });
  if (before === null) return null;
  const data = {
    webhookId: webhook.webhookId,
    webhookRefusedTypes: webhook.refusedTypes.map(({ type, message }) => ({ type, message })),
    ...toRotatedSecret(keyring, before, webhook.secret),
  };
  return toCalendarRecord(await tx.calendar.update({ where: { id }, data }));
}

export type CalendarDeletion = { kind: 'deleted' } | { kind: 'unknown' } | { kind: 'in-use'; linkedEvents: number };

/** Refuses while events are linked through the calendar: their ties to Luma would be lost. */
export async function deleteCalendar(tx: Db, id: string): Promise<CalendarDeletion> {
  const linkedEvents = await tx.eventLink.count({ where: { calendarId: id } });
  if (linkedEvents > 0) return { kind: 'in-use', linkedEvents };
  const { count } = await tx.calendar.deleteMany({ where: { id } });
  return count === 0 ? { kind: 'unknown' } : { kind: 'deleted' };
}

async function findRefusal(
  tx: Db,
  { name, organizationId, apiKey }: Pick<CalendarChange, 'name' | 'organizationId' | 'apiKey'>,
  ownId: string | null,
): Promise<CalendarWrite | null> {
  if (name !== undefined) {
    const other = await tx.calendar.findUnique({ where: { name }, select: { id: true } });
    if (other !== null && other.id !== ownId) return { kind: 'name-taken' };
  }
  if (typeof organizationId === 'string') {
    const organization = await tx.organization.findUnique({ where: { id: organizationId }, select: { id: true } });
    if (organization === null) return { kind: 'unknown-organization' };
  }
  const holder = apiKey == null ? null : await findKeyHolder(tx, fingerprintApiKey(apiKey), ownId);
  if (holder !== null) return { kind: 'key-taken', by: holder };
  return null;
}

/**
 * The calendar that has the key already. Callers with one key take turns until they commit, so that only the first gets
 * it.
 */
export async function findKeyHolder(
  tx: Db,
  fingerprint: string,
  ownId: string | null,
): Promise<{ id: string; name: string } | null> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`luma-sync key ${fingerprint}`}, 0))`;
  return tx.calendar.findFirst({
    where: { apiKeyFingerprint: fingerprint, ...(ownId === null ? {} : { id: { not: ownId } }) },
    orderBy: { createdAt: 'asc' },
    select: { id: true, name: true },
  });
}

/** Only what a change itself would do is judged: a default of before stays editable. */
function isDefaultUnusable(before: Calendar, { isDefault, apiKey }: CalendarChange): boolean {
  const hasKey = apiKey === undefined ? before.apiKeyCipher !== null : apiKey !== null;
  if (isDefault === true) return before.kind !== 'luma' || !hasKey;
  return before.isDefault && isDefault !== false && apiKey === null;
}

const mayTakeEvents = ({ isDefault, routing, apiKey, syncEnabled }: CalendarChange): boolean =>
  isDefault === true || routing != null || apiKey != null || syncEnabled === true;

const clearDefault = (tx: Db): Promise<unknown> =>
  tx.calendar.updateMany({ where: { isDefault: true }, data: { isDefault: false } });

/** What the key opens at Luma is asked before it is used. */
export function toApiKeyColumns(keyring: Keyring, calendarId: string, apiKey: string | null) {
  // What a test said of the key before says nothing of this one.
  const untested = { testFailedCode: null, testFailedReason: null, testFailedSince: null };
  if (apiKey === null) return { apiKeyCipher: null, apiKeyFingerprint: null, keyLumaCalendarId: null, ...untested };
  return {
    ...untested,
    apiKeyCipher: keyring.encrypt(apiKey, placeOf(calendarId, 'apiKeyCipher')),
    apiKeyFingerprint: fingerprintApiKey(apiKey),
    keyLumaCalendarId: null,
  };
}

/** For a calendar that has no webhook secret yet, or none that can be opened. */
export function toFirstSecret(keyring: Keyring, calendarId: string, secret: string | undefined) {
  if (secret === undefined) return {};
  return {
    webhookSecretCipher: keyring.encrypt(secret, placeOf(calendarId, 'webhookSecretCipher')),
    previousWebhookSecretCipher: null,
  };
}

/** A calendar that an operator paused stays paused, whatever its key. */
export function freshStatus(before: Calendar) {
  if (before.status === 'paused' || before.status === 'ok') return {};
  return { status: 'ok' as const, statusReason: null, statusSince: new Date() };
}

/**
 * As {@link toRotatedSecret}, for a person's command: a calendar whose old secret cannot be opened any more works
 * again.
 */
function toReplacedSecret(keyring: Keyring, before: Calendar, secret: string) {
  return canOpenSecret(keyring, before, 'webhookSecretCipher')
    ? toRotatedSecret(keyring, before, secret)
    : toFirstSecret(keyring, before.id, secret);
}

/**
 * @throws {SecretError} when the present one cannot be opened: a process with a wrong key must not write over what
 *   others can read.
 */
export function toRotatedSecret(keyring: Keyring, before: Calendar, secret: string) {
  // Setting the same secret again must not push out the previous one, which may still be signing.
  if (openSecret(keyring, before, 'webhookSecretCipher') === secret) return {};
  return {
    ...toFirstSecret(keyring, before.id, secret),
    previousWebhookSecretCipher: toPreviousSecret(keyring, before),
  };
}

function toRoutingColumns(routing: Routing | null) {
  return {
    routingLat: routing?.lat ?? null,
    routingLng: routing?.lng ?? null,
    routingRadiusKm: routing?.radiusKm ?? null,
    routingPriority: routing?.priority ?? 0,
  };
}

const PLAIN = [
  'name',
  'isDefault',
  'icalUrl',
  'organizationId',
  'syncEnabled',
  'mailOnRsvp',
  'mailOnUpdate',
  'mailCoupons',
  'ownAddresses',
  'defaultTimezone',
  'publishingRoles',
  'emailRequiredText',
  'mailConfirmAbove',
  'coverFallbacks',
] as const;

function pickPlain(change: CalendarChange) {
  return Object.fromEntries(PLAIN.flatMap((key) => (change[key] === undefined ? [] : [[key, change[key]]])));
}
