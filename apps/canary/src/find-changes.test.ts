import { describe, expect, it } from '@jest/globals';
import { type Facts, lumaFacts, type Shape } from '@luma-sync/luma-facts';
import { findChanges } from './find-changes.js';
import { describeChanges, lastLine } from './report.js';

/** The table, with one part replaced. */
function withPart(part: string, change: (shape: Shape) => Shape | null): Facts {
  const facts = new Map(lumaFacts());
  const changed = change(facts.get(part) ?? { type: 'object', fields: {} });
  facts.delete(part);
  if (changed !== null) facts.set(part, changed);
  return facts;
}
const withField =
  (name: string, shape: Shape | null, isRequired = false) =>
  (holder: Shape): Shape => {
    const { [name]: _old, ...fields } = holder.fields ?? {};
    return { ...holder, fields: shape === null ? fields : { ...fields, [name]: { shape, isRequired } } };
  };
const text: Shape = { type: 'string' };
const seen = (facts: Facts) =>
  findChanges(facts).map(({ path, kind, use, isTouched }) => ({ path, kind, use, isTouched }));

const UPDATE = 'POST /v1/events/update body';
const GET = 'GET /v1/events/get answer';

describe('a document that changed', () => {
  it.each([
    ['a field that is sent is gone', UPDATE, withField('meeting_url', null), ['meeting_url', 'removed', 'sent', true]],
    [
      'a field that is sent may be null',
      UPDATE,
      withField('meeting_url', { ...text, nullable: true }),
      ['meeting_url', 'widened', 'sent', true],
    ],
    ['a field that is read is gone', GET, withField('end_at', null), ['end_at', 'removed', 'read', true]],
    [
      'a field that is read has another type',
      GET,
      withField('name', { type: 'number' }, true),
      ['name', 'changed', 'read', true],
    ],
    [
      'a field that is not read is gone',
      GET,
      withField('feedback_email', null),
      ['feedback_email', 'removed', 'unused', false],
    ],
    ['a field may be sent besides', UPDATE, withField('font', text), ['font', 'added', 'unused', false]],
    ['a field must be sent besides', UPDATE, withField('font', text, true), ['font', 'added', 'unused', true]],
    ['a field comes besides', GET, withField('font', text, true), ['font', 'added', 'unused', false]],
    [
      'a field that is read already comes',
      GET,
      withField('max_capacity', { type: 'number' }),
      ['max_capacity', 'added', 'read', false],
    ],
    ['a route that is used is gone', GET, () => null, ['', 'removed', 'read', true]],
    [
      'a route that is not used is gone',
      'POST /v1/events/hosts/remove body',
      () => null,
      ['', 'removed', 'unused', false],
    ],
  ])('says whether it concerns us: %s', (_, part, change, [path, kind, use, isTouched]) => {
    expect(seen(withPart(part, change))).toEqual([{ path, kind, use, isTouched }]);
  });

  it('that did not change says nothing', () => {
    expect(findChanges(lumaFacts())).toEqual([]);
    expect(lastLine([], null)).toBe(
      'canary: 0 added, 0 removed, 0 narrowed, 0 widened, 0 changed; 0 touch what is sent or read',
    );
  });

  it('is told in lines: what concerns us first, and what many parts share once', () => {
    let facts: Facts = withPart('GET /v1/users/get-self answer', () => null);
    for (const type of ['event.canceled', 'event.created', 'event.updated']) {
      const part = `webhook ${type}`;
      const shape = facts.get(part);
      const data = shape?.fields?.data;
      if (shape === undefined || data === undefined) throw new Error(part);
      const changed = {
        ...shape,
        fields: { ...shape.fields, data: { ...data, shape: withField('name', null)(data.shape) } },
      };
      facts = new Map([...facts, [part, changed]]);
    }
    facts = new Map([...facts, ['GET /v1/fonts answer', text]]);
    const changes = findChanges(facts);
    expect(describeChanges(changes)).toEqual([
      '! used removed  GET /v1/users/get-self: is gone',
      '! read removed  name: is gone, and had to be there (webhook event.canceled, webhook event.created, ' +
        'webhook event.updated)',
      '       added    GET /v1/fonts: is new',
    ]);
    expect(lastLine(changes, 1)).toBe(
      'canary: 1 added, 4 removed, 0 narrowed, 0 widened, 0 changed; 4 touch what is sent or read; 1 of the ' +
        'answers read cannot be read whole',
    );
  });
});
