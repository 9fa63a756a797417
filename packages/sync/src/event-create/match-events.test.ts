import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toPlainName } from '../event/plain-name.js';
import { matchEvents, type OurEvent, type PairAnswer, type TheirEvent } from './match-events.js';

const AT = new Date('2030-03-16T19:30:00.000Z');
const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);
const our = (eventId: string, change: Partial<OurEvent> = {}): OurEvent => ({
  eventId,
  title: 'Drum circle',
  startsAt: AT,
  slugEnds: [`hash${eventId}`],
  slug: null,
  ...change,
});
const their = (lumaEventId: string, change: Partial<TheirEvent> = {}): TheirEvent => ({
  lumaEventId,
  title: 'Drum circle',
  startsAt: AT,
  slug: 'abcd1234',
  ...change,
});
const keepApart = (eventId: string, lumaEventId: string): PairAnswer => ({
  eventId,
  lumaEventId,
  answer: 'keep_apart',
});

describe('matching our events with Luma’s', () => {
  it.each([
    [
      'the address is made from our id',
      [our('a')],
      [their('x', { slug: 'other-name-hasha', title: 'Else', startsAt: later(999) })],
      'slug',
    ],
    [
      'it has the address reserved for ours',
      [our('a', { slug: 'mine' })],
      [their('x', { slug: 'mine', title: 'Else' })],
      'slug',
    ],
    ['start and name fit', [our('a')], [their('x')], 'time_and_name'],
    [
      'the name is written differently',
      [our('a', { title: 'Café — Zürich!' })],
      [their('x', { title: 'cafe  zurich' })],
      'time_and_name',
    ],
    [
      'others differ in time',
      [our('a'), our('b', { startsAt: later(10_080) })],
      [their('x'), their('y', { startsAt: later(20_160) })],
      'time_and_name',
    ],
  ] as const)('is certain when %s', (_why, ours, theirs, by) => {
    const { pairs, doubts } = matchEvents(ours, theirs, []);
    expect(pairs).toContainEqual({ eventId: 'a', lumaEventId: 'x', by });
    expect(doubts).toEqual([]);
  });

  it.each([
    ['two of Luma’s fit', [our('a')], [their('x'), their('y')], 'several_fit'],
    ['two of ours fit', [our('a'), our('b')], [their('x')], 'several_fit'],
    ['the same name starts an hour later', [our('a')], [their('x', { startsAt: later(60) })], 'near_in_time'],
    [
      'a longer name starts at the same time',
      [our('a')],
      [their('x', { title: 'Drum circle at the lake' })],
      'like_name',
    ],
  ] as const)('is in doubt when %s, and then nothing is done with either', (_why, ours, theirs, reason) => {
    const matches = matchEvents(ours, theirs, []);
    expect(matches.pairs).toEqual([]);
    expect(matches.doubts).toHaveLength(ours.length * theirs.length);
    expect(new Set(matches.doubts.map((doubt) => doubt.reason))).toEqual(new Set([reason]));
    expect([matches.onlyOurs, matches.onlyTheirs]).toEqual([[], []]);
  });

  it.each([
    ['the next of a weekly series', [our('a')], [their('x', { startsAt: later(10_080) })]],
    ['another name', [our('a')], [their('x', { title: 'Yoga', startsAt: later(5) })]],
    ['a short name inside another', [our('a', { title: 'Open' })], [their('x', { title: 'Open mic' })]],
  ] as const)('takes %s for another event', (_what, ours, theirs) => {
    expect(matchEvents(ours, theirs, [])).toEqual({ pairs: [], doubts: [], onlyOurs: ['a'], onlyTheirs: ['x'] });
  });

  it('believes a person', () => {
    const ours = [our('a')];
    const theirs = [their('x'), their('y'), their('z', { title: 'Yoga' })];
    expect(matchEvents(ours, theirs, [{ eventId: 'a', lumaEventId: 'z', answer: 'link' }]).pairs).toEqual([
      { eventId: 'a', lumaEventId: 'z', by: 'answer' },
    ]);
    expect(matchEvents(ours, theirs, [keepApart('a', 'y')])).toMatchObject({
      pairs: [{ eventId: 'a', lumaEventId: 'x', by: 'time_and_name' }],
      onlyTheirs: ['y', 'z'],
    });
    expect(matchEvents(ours, theirs, [keepApart('a', 'x'), keepApart('a', 'y')])).toMatchObject({
      pairs: [],
      doubts: [],
      onlyOurs: ['a'],
    });
  });

  it('compares names of signs alone as they are', () => {
    expect([toPlainName(' 🥁 '), toPlainName('🎉')]).toEqual(['🥁', '🎉']);
  });
});

describe('whatever is matched', () => {
  const title = fc.constantFrom('Drum circle', 'drum  circle', 'Drum circle II', 'Yoga', '🥁');
  const startsAt = fc.constantFrom(AT, later(30), later(10_080));
  const ours = fc.uniqueArray(fc.record({ eventId: fc.constantFrom(...'abcdef'), title, startsAt }), {
    selector: ({ eventId }) => eventId,
  });
  const theirs = fc.uniqueArray(
    fc.record({ lumaEventId: fc.constantFrom(...'uvwxyz'), title, startsAt, slug: fc.constantFrom('abcd', 'n-hasha') }),
    { selector: ({ lumaEventId }) => lumaEventId },
  );
  const answers = fc.uniqueArray(
    fc.record({
      eventId: fc.constantFrom(...'abcdef'),
      lumaEventId: fc.constantFrom(...'uvwxyz'),
      answer: fc.constantFrom('link' as const, 'keep_apart' as const),
    }),
    { selector: ({ eventId, lumaEventId }) => `${eventId}${lumaEventId}`, maxLength: 4 },
  );
  const world = fc.record({ ours: ours.map((all) => all.map((one) => our(one.eventId, one))), theirs, answers });

  it('each event is in one pair, or in doubts, or alone', () => {
    fc.assert(
      fc.property(world, ({ ours, theirs, answers }) => {
        const { pairs, doubts, onlyOurs, onlyTheirs } = matchEvents(ours, theirs, answers);
        const inDoubt = {
          ours: new Set(doubts.map((d) => d.eventId)),
          theirs: new Set(doubts.map((d) => d.lumaEventId)),
        };
        expect([...pairs.map((p) => p.eventId), ...inDoubt.ours, ...onlyOurs].sort()).toEqual(
          ours.map(({ eventId }) => eventId).sort(),
        );
        expect([...pairs.map((p) => p.lumaEventId), ...inDoubt.theirs, ...onlyTheirs].sort()).toEqual(
          theirs.map(({ lumaEventId }) => lumaEventId).sort(),
        );
      }),
    );
  });

  it('no order changes it, and nothing kept apart is paired or asked about', () => {
    fc.assert(
      fc.property(world, ({ ours, theirs, answers }) => {
        const matches = matchEvents(ours, theirs, answers);
        expect(matchEvents([...ours].reverse(), [...theirs].reverse(), [...answers].reverse())).toEqual(matches);
        const apart = answers.filter(({ answer }) => answer === 'keep_apart');
        for (const { eventId, lumaEventId } of apart) {
          expect([...matches.pairs, ...matches.doubts]).not.toContainEqual(
            expect.objectContaining({ eventId, lumaEventId }),
          );
        }
      }),
    );
  });
});
