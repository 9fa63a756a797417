import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_FIELDS, type EventState } from '../events/event-state.js';
import { type Base, foldAsked, mergeThreeWay, type Side } from './three-way.js';

interface Sample {
  a: string;
  b: string | null;
}
const FIELDS = ['a', 'b'] as const;
const base: Base<Sample> = { ours: { a: '1', b: null }, luma: { a: '1*', b: null } };

/** Luma's `1*` is what became of our `1`: the halves differ, and neither side has changed anything. */
const CASES: {
  name: string;
  ours: Sample;
  theirs: Partial<Sample>;
  owner: Side;
  take?: Partial<Sample>;
  send?: Partial<Sample>;
  conflicts?: string[];
}[] = [
  { name: 'nothing changed', ours: { a: '1', b: null }, theirs: { a: '1*', b: null }, owner: 'ours' },
  { name: 'ours changed', ours: { a: '2', b: null }, theirs: { a: '1*', b: null }, owner: 'ours', send: { a: '2' } },
  {
    name: 'ours changed, Luma owns',
    ours: { a: '2', b: null },
    theirs: { a: '1*' },
    owner: 'theirs',
    send: { a: '2' },
  },
  { name: 'theirs changed', ours: { a: '1', b: null }, theirs: { a: '3' }, owner: 'ours', take: { a: '3' } },
  { name: 'theirs emptied it', ours: { a: '1', b: null }, theirs: { b: 'x' }, owner: 'ours', take: { b: 'x' } },
  {
    name: 'each changed another field',
    ours: { a: '2', b: null },
    theirs: { a: '1*', b: 'x' },
    owner: 'ours',
    send: { a: '2' },
    take: { b: 'x' },
  },
  { name: 'both changed it alike', ours: { a: '2', b: null }, theirs: { a: '2' }, owner: 'ours' },
  {
    name: 'both changed it, ours wins',
    ours: { a: '2', b: null },
    theirs: { a: '3' },
    owner: 'ours',
    send: { a: '2' },
    conflicts: ['a'],
  },
  {
    name: 'both changed it, theirs wins',
    ours: { a: '2', b: null },
    theirs: { a: '3' },
    owner: 'theirs',
    take: { a: '3' },
    conflicts: ['a'],
  },
  {
    name: 'ours changed what Luma does not show',
    ours: { a: '2', b: null },
    theirs: {},
    owner: 'theirs',
    send: { a: '2' },
  },
];

describe('three-way merge', () => {
  it.each(CASES)('$name', ({ ours, theirs, owner, take = {}, send = {}, conflicts = [] }) => {
    const result = mergeThreeWay(FIELDS, { base, ours, theirs }, owner);
    expect(result.take).toEqual(take);
    expect(result.send).toEqual(send);
    expect(result.conflicts.map((conflict) => conflict.field)).toEqual(conflicts);
  });

  it('keeps both values and the base of a conflict', () => {
    const [conflict] = mergeThreeWay(FIELDS, { base, ours: { a: '2', b: null }, theirs: { a: '3' } }, 'ours').conflicts;
    expect(conflict).toEqual({ field: 'a', base: '1*', ours: '2', theirs: '3', kept: 'ours' });
  });

  it('takes what Luma shows for the first time only when it contradicts what we had sent', () => {
    const unseen: Base<Sample> = { ours: { a: '1', b: null }, luma: {} };
    expect(mergeThreeWay(FIELDS, { base: unseen, ours: unseen.ours, theirs: { a: '1' } }, 'ours').take).toEqual({});
    expect(mergeThreeWay(FIELDS, { base: unseen, ours: unseen.ours, theirs: { a: '9' } }, 'ours').take).toEqual({
      a: '9',
    });
  });
});

const text = fc.constantFrom('a', 'b', 'c');
const state: fc.Arbitrary<EventState> = fc.record({
  title: text,
  description: fc.option(text),
  startsAt: text,
  endsAt: text,
  timezone: text,
  address: fc.option(text),
  coordinate: fc.option(fc.record({ lat: fc.constantFrom(1, 2), lng: fc.constantFrom(1, 2) })),
  meetingUrl: fc.option(text),
  visibility: fc.constantFrom('public', 'members-only', 'private'),
  capacity: fc.option(fc.constantFrom(1, 2)),
  cover: fc.option(text),
});
const seen = state.chain((full) =>
  fc
    .subarray([...EVENT_FIELDS])
    .map((fields) => Object.fromEntries(fields.map((f) => [f, full[f]])) as Partial<EventState>),
);
const owner = fc.constantFrom<Side>('ours', 'theirs');
const bases = fc.record({ ours: state, luma: seen });
const merge = (b: Base<EventState>, ours: EventState, theirs: Partial<EventState>, who: Side) =>
  mergeThreeWay(EVENT_FIELDS, { base: b, ours, theirs }, who);

describe('three-way merge, whatever both sides say', () => {
  it('finds nothing to do once both sides are as the base says', () => {
    fc.assert(
      fc.property(bases, owner, (b, who) => {
        const result = merge(b, b.ours, b.luma, who);
        expect(result).toEqual({ take: {}, send: {}, conflicts: [] });
      }),
    );
  });

  it('changes nothing by an echo of our own push, however Luma rewrote it', () => {
    fc.assert(
      fc.property(state, seen, owner, (ours, rewritten, who) => {
        expect(merge({ ours, luma: rewritten }, ours, rewritten, who)).toEqual({ take: {}, send: {}, conflicts: [] });
      }),
    );
  });

  it('takes over and is done: a second look at the same state is no news', () => {
    fc.assert(
      fc.property(bases, state, seen, owner, (b, ours, theirs, who) => {
        const first = merge(b, ours, theirs, who);
        const after = { ...ours, ...first.take };
        const agreed: Base<EventState> = {
          ours: { ...after, ...pickFields(b.ours, Object.keys(first.send)) },
          luma: { ...b.luma, ...theirs },
        };
        const second = merge(agreed, after, theirs, who);
        expect(second.take).toEqual({});
        expect(second.conflicts).toEqual([]);
        expect(Object.keys(second.send).sort()).toEqual(Object.keys(first.send).sort());
      }),
    );
  });

  it('never takes a field Luma did not show', () => {
    fc.assert(
      fc.property(bases, state, seen, owner, (b, ours, theirs, who) => {
        for (const field of Object.keys(merge(b, ours, theirs, who).take)) expect(theirs).toHaveProperty(field);
      }),
    );
  });

  it('gives every conflict to the owner, and to nobody else', () => {
    fc.assert(
      fc.property(bases, state, seen, owner, (b, ours, theirs, who) => {
        const { take, send, conflicts } = merge(b, ours, theirs, who);
        for (const { field, kept } of conflicts) {
          expect(kept).toBe(who);
          expect(field in send).toBe(who === 'ours');
          expect(field in take).toBe(who === 'theirs');
        }
      }),
    );
  });

  it('loses no change that only one side made', () => {
    fc.assert(
      fc.property(bases, state, seen, owner, (b, ours, theirs, who) => {
        const { take, send } = merge(b, ours, theirs, who);
        for (const field of EVENT_FIELDS) {
          const weChanged = JSON.stringify(ours[field]) !== JSON.stringify(b.ours[field]);
          const known = b.luma[field] === undefined ? b.ours[field] : b.luma[field];
          const theyChanged = theirs[field] !== undefined && JSON.stringify(theirs[field]) !== JSON.stringify(known);
          if (weChanged && !theyChanged) expect(send[field]).toEqual(ours[field]);
          const isTheSame = JSON.stringify(theirs[field]) === JSON.stringify(ours[field]);
          if (theyChanged && !weChanged) expect(take[field]).toEqual(isTheSame ? undefined : theirs[field]);
          if (!weChanged && !theyChanged) expect([field in take, field in send]).toEqual([false, false]);
        }
      }),
    );
  });
});

function pickFields(from: EventState, fields: readonly string[]): Partial<EventState> {
  return Object.fromEntries(Object.entries(from).filter(([field]) => fields.includes(field))) as Partial<EventState>;
}

describe('a request of ours that is in flight', () => {
  const asked: Base<Sample> = { ...base, asked: { a: '2', b: 'y' } };

  it.each<[string, Partial<Sample>, Base<Sample>]>([
    ['is open while Luma shows nothing of it', { a: '1*' }, asked],
    [
      'is agreed where Luma shows it',
      { a: '2' },
      { ours: { a: '2', b: null }, luma: { a: '2', b: null }, asked: { b: 'y' } },
    ],
    ['is over when Luma shows all of it', { a: '2', b: 'y' }, { ours: { a: '2', b: 'y' }, luma: { a: '2', b: 'y' } }],
    ['says nothing of what Luma does not show', {}, asked],
  ])('%s', (_, theirs, folded) => {
    expect(foldAsked(FIELDS, asked, theirs)).toEqual(folded);
  });

  it('may still come in when all of it was seen: a host may have said the very same', () => {
    const underWay = { said: { a: '2', b: 'y' }, until: '2030-01-01T00:00:10.000Z' };
    expect(foldAsked(FIELDS, { ...asked, underWay }, { a: '1*' })).toEqual({ ...asked, underWay });
    const agreed = { a: '2', b: 'y' };
    expect(foldAsked(FIELDS, { ...asked, underWay }, agreed)).toEqual({ ours: agreed, luma: agreed, underWay });
  });

  it('is not seen by what Luma held before it, and travelled with it', () => {
    const along = { ...base, asked: { a: '2', b: null } };
    expect(foldAsked(FIELDS, along, { a: '1*', b: null })).toEqual(along);
    expect(foldAsked(FIELDS, along, { a: '2', b: null })).toEqual({
      ours: { a: '2', b: null },
      luma: { a: '2', b: null },
    });
  });

  it('is over for what was made by it, whatever a host has made of that since', () => {
    const said = { a: '2', b: 'y' };
    const underWay = { said, until: '2030-01-01T00:00:10.000Z' };
    const made: Base<Sample> = { ours: said, luma: {}, asked: said, underWay };
    const changed = foldAsked(FIELDS, made, { a: '3' });
    expect(changed).toEqual({ ours: { a: '2', b: 'y' }, luma: {}, asked: { b: 'y' } });
    // So that a host who goes back to it later is not taken for us.
    expect(mergeThreeWay(FIELDS, { base: changed, ours: { a: '2', b: 'y' }, theirs: { a: '3' } }, 'ours').take).toEqual(
      { a: '3' },
    );
  });

  it('may be a request to empty a field', () => {
    const emptying: Base<Sample> = { ours: { a: '1', b: 'x' }, luma: { a: '1*', b: 'x' }, asked: { b: null } };
    expect(foldAsked(FIELDS, emptying, { b: null })).toEqual({ ours: { a: '1', b: null }, luma: { a: '1*', b: null } });
  });
});
