import { describe, expect, it } from '@jest/globals';
import type { Base, EventState } from '@luma-sync/domain';
import { type JobContext, OutcomeUnknownError, PermanentError, RetryableError } from '@luma-sync/jobs';
import { agreedOn, anEvent } from '../../test/builders.js';
import { awaitOthers, sendWithIntent, shortenInFlight } from './in-flight.js';

const NOW = new Date('2030-01-01T00:00:00.000Z');
const LATER = '2030-01-01T00:01:00.000Z';
const base = agreedOn(anEvent());
const underWay = { said: { title: 'First' }, until: LATER };
const asked: Base<EventState> = { ...base, asked: { title: 'First' }, underWay };
/** What it asked for was seen, by a repeat of it or because a host said the same; it may still come in. */
const seen: Base<EventState> = { ...base, underWay };

describe('what is asked of Luma while an earlier request may still come in', () => {
  it.each<[string, string, Base<EventState>, Partial<EventState>, boolean]>([
    ['goes out when it says the same', 'First', asked, { title: 'First' }, false],
    ['waits when it says otherwise', 'Second', asked, { title: 'Second' }, true],
    ['waits when it names another field and the event says otherwise', 'Second', asked, { capacity: 50 }, true],
    ['goes out when the same was seen and it says the same', 'First', seen, { capacity: 50 }, false],
    ['waits when the same was seen and it says otherwise', 'Second', seen, { title: 'Second' }, true],
    [
      'goes out when nothing can come in any more',
      'Second',
      { ...asked, underWay: { ...underWay, until: NOW.toISOString() } },
      { title: 'Second' },
      false,
    ],
  ])('%s', (_, title, known, requested, waits) => {
    const ask = () => awaitOthers(anEvent({ revision: 2, title }), known, requested, NOW);
    if (waits) expect(ask).toThrow('may still come in');
    else expect(ask).not.toThrow();
  });
});

describe('what an earlier run asked for', () => {
  it.each([
    ['is on its way, now that it can send nothing any more', '2030-01-01T00:01:40.000Z', '2030-01-01T00:00:40.000Z'],
    ['is not waited for longer, run after run', '2030-01-01T00:00:40.000Z', '2030-01-01T00:00:40.000Z'],
    ['may be over', NOW.toISOString(), null],
  ])('%s', async (_, until, left) => {
    const known = { ...asked, underWay: { ...underWay, until } };
    const notes: Base<EventState>[] = [];
    const noteAsked = async (_holder: unknown, note: { base: Base<EventState> }) => void notes.push(note.base);
    const hastened = await shortenInFlight('event-1', known, { events: { noteAsked } }, {
      now: () => NOW,
    } as JobContext);
    expect(hastened.underWay).toEqual(left === null ? undefined : { ...underWay, until: left });
    expect(notes).toEqual(left === null || left === until ? [] : [hastened]);
  });
});

describe('a request', () => {
  const CAPACITY = { capacity: 50 };
  const ENDS: Record<string, Error | null> = {
    'is answered': null,
    'gets no answer': new OutcomeUnknownError('luma.unavailable', 'no answer'),
    'is not sent': new RetryableError('luma.unreachable', 'no connection'),
    'is refused': new PermanentError('luma.rejected', 'no'),
  };

  /** What is stored of the event, note by note, when it is asked for the capacity. */
  async function notesOf(known: Base<EventState>, ending: Error | null): Promise<Base<EventState>[]> {
    const notes: Base<EventState>[] = [];
    const noteAsked = async (_holder: unknown, note: { base: Base<EventState> }) => {
      notes.push(note.base);
    };
    const ctx = { now: () => NOW } as JobContext;
    const request = () => (ending === null ? Promise.resolve() : Promise.reject(ending));
    const intent = { eventId: 'event-1', send: CAPACITY, base: known };
    await sendWithIntent(intent, request, { events: { noteAsked } }, ctx).catch((error) => {
      if (error !== ending) throw error;
    });
    return notes;
  }
  const ofDying = { asked: CAPACITY, underWay: { said: CAPACITY, until: '2030-01-01T00:01:40.000Z' } };
  const ofLost = { asked: CAPACITY, underWay: { said: CAPACITY, until: '2030-01-01T00:00:10.000Z' } };

  it.each<[string, object[]]>([
    ['is answered', [ofDying]],
    ['gets no answer', [ofDying, ofLost]],
    ['is not sent', [ofDying, {}]],
    ['is refused', [ofDying, {}]],
  ])('is noted before it is sent, for as long as it may come in, and corrected when it %s', async (end, notes) => {
    expect(await notesOf(base, ENDS[end] ?? null)).toEqual(notes.map((note) => ({ ...base, ...note })));
  });

  it('is noted with the earlier ones, until the last of them cannot come in any more', async () => {
    const said = { title: 'First', ...CAPACITY };
    const [first, corrected] = await notesOf(seen, ENDS['gets no answer'] ?? null);
    expect(first?.underWay).toEqual({ said, until: '2030-01-01T00:01:40.000Z' });
    expect(corrected?.underWay).toEqual({ said, until: LATER });
  });

  it('is noted without those that cannot come in any more', async () => {
    const over = { ...seen, underWay: { ...underWay, until: NOW.toISOString() } };
    expect((await notesOf(over, null))[0]?.underWay?.said).toEqual(CAPACITY);
  });
});
