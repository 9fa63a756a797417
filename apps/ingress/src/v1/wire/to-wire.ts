import type {
  CalendarRecord,
  ConflictView,
  CouponPool,
  DeliveryRecord,
  DifferenceView,
  EventView,
  MessageView,
  OperationView,
  RsvpView,
  StoredError,
  TimelineRow,
} from '@luma-sync/store';
import { toWebhookUrl } from '@luma-sync/sync';
import { renderDifference, renderEntry, toCalendarState } from '@luma-sync/timeline';
import type { Caller } from '../route.js';
import type { CalendarWire } from '../schemas/calendar.js';
import type { ConflictWire } from '../schemas/conflict.js';
import type { CouponPoolWire } from '../schemas/coupon-pool.js';
import type { DeliveryWire } from '../schemas/delivery.js';
import type { DifferenceWire, EventWire } from '../schemas/event.js';
import type { MessageWire } from '../schemas/message.js';
import type { OperationWire } from '../schemas/operation.js';
import type { RsvpWire } from '../schemas/rsvp.js';
import type { TimelineEntryWire } from '../schemas/timeline.js';
import { toInstantText } from './instant-text.js';

/** Our records as callers read them: one function per shape, so that no column is shown by accident. */

/** The host is a person: without `people:read` only their id and role are shown. */
export function toEventWire(
  { event, host, hosts, link, sync, rsvpCount }: EventView,
  { can }: Pick<Caller, 'can'>,
): EventWire {
  return {
    id: event.id,
    externalId: event.externalId,
    source: event.source,
    ownership: event.ownership,
    approval: event.approval,
    // The column remembers it for a while after the event came back.
    cancelMode: event.approval === 'cancelled' ? event.cancelMode : null,
    revision: event.revision,
    title: event.title,
    description: event.descriptionMd,
    startsAt: toInstantText(event.startsAt),
    endsAt: toInstantText(event.endsAt),
    timezone: event.timezone,
    location: {
      type: event.locationType,
      name: event.locationName,
      address: event.locationAddress,
      lat: event.locationLat,
      lng: event.locationLng,
      city: event.locationCity,
      country: event.locationCountry,
    },
    meetingUrl: event.meetingUrl,
    coverUrl: event.coverUrl,
    visibility: event.visibility === 'members_only' ? 'members-only' : event.visibility,
    capacity: event.capacity,
    tags: event.tags,
    registrationQuestions: toQuestionsWire(event.registrationQuestions),
    host: toHostWire(host, can('people:read')),
    hosts: can('people:read') ? toHostsWire(hosts) : [],
    calendarId: event.calendarId,
    organizationId: event.organizationId,
    luma:
      link === null || link.lumaEventId === null
        ? null
        : {
            eventId: link.lumaEventId,
            url: toLumaUrl(event.url, link.slug),
            calendarId: link.calendarId,
            guestsPulledAt: toInstant(link.guestsPulledAt),
          },
    sync: {
      ...sync,
      syncedAt: toInstant(sync.syncedAt),
      lastError: toSyncErrorWire(sync.lastError),
      notAtLuma: sync.notAtLuma.map(toDifferenceWire),
    },
    rsvpCount,
    updatedAt: toInstantText(event.updatedAt),
  };
}

/** As they are kept: in Luma's own words. */
function toQuestionsWire(kept: unknown): EventWire['registrationQuestions'] {
  if (!Array.isArray(kept)) return [];
  return (kept as Record<string, unknown>[]).map(({ id, label, question_type: type, required, options }) => ({
    id: String(id),
    label: String(label),
    type: String(type),
    required: required === true,
    options: Array.isArray(options) ? options.map(String) : [],
  }));
}

/** A host whom the app and Luma both name, under one address, is one: the app's name stays. */
function toHostsWire(hosts: EventView['hosts']): EventWire['hosts'] {
  const named = hosts.filter(({ externalId }) => externalId !== null);
  const isNamed = (email: string | null) => email !== null && named.some((host) => host.email === email);
  const lumas = hosts.filter(({ externalId, email }) => externalId === null && !isNamed(email));
  return [...named, ...lumas].map(({ lumaUserId, externalId, name, email }) => {
    const atLuma = hosts.find((host) => host.lumaUserId !== null && email !== null && host.email === email);
    return { lumaUserId: lumaUserId ?? atLuma?.lumaUserId ?? null, externalId, name, email };
  });
}

function toHostWire(host: EventView['host'], isNamed: boolean): EventWire['host'] {
  if (host === null || host.externalId === null) return null;
  const { externalId, role } = host;
  return isNamed
    ? { externalId, name: host.name, email: host.email, role }
    : { externalId, name: null, email: null, role };
}

const toSyncErrorWire = (error: StoredError | null) =>
  error === null ? null : { ...error, nextTryAt: toInstant(error.nextTryAt) };

/** What Luma shows; until it was seen there, the address reserved for it. */
const toLumaUrl = (shown: string | null, slug: string | null): string | null =>
  shown ?? (slug === null ? null : `https://luma.com/${slug}`);

export function toRsvpWire({ rsvp, person, lumaGuestId, sync }: RsvpView): RsvpWire {
  return {
    personId: person.key,
    externalId: person.externalId,
    origin: person.origin,
    name: person.name,
    email: person.email,
    emailVerified: person.isEmailVerified,
    phone: person.phone,
    status: rsvp.status,
    checkedInAt: toInstant(rsvp.checkedInAt),
    registeredAt: toInstant(rsvp.registeredAt),
    ticketType: rsvp.kind,
    tickets: rsvp.tickets.map(({ id, name, checkedInAt }) => ({ id, name, checkedInAt })),
    answers: rsvp.answers.flatMap(toAnswerWire),
    updatedAt: toInstantText(rsvp.updatedAt),
    luma: lumaGuestId === null ? null : { guestId: lumaGuestId },
    sync: { ...sync, notAtLuma: sync.notAtLuma.map(toDifferenceWire), lastError: toSyncErrorWire(sync.lastError) },
  };
}

function toDifferenceWire({ message, ...rest }: DifferenceView): DifferenceWire {
  return { ...rest, why: renderDifference(rest.reason, message) };
}

/** As it is kept: in Luma's own words. */
function toAnswerWire(kept: unknown): RsvpWire['answers'] {
  if (typeof kept !== 'object' || kept === null) return [];
  const { question_id: questionId, label, question_type: type, value } = kept as Record<string, unknown>;
  if (typeof questionId !== 'string') return [];
  const asText = (text: unknown) => (typeof text === 'string' ? text : null);
  return [{ questionId, label: asText(label), type: asText(type), value: value ?? null }];
}

export function toCalendarWire(calendar: CalendarRecord, publicUrl: string): CalendarWire {
  const { routingLat: lat, routingLng: lng, routingRadiusKm: radiusKm, routingPriority: priority } = calendar;
  const state = toCalendarState(calendar);
  return {
    id: calendar.id,
    name: calendar.name,
    kind: calendar.kind,
    isDefault: calendar.isDefault,
    organizationId: calendar.organizationId,
    lumaCalendarId: calendar.lumaCalendarId,
    hasApiKey: calendar.hasApiKey,
    hasWebhookSecret: calendar.hasWebhookSecret,
    webhookUrl: toWebhookUrl({ publicUrl, calendarId: calendar.id }),
    icalUrl: calendar.icalUrl,
    routing: lat === null || lng === null || radiusKm === null ? null : { lat, lng, radiusKm, priority },
    syncEnabled: calendar.syncEnabled,
    mailOnRsvp: calendar.mailOnRsvp,
    mailOnUpdate: calendar.mailOnUpdate,
    mailCoupons: calendar.mailCoupons,
    ownAddresses: calendar.ownAddresses,
    defaultTimezone: calendar.defaultTimezone,
    publishingRoles: calendar.publishingRoles,
    emailRequiredText: calendar.emailRequiredText,
    mailConfirmAbove: calendar.mailConfirmAbove,
    coverFallbacks: calendar.coverFallbacks,
    status: state.status,
    statusReason: state.reason,
    statusAdvice: state.advice,
    statusSince: toInstantText(state.since),
    webhook: {
      id: calendar.webhookId,
      state: calendar.webhookState as CalendarWire['webhook']['state'],
      refusedTypes: calendar.webhookRefusedTypes,
      checkedAt: toInstant(calendar.webhookCheckedAt),
      repairedAt: toInstant(calendar.webhookRepairedAt),
    },
    lastSyncedAt: toInstant(calendar.lastSyncedAt),
    createdAt: toInstantText(calendar.createdAt),
  };
}

export function toOperationWire(operation: OperationView): OperationWire {
  const { actor: _actor, waiting, createdAt, finishedAt, parkedAt, isIsolated, ...rest } = operation;
  return {
    ...rest,
    isolated: isIsolated,
    parkedAt: toInstant(parkedAt),
    waiting: waiting === null ? null : { reason: waiting.reason, until: toInstantText(waiting.until) },
    createdAt: toInstantText(createdAt),
    finishedAt: toInstant(finishedAt),
  };
}

export function toDeliveryWire(delivery: DeliveryRecord): DeliveryWire {
  return {
    id: delivery.id,
    calendarId: delivery.calendarId,
    webhookId: delivery.webhookId,
    type: delivery.type,
    state: delivery.state,
    error: delivery.error,
    hasBody: delivery.hasBody,
    signedAt: toInstantText(delivery.signedAt),
    receivedAt: toInstantText(delivery.receivedAt),
    appliedAt: toInstant(delivery.appliedAt),
  };
}

/** @param keys The app's id of each event, by ours. */
export function toCouponPoolWire(pool: CouponPool, keys: ReadonlyMap<string, string>): CouponPoolWire {
  const { eventIds, createdAt, ...rest } = pool;
  return { ...rest, events: eventIds.map((id) => keys.get(id) ?? id), createdAt: toInstantText(createdAt) };
}

export function toTimelineWire(row: TimelineRow): TimelineEntryWire {
  const { id, at, lastAt, eventId: _event, ...rest } = row;
  return { ...rest, ...renderEntry(row), id: String(id), at: toInstantText(at), lastAt: toInstant(lastAt) };
}

export function toConflictWire({ eventKey, personKey, createdAt, resolvedAt, ...rest }: ConflictView): ConflictWire {
  return {
    ...rest,
    event: eventKey,
    personId: personKey,
    createdAt: toInstantText(createdAt),
    resolvedAt: toInstant(resolvedAt),
  };
}

export function toMessageWire({ eventKey, personKey, askedAt, sentAt, createdAt, ...rest }: MessageView): MessageWire {
  return {
    ...rest,
    lastError: toSyncErrorWire(rest.lastError),
    event: eventKey,
    personId: personKey,
    askedAt: toInstant(askedAt),
    sentAt: toInstant(sentAt),
    createdAt: toInstantText(createdAt),
  };
}

const toInstant = (at: Date | null): string | null => (at === null ? null : toInstantText(at));
