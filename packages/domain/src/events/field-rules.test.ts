import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldAsked, mergeThreeWay } from '../merge/three-way.js';
import { EVENT_FIELDS, type EventField, type EventState } from './event-state.js';
import { isOurEventField, isSameEventField } from './field-rules.js';
import { isRewriting } from './rewriting.js';
import { toPlainMarkdown } from './same-text.js';

const SAME: [EventField, unknown, unknown][] = [
  ['title', 'Meetup', '  Meetup '],
  ['title', 'Tea\u200b time\ufeff', 'Tea time'],
  ['address', '\u200bStreet 1', 'Street 1'],
  ['address', '\u200b', null],
  ['description', 'Plain\u200b text  \n', 'Plain text'],
  ['description', '* one\n* two\n\n---\n\nEnd', '- one\n- two\n\n***\n\nEnd'],
  ['description', '__bold__ <https://example.org>', '**bold** [https://example.org/](https://example.org/)'],
  ['description', 'a\n\n\n\nb', 'a\n\n\u200b\n\nb'],
  ['description', '', null],
  ['startsAt', '2030-01-01T12:00:00.000Z', '2030-01-01T13:00:00+01:00'],
  ['timezone', 'Asia/Calcutta', 'Asia/Kolkata'],
  ['address', null, 'N/A'],
  ['address', '', null],
  ['address', 'Venue,  Street 1', 'Venue, Street 1'],
  ['coordinate', { lat: 48.137154, lng: 11.576124 }, { lat: 48.137153, lng: 11.576125 }],
  ['meetingUrl', 'https://meet.example.org', 'https://meet.example.org/'],
  ['meetingUrl', '', null],
];
const DIFFERENT: [EventField, unknown, unknown][] = [
  ['title', 'Meetup', 'Meetups'],
  ['description', 'one', 'two'],
  ['startsAt', '2030-01-01T12:00:00.000Z', '2030-01-01T12:00:00+01:00'],
  ['timezone', 'Europe/Berlin', 'Europe/Paris'],
  ['timezone', 'Nowhere/Land', 'Nowhere/Else'],
  ['address', 'Street 1', null],
  ['coordinate', { lat: 48.137, lng: 11.576 }, null],
  ['coordinate', { lat: 48.137, lng: 11.576 }, { lat: 48.138, lng: 11.576 }],
  ['meetingUrl', 'https://meet.example.org/a', 'https://meet.example.org/A'],
  ['visibility', 'public', 'private'],
  ['capacity', 0, null],
];

describe('when two values of a field are one', () => {
  it.each(SAME)('%s: %j is %j', (field, a, b) => {
    expect(isSameEventField(field, a, b)).toBe(true);
    expect(isSameEventField(field, b, a)).toBe(true);
  });

  it.each(DIFFERENT)('%s: %j is not %j', (field, a, b) => {
    expect(isSameEventField(field, a, b)).toBe(false);
    expect(isSameEventField(field, b, a)).toBe(false);
  });

  it('a value is itself, whatever it is', () => {
    fc.assert(
      fc.property(state, (one) => {
        for (const field of EVENT_FIELDS)
          expect(isSameEventField(field, one[field], structuredClone(one[field]))).toBe(true);
      }),
    );
  });

  it('plain Markdown is plain: a second pass changes nothing', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const plain = toPlainMarkdown(text);
        expect(toPlainMarkdown(plain)).toBe(plain);
      }),
    );
  });
});

describe('whose doing it is, what Luma shows after a push', () => {
  it.each<[string, EventField, unknown, unknown, boolean]>([
    [
      'a text with other marks is ours',
      'description',
      '* one <https://a.org>',
      '- one [https://a.org/](https://a.org/)',
      true,
    ],
    ['a text with other words is a host’s', 'description', 'one', 'two', false],
    [
      'the same words over another link are a host’s',
      'description',
      '[a](https://a.org/1)',
      '[a](https://a.org/2)',
      false,
    ],
    [
      'a link written out is ours',
      'description',
      'see https://A.org, now',
      'see [https://A.org](https://a.org/), now',
      true,
    ],
    [
      'a link with an escaped mark is ours',
      'description',
      '<https://a.org/b_c>',
      '[https://a.org/b\\_c](https://a.org/b_c)',
      true,
    ],
    ['an address with its city is ours', 'address', 'Street 1', 'Street 1, 80331 München', true],
    ['another address is a host’s', 'address', 'Street 1', 'Other street 2', false],
    ['a place that was emptied meanwhile is a host’s', 'address', 'Street 1', null, false],
    ['a place moved to its entrance is ours', 'coordinate', { lat: 1, lng: 2 }, { lat: 1.0005, lng: 2 }, true],
    ['another title is a host’s', 'title', 'A', 'B', false],
  ])('%s', (_, field, asked, shown, isOurs) => {
    expect(isOurEventField(field, asked, shown)).toBe(isOurs);
  });
});

describe('what was asked for and is looked for', () => {
  const fold = (before: string, asked: string, shown: string) => {
    const base = { ours: { description: 'old' }, luma: { description: before }, asked: { description: asked } };
    const fields = ['description'] as const;
    const rules = { isSame: isSameEventField, isOurs: isOurEventField, isRewriting };
    return foldAsked<Pick<EventState, 'description'>>(fields, base, { description: shown }, rules);
  };

  it('is agreed once Luma shows it, in its own writing', () => {
    expect(fold('old', '* new', '- new')).toEqual({ ours: { description: '* new' }, luma: { description: '- new' } });
  });

  it('did not come through while Luma shows what it showed before, however alike the two are', () => {
    const folded = fold('[a](https://a.org/1)', '[a](https://a.org/2)', '[a](https://a.org/1)');
    expect(folded.asked).toEqual({ description: '[a](https://a.org/2)' });
  });
});

describe('merging by these rules', () => {
  it('an unchanged record is never a change, however each side writes it', () => {
    fc.assert(
      fc.property(state, rewritten, (ours, rewrite) => {
        const base = { ours, luma: ours };
        const merged = mergeThreeWay(
          EVENT_FIELDS,
          { base, ours: rewrite(ours), theirs: rewrite(ours) },
          'ours',
          isSameEventField,
        );
        expect(merged).toEqual({ take: {}, send: {}, conflicts: [] });
      }),
    );
  });

  it('the order of the fields decides nothing', () => {
    fc.assert(
      fc.property(
        state,
        state,
        state,
        fc.shuffledSubarray([...EVENT_FIELDS], { minLength: EVENT_FIELDS.length }),
        (base, ours, theirs, order) => {
          const both = { ours: base, luma: base };
          const one = mergeThreeWay(EVENT_FIELDS, { base: both, ours, theirs }, 'ours', isSameEventField);
          const other = mergeThreeWay(order, { base: both, ours, theirs }, 'ours', isSameEventField);
          expect(other.take).toEqual(one.take);
          expect(other.send).toEqual(one.send);
          expect(new Set(other.conflicts)).toEqual(new Set(one.conflicts));
        },
      ),
    );
  });

  it('the owner wins where both changed, and both values are kept', () => {
    fc.assert(
      fc.property(
        state,
        state,
        state,
        fc.constantFrom('ours' as const, 'theirs' as const),
        (base, ours, theirs, owner) => {
          const merged = mergeThreeWay(
            EVENT_FIELDS,
            { base: { ours: base, luma: base }, ours, theirs },
            owner,
            isSameEventField,
          );
          for (const conflict of merged.conflicts) {
            expect(conflict).toMatchObject({ kept: owner, ours: ours[conflict.field], theirs: theirs[conflict.field] });
            expect(conflict.field in merged.send).toBe(owner === 'ours');
            expect(conflict.field in merged.take).toBe(owner === 'theirs');
          }
        },
      ),
    );
  });
});

const line = fc.constantFrom(
  'one',
  '* two',
  '+ three',
  '---',
  '__bold__ text',
  '<https://example.org>',
  '',
  '  ',
  'x\u200by',
);
const markdown = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
const instant = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => date.toISOString());
const state: fc.Arbitrary<EventState> = fc.record({
  title: fc.constantFrom('A', 'B', 'Meetup'),
  description: fc.option(markdown),
  startsAt: instant,
  endsAt: instant,
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
  address: fc.option(fc.constantFrom('Street 1', 'Street 2')),
  coordinate: fc.option(
    fc.record({ lat: fc.integer({ min: -80, max: 80 }), lng: fc.integer({ min: -170, max: 170 }) }),
  ),
  meetingUrl: fc.option(fc.webUrl()),
  visibility: fc.constantFrom('public', 'members-only', 'private'),
  capacity: fc.option(fc.nat(9)),
  cover: fc.option(fc.constant('https://images.lumacdn.com/1')),
});

/** Another writing of the same. */
const rewritten: fc.Arbitrary<(state: EventState) => EventState> = fc.constantFrom(
  (one: EventState) => ({ ...one, title: ` ${one.title} `, description: toPlainMarkdown(one.description) }),
  (one: EventState) => ({ ...one, description: one.description ?? '', address: one.address ?? 'N/A' }),
  (one: EventState) => ({ ...one, startsAt: one.startsAt.replace('Z', '+00:00'), meetingUrl: one.meetingUrl ?? '' }),
  (one: EventState) => ({ ...one, timezone: one.timezone === 'Asia/Kolkata' ? 'Asia/Calcutta' : one.timezone }),
);
