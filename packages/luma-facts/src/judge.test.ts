import { describe, expect, it } from '@jest/globals';
import { DEVIATIONS } from './deviations.js';
import { createJudge } from './judge.js';
import { laterFacts, lumaFacts } from './luma-facts.js';

const judge = createJudge(lumaFacts(), DEVIATIONS, laterFacts());
const post = (path: string, body: unknown, query: unknown = {}) => judge({ method: 'POST', path, query, body });
const get = (path: string, query: unknown) => judge({ method: 'GET', path, query, body: undefined });
const GUEST = { email: 'a@example.org', registration_answers: [{ value: 'x' }] };
const EVENT = { name: 'A', start_at: '2027-01-01T10:00:00.000Z', timezone: 'UTC' };

describe('a request', () => {
  it.each([
    ['coordinate', 'expected object'],
    ['geo_address_json', 'expected object'],
    ['meeting_url', 'expected string'],
  ])('that empties %s is refused', (field, expected) => {
    const body = { event_id: 'evt-1', [field]: null };
    const { refusals } = createJudge(lumaFacts(), [])({ method: 'POST', path: '/v1/events/update', query: {}, body });
    expect(refusals).toEqual([`- ${field}: Invalid input: ${expected}, received null`]);
  });

  it('without what must be there is refused in the words of Luma', () => {
    expect(get('/v1/events/get', {}).refusals).toEqual([
      '- event_id: Invalid input: expected string, received undefined',
    ]);
  });

  it.each([
    [{ start_at: 'tomorrow' }, '- start_at: Invalid ISO datetime'],
    [{ slug: 'ab' }, '- slug: Too small: expected string to have >=3 characters'],
    [{ visibility: 'hidden' }, '- visibility: Invalid option: expected one of "members-only"|"private"|"public"'],
    [{ max_capacity: 1.5 }, '- max_capacity: Invalid input: expected int, received number'],
    [
      { geo_address_json: { type: 'manual' } },
      '- geo_address_json.address: Invalid input: expected string, received undefined',
    ],
  ])('with %j is refused by its field', (over, line) => {
    expect(post('/v1/events/create', { ...EVENT, ...over }).refusals).toEqual([line]);
  });

  it('with a code that is too long, or an amount in no currency, is refused', () => {
    const discount = { discount_type: 'amount', cents_off: 5, currency: 'euro' };
    const { refusals } = post('/v1/calendars/coupons/create', { code: 'x'.repeat(21), discount });
    expect(refusals.map((line) => line.slice(0, 28))).toEqual([
      '- code: Too big: expected st',
      '- discount.currency: Invalid',
    ]);
  });

  it('with fields that the document does not name is not refused: the fields are listed', () => {
    const body = { ...EVENT, capacity: 10, geo_address_json: { type: 'manual', address: 'A', city: 'B' } };
    expect(post('/v1/events/create', body)).toEqual({
      route: 'document',
      refusals: [],
      unknownFields: ['body.geo_address_json.city', 'body.capacity'].sort(),
    });
    expect(get('/v1/events/get', { event_id: 'evt-1', page: '2' }).unknownFields).toEqual(['query.page']);
  });

  it('with fields that a deviation names is within the document', () => {
    const body = { ...EVENT, registration_open: true, ticket_types: [{ name: 'Paid', type: 'paid' }] };
    expect(post('/v1/events/create', body)).toEqual({ route: 'document', refusals: [], unknownFields: [] });
  });

  it.each([
    ['/v1/events/create', { ...EVENT, waitlist_status: 'paused' }, ['waitlist_status']],
    ['/v1/events/update', { event_id: 'evt-1', registration_open: 'yes' }, ['registration_open']],
    ['/v1/events/guests/add', { event_id: 'evt-1', guests: [GUEST] }, ['guests.0.registration_answers.0.question_id']],
    ['/v1/calendars/events/add', { platform: 'luma', event_id: 'evt-1', submission_mode: 'x' }, ['submission_mode']],
    [
      '/v1/calendars/events/add',
      { platform: 'external' },
      ['duration_interval', 'name', 'start_at', 'timezone', 'url'],
    ],
  ])('with what a later document adds is judged by that: %s %j', (path, body, fields) => {
    const { refusals } = post(path, body);
    expect(refusals.map((line) => line.slice(2, line.indexOf(':'))).toSorted()).toEqual(fields);
  });

  it('of a route of a later document is judged by that', () => {
    expect(get('/v1/entities/lookup', { name: 'a' })).toEqual({
      route: 'other',
      refusals: ['- slug: Invalid input: expected string, received undefined'],
      unknownFields: ['query.name'],
    });
  });

  it('reads texts of a query as what the document asks for', () => {
    const query = { pagination_limit: '50', platforms: 'luma', after: EVENT.start_at };
    expect(get('/v1/calendars/events/list', query).refusals).toEqual([]);
    expect(get('/v1/calendars/events/list', { pagination_limit: 'ten' }).refusals).toHaveLength(1);
  });

  it.each([
    ['POST', '/v1/calendars/events/add', 'other'],
    ['GET', '/v1/event/get', 'none'],
    ['POST', '/v1/events/get', 'none'],
    ['GET', '/v1/events/get', 'document'],
  ])('%s %s is of a route that is in: %s', (method, path, route) => {
    expect(judge({ method, path, query: {}, body: {} }).route).toBe(route);
  });
});
