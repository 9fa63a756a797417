/*
 * Requests made to keep ingress busy. hostile.integration.test.ts plays them against an ingress of its own,
 * `npm run bench:hostile` against one that runs. None of them needs more than a key with the scope `write` and the
 * secret of one webhook.
 */

export interface HostileInput {
  name: string;
  method: 'GET' | 'POST' | 'PUT';
  /** `{pool}` and `{calendar}` stand for ids that exist. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Sent as a webhook: `body` is signed. */
  isSigned?: boolean;
  /** Answers that are right. Any other, a 503 above all, is a failure. */
  statuses: readonly number[];
}

const KILO = 1024;
const JSON_ROOM = 250 * KILO;
const WEBHOOK_ROOM = 1_000 * KILO;
const CSV_ROOM = Math.floor(4.9 * KILO * KILO);

const csv = (name: string, unit: string, statuses: readonly number[]): HostileInput => ({
  name: `CSV of ${name}`,
  method: 'POST',
  path: '/v1/coupon-pools/{pool}/imports',
  headers: { 'content-type': 'text/csv' },
  body: unit.repeat(Math.floor(CSV_ROOM / Buffer.byteLength(unit))),
  statuses,
});

const event = (name: string, fields: object): HostileInput => ({
  name: `event with ${name}`,
  method: 'PUT',
  path: '/v1/events/hostile',
  body: JSON.stringify({
    title: 'Drum circle',
    startsAt: '2027-01-05T18:00:00Z',
    endsAt: '2027-01-05T20:00:00Z',
    timezone: 'Europe/Berlin',
    ...fields,
  }),
  statuses: [200, 201, 202, 413, 422],
});

const webhook = (name: string, data: string, statuses: readonly number[] = [200]): HostileInput => ({
  name: `webhook with ${name}`,
  method: 'POST',
  path: '/webhooks/luma/{calendar}',
  body: `{"type":"event.updated","data":${data}}`,
  isSigned: true,
  statuses,
});

const header = (name: string, headers: Record<string, string>, statuses: readonly number[]): HostileInput => ({
  name: `header ${name}`,
  method: 'GET',
  path: '/v1/calendars',
  headers,
  statuses,
});

const fill = (unit: string, room: number): string => unit.repeat(Math.floor(room / Buffer.byteLength(unit)));
const chinese = Array.from({ length: 20_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
const marks = '\u0301\u0316';
/** What a server reads of headers at most. */
const HEADER_ROOM = 12 * KILO;
const URL_ROOM = 12 * KILO;

export const HOSTILE_INPUTS: readonly HostileInput[] = [
  csv('commas', ',', [422]),
  csv('quotation marks', '"', [422]),
  csv('empty quoted columns', '"",', [422]),
  csv('line breaks', '\n', [200]),
  csv('codes of one letter', 'A\n', [422]),
  csv('a hundred thousand codes', `${'C'.repeat(45)}\n`, [200, 422]),
  csv('wrong codes', '\u0007\n', [422]),
  csv('quoted line breaks', '"\n",', [422]),
  event('a description of spaces', { description: `a${fill(' ', 49_000)}x` }),
  event('a description of combining marks', { description: fill(marks, 49_000) }),
  event('a description of link ends', { description: fill('](http://', 49_000) }),
  event('a title of everything', { title: fill('x', JSON_ROOM) }),
  event('a meeting at a long international host', { meetingUrl: `http://${chinese}${chinese}`.slice(0, 80_000) }),
  event('a cover at a long international host', { coverUrl: `http://${chinese}${chinese}`.slice(0, 80_000) }),
  event('a time zone without end', { timezone: fill('A', JSON_ROOM) }),
  event('a start without end', { startsAt: `2027-01-05T18:00:00.${fill('0', JSON_ROOM)}Z` }),
  event('many tags', { tags: Array.from({ length: 60_000 }, () => 'a') }),
  event('many unknown fields', Object.fromEntries(Array.from({ length: 18_000 }, (_, index) => [`f${index}`, 1]))),
  event('an address of a host without end', {
    host: { externalId: 'a', email: `${fill('a.', JSON_ROOM)}@b.c`, role: 'citizen' },
  }),
  {
    name: 'calendar with many covers at international hosts',
    method: 'POST',
    path: '/v1/calendars',
    body: JSON.stringify({
      name: 'Hostile',
      kind: 'ical',
      icalUrl: `http://${chinese.slice(0, 600)}.example`,
      routing: { lat: 1, lng: 1, radiusKm: 1 },
    }),
    statuses: [201, 403, 422],
  },
  {
    name: 'RSVP with an address and a phone without end',
    method: 'PUT',
    path: '/v1/events/hostile/rsvps/one',
    body: JSON.stringify({
      name: fill(marks, 300),
      email: fill('a@', 100_000),
      phone: fill('1 ', 100_000),
      status: 'going',
    }),
    statuses: [422],
  },
  {
    name: 'JSON of open lists',
    method: 'PUT',
    path: '/v1/events/hostile',
    body: fill('[', JSON_ROOM),
    statuses: [400],
  },
  {
    name: 'JSON of open objects',
    method: 'PUT',
    path: '/v1/events/hostile',
    body: fill('{"a":', JSON_ROOM),
    statuses: [400],
  },
  {
    name: 'JSON of one long number',
    method: 'PUT',
    path: '/v1/events/hostile',
    body: fill('9', JSON_ROOM),
    statuses: [400, 422],
  },
  webhook('a description of spaces', JSON.stringify({ id: 'evt-1', description_md: `a${fill(' ', WEBHOOK_ROOM)}x` })),
  webhook(
    'a description of combining marks',
    JSON.stringify({ id: 'evt-1', description_md: fill(marks, WEBHOOK_ROOM) }),
  ),
  webhook('open lists', fill('[', WEBHOOK_ROOM), [400]),
  webhook('closed lists', `${fill('[', WEBHOOK_ROOM / 2)}1${fill(']', WEBHOOK_ROOM / 2)}`, [400]),
  webhook('small objects', `[${fill('{"a":1},', WEBHOOK_ROOM)}1]`, [400]),
  webhook('as many values as are read', `{"id":"evt-1","a":[${fill('{"a":{}},', 80 * KILO)}1]}`),
  webhook(
    'many fields',
    JSON.stringify(Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`f${index}`, 1]))),
    [400],
  ),
  webhook('escaped characters', `"${fill('\\u0000', WEBHOOK_ROOM)}"`),
  webhook('check-in addresses', JSON.stringify({ id: 'evt-1', description: fill('?pk=g-abc ', WEBHOOK_ROOM) })),
  {
    name: 'webhook with a signature of commas',
    method: 'POST',
    path: '/webhooks/luma/{calendar}',
    headers: { 'webhook-signature': fill('v1=00,', HEADER_ROOM) },
    body: fill('x', WEBHOOK_ROOM),
    statuses: [401],
  },
  header('authorization of spaces', { authorization: `Bearer${fill(' ', HEADER_ROOM)}x` }, [401]),
  header('cookie of semicolons', { cookie: fill('a=b;', HEADER_ROOM) }, [200]),
  header('x-forwarded-for of commas', { 'x-forwarded-for': fill('1.1.1.1,', HEADER_ROOM) }, [200]),
  header('accept of commas', { accept: fill('text/html;q=0.1,', HEADER_ROOM) }, [200]),
  header('x-request-id of dots', { 'x-request-id': fill('.', HEADER_ROOM) }, [200]),
  header('if-none-match of quotation marks', { 'if-none-match': fill('"a",', HEADER_ROOM) }, [200]),
  { name: 'a cursor without end', method: 'GET', path: `/v1/events?cursor=${fill('A', URL_ROOM)}`, statuses: [400] },
  { name: 'a query of ampersands', method: 'GET', path: `/v1/events?${fill('a=1&', URL_ROOM)}`, statuses: [400] },
  { name: 'a path of slashes', method: 'GET', path: `/${fill('/', URL_ROOM)}`, statuses: [404] },
  {
    name: 'a path of encoded characters',
    method: 'GET',
    path: `/v1/events/${fill('%25', URL_ROOM)}`,
    statuses: [400, 404],
  },
];
