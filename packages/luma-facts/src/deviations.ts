import { type ChangeKind, compareFacts, type PartChange, withoutMomentPatterns } from './compare.js';
import { type Facts, isRequestPart } from './shape.js';

/** Where the contract differs from the document on purpose. `*` in part and path stands for anything. */
export interface Deviation {
  part: string;
  path: string;
  kind: ChangeKind;
  /** Only changes said in these words. */
  what?: string;
  reason: string;
  /**
   * `O4`, `O8`: the documents of April and of 2026-08-07. `live`, `reported`: seen by others. `ours`: what is sent
   * stays within the document all the same, or we can do without.
   */
  source: 'O4' | 'O8' | 'live' | 'reported' | 'ours';
}

const O8_ROUTE = 'a route of the document of August; June has it by another name, which is no longer documented';
const ONE_SCHEMA = 'one schema reads every shape of this record; this shape leaves the field out';
const LATER = 'added to answers after June; read where it comes';

/** Sent though the document does not know it. */
const SENT: readonly Deviation[] = [
  { part: 'GET /v1/entities/lookup *', path: '', kind: 'added', reason: O8_ROUTE, source: 'O8' },
  { part: 'GET /v1/calendars/events/lookup *', path: '', kind: 'added', reason: O8_ROUTE, source: 'O8' },
  { part: 'POST /v1/calendars/events/add *', path: '', kind: 'added', reason: O8_ROUTE, source: 'O8' },
  {
    part: 'GET /v1/calendars/events/list query',
    path: 'access',
    kind: 'added',
    reason: 'asks for events that are managed elsewhere',
    source: 'O8',
  },
  ...['location_visibility', 'registration_open', 'waitlist_status'].map(
    (path): Deviation => ({
      part: 'POST /v1/events/* body',
      path,
      kind: 'added',
      reason: 'a field of events since the document of August',
      source: 'O8',
    }),
  ),
  {
    part: 'POST /v1/events/create body',
    path: 'ticket_types',
    kind: 'added',
    reason: 'the only way to create an event that asks for approval; used by several clients',
    source: 'reported',
  },
  {
    part: 'POST /v1/events/guests/add body',
    path: 'guests[].registration_answers',
    kind: 'added',
    reason: 'answers of a guest since the document of August',
    source: 'O8',
  },
  {
    part: 'POST /v2/webhooks/* body',
    path: 'event_types[]',
    kind: 'widened',
    what: 'may be calendar.event.submitted, calendar.person.unsubscribed, guest.refunded',
    reason: 'one type of the document of August, and two that users report since October',
    source: 'O8',
  },
  {
    part: 'POST /v2/webhooks/* body',
    path: 'event_types[]',
    kind: 'widened',
    what: 'may be calendar.person.unsubscribed, guest.refunded',
    reason: 'two types that users report since October',
    source: 'reported',
  },
  {
    part: 'POST /v1/events/* body',
    path: 'cover_url',
    kind: 'widened',
    what: 'follows no pattern',
    reason: 'the host of the images is a setting, so that a simulator can be one',
    source: 'ours',
  },
  ...['tags', 'platforms', 'access'].map(
    (path): Deviation => ({
      part: 'GET /v1/calendars/* query',
      path,
      kind: 'widened',
      what: 'may be string',
      reason: 'a list of one stands in a URL as a single value',
      source: 'ours',
    }),
  ),
];

/** Of routes of August. */
const SENT_LATER: readonly Deviation[] = [
  {
    part: 'POST /v1/calendars/events/add body',
    path: '<platform=external>.url',
    kind: 'narrowed',
    what: 'has the format uri',
    reason: 'the schema checks the address',
    source: 'ours',
  },
  {
    part: 'POST /v1/calendars/events/add body',
    path: '<platform=luma>.event_id',
    kind: 'narrowed',
    what: 'must be there',
    reason: 'an event of Luma has no other name',
    source: 'ours',
  },
];

/** Asked for more narrowly than the document allows: what is sent stays within it. */
const SENT_LESS: readonly Deviation[] = [
  {
    part: '* body',
    path: '*',
    kind: 'narrowed',
    what: 'is never null',
    reason: 'a field that may be absent is left out',
    source: 'ours',
  },
  {
    part: '* query',
    path: '*',
    kind: 'narrowed',
    what: 'is never null',
    reason: 'is left out instead',
    source: 'ours',
  },
  { part: '* body', path: '*', kind: 'narrowed', what: 'min* is 1', reason: 'nothing empty is sent', source: 'ours' },
  { part: '* query', path: '*', kind: 'narrowed', what: 'min* is 1', reason: 'nothing empty is sent', source: 'ours' },
  { part: '* query', path: 'pagination_limit', kind: 'narrowed', reason: 'a number of records', source: 'ours' },
  {
    part: '* body',
    path: '*email',
    kind: 'narrowed',
    what: 'follows another pattern',
    reason: 'the rough form of an address',
    source: 'ours',
  },
  { part: '* body', path: 'max_capacity', kind: 'narrowed', reason: 'a number of places', source: 'ours' },
  { part: '* body', path: 'discount<*>.cents_off', kind: 'narrowed', reason: 'whole cents, and some', source: 'ours' },
  {
    part: 'POST /v1/*/coupons/create body',
    path: 'discount<*>.cents_off',
    kind: 'widened',
    what: 'minimum is gone',
    reason: 'more than 0 stands in its place',
    source: 'ours',
  },
  ...['maxLength is 20', 'm*imum is *'].map(
    (what): Deviation => ({
      part: '*coupons/update body',
      path: what.startsWith('maxLength') ? 'code' : 'remaining_count',
      kind: 'narrowed',
      what,
      reason: 'the bounds that creation has',
      source: 'ours',
    }),
  ),
  ...['is whole', 'minimum is 0'].map(
    (what): Deviation => ({
      part: 'POST /v1/events/ticket-types/create body',
      path: '*cents',
      kind: 'narrowed',
      what,
      reason: 'whole cents, and never less than nothing',
      source: 'ours',
    }),
  ),
  ...['name', 'description'].map(
    (path): Deviation => ({
      part: 'POST /v1/events/ticket-types/create body',
      path,
      kind: 'narrowed',
      what: 'maxLength is *',
      reason: 'a length that users report',
      source: 'reported',
    }),
  ),
  {
    part: 'POST /v1/events/ticket-types/create body',
    path: 'valid_*_at',
    kind: 'narrowed',
    what: 'follows another pattern',
    reason: 'a plain date, in the pattern of another version of a library',
    source: 'ours',
  },
];

/** The others are in no event of a webhook (docs/luma-api.md). */
const WEBHOOKS_TOO: ReadonlySet<string> = new Set(['registration_open', 'require_approval', 'spots_remaining']);

/** Read though the document does not name it, or read more strictly than it says. */
const READ: readonly Deviation[] = [
  {
    part: '*',
    path: '*id',
    kind: 'narrowed',
    what: 'minLength is 1',
    reason: 'an empty id names nothing',
    source: 'ours',
  },
  {
    part: '*',
    path: '*timezone',
    kind: 'narrowed',
    what: 'minLength is 1',
    reason: 'the empty zone is none',
    source: 'ours',
  },
  {
    part: '*coupons*',
    path: '*code',
    kind: 'narrowed',
    what: 'minLength is 1',
    reason: 'is the key of a coupon',
    source: 'ours',
  },
  {
    part: 'POST /v1/events/cancel/request answer',
    path: 'cancellation_token',
    kind: 'narrowed',
    what: 'minLength is 1',
    reason: 'goes back with the next request',
    source: 'ours',
  },
  {
    part: 'POST /v1/images/create-upload-url answer',
    path: '*_url',
    kind: 'narrowed',
    what: 'minLength is 1',
    reason: 'is asked next',
    source: 'ours',
  },
  {
    part: '*',
    path: '*coordinate.*',
    kind: 'narrowed',
    what: 'm*imum is *',
    reason: 'degrees of the earth; another pair is no place, and is left out',
    source: 'ours',
  },
  ...['access', 'guest_counts', 'max_capacity', 'registration_open', 'require_approval', 'spots_remaining'].map(
    (name): Deviation => ({
      part: WEBHOOKS_TOO.has(name) ? '*' : 'GET /v1/* answer',
      path: `*${name}`,
      kind: 'added',
      reason: LATER,
      source: name === 'max_capacity' ? 'live' : 'O8',
    }),
  ),
  ...['geo_latitude', 'geo_longitude'].map(
    (name): Deviation => ({
      part: 'GET /v1/* answer',
      path: `*${name}`,
      kind: 'added',
      reason: 'the place as the routes of April show it, and webhooks still do',
      source: 'O4',
    }),
  ),
  {
    part: 'GET /v1/calendars/contacts/list answer',
    path: 'entries[].user',
    kind: 'added',
    reason: 'the person of a contact, where the route of April nests it',
    source: 'O4',
  },
  ...['access', 'guest_counts', 'max_capacity'].map(
    (name): Deviation => ({ part: 'webhook *', path: `*${name}`, kind: 'added', reason: ONE_SCHEMA, source: 'ours' }),
  ),
  { part: '*', path: '*amount_refunded', kind: 'added', reason: LATER, source: 'live' },
  {
    part: '*',
    path: '*coupon_info.id',
    kind: 'added',
    reason: 'what every other record calls `api_id` by now',
    source: 'ours',
  },
  { part: '*', path: '*skipped', kind: 'added', reason: LATER, source: 'reported' },
  { part: 'GET /v1/events/get answer', path: 'tags', kind: 'added', reason: ONE_SCHEMA, source: 'ours' },
  { part: '*', path: '*registration_questions[]*.options', kind: 'added', reason: ONE_SCHEMA, source: 'ours' },
  { part: '*', path: '*hosts', kind: 'added', reason: ONE_SCHEMA, source: 'ours' },
  {
    part: 'GET /v1/events/guests/list answer',
    path: '*event_ticket_orders',
    kind: 'added',
    reason: ONE_SCHEMA,
    source: 'ours',
  },
  { part: '*', path: '*<platform=external>.*', kind: 'added', reason: ONE_SCHEMA, source: 'ours' },
  { part: 'webhook calendar.event.added', path: '*', kind: 'added', reason: ONE_SCHEMA, source: 'ours' },
  { part: 'webhook calendar.person.subscribed', path: '*', kind: 'added', reason: ONE_SCHEMA, source: 'ours' },
  {
    part: 'webhook *',
    path: 'data.event_id',
    kind: 'added',
    reason: 'the event of a guest whose event is not nested',
    source: 'reported',
  },
  { part: '* answer', path: 'has_more', kind: 'added', reason: 'one schema reads every list', source: 'ours' },
  { part: '* answer', path: 'next_cursor', kind: 'added', reason: 'one schema reads every list', source: 'ours' },
];

/** What the document does not name may be read, and never asked for. */
const explainAdded = (row: Deviation): Deviation => (row.kind === 'added' ? { what: 'is new', ...row } : row);

export const DEVIATIONS: readonly Deviation[] = [...SENT, ...SENT_LATER, ...SENT_LESS, ...READ.map(explainAdded)];

/**
 * Where what is sent may be something that the document refuses, and where what is read asks for more than it promises.
 * Fields that are neither sent
 * nor read are no deviations, and neither is a reading that bears more than comes.
 */
export function findDeviations(document: Facts, contract: Facts): PartChange[] {
  const own = new Map([...contract].map(([part, shape]) => [part, withoutMomentPatterns(shape)]));
  const others = new Map(
    [...document].filter(([part]) => own.has(part)).map(([part, shape]) => [part, withoutMomentPatterns(shape)]),
  );
  return compareFacts(others, own).filter(({ part, kind, what }) =>
    isRequestPart(part) ? !(kind === 'removed' && what === 'is gone') : kind !== 'removed' && kind !== 'widened',
  );
}

/**
 * What a deviation with the source `O8` rests on: requests of a later document that differ from those of the kept one,
 * and the answers of its new routes.
 */
export function toLaterFacts(kept: Facts, later: Facts): Facts {
  const named = DEVIATIONS.filter(({ source }) => source === 'O8');
  const changes = compareFacts(kept, later).filter(({ part, path, kind }) =>
    named.some((deviation) => isAt(deviation, part, path, kind)),
  );
  const parts = new Set(changes.filter(({ part, path }) => isRequestPart(part) || path === '').map(({ part }) => part));
  return new Map([...later].filter(([part]) => parts.has(part)));
}

export const isListed = (deviation: Deviation, { part, path, kind, what }: PartChange): boolean =>
  isAt(deviation, part, path, kind) && (deviation.what === undefined || matches(deviation.what, what));

/** Whether a deviation is about this place, whatever it says of it. */
export const isAt = (deviation: Deviation, part: string, path: string, kind: ChangeKind): boolean =>
  deviation.kind === kind && matches(deviation.part, part) && matches(deviation.path, path);

/** `*` stands for anything. */
function matches(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
