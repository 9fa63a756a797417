import { describe, expect, it } from '@jest/globals';
import type { Base, EventState } from '@luma-sync/domain';
import { agreedOn, anEvent } from '../../test/builders.js';
import { awaitOthers } from './under-way.js';

const NOW = new Date('2030-01-01T00:00:00.000Z');
const LATER = '2030-01-01T00:01:00.000Z';
const base = agreedOn(anEvent());
const asked: Base<EventState> = { ...base, asked: { title: 'First' }, mayArriveUntil: [LATER] };
/** The repeat was seen, and the first request may still come in. */
const repeated: Base<EventState> = {
  ...base,
  repeated: { ours: { title: 'First' }, luma: { title: 'First' }, until: '2030-01-01T00:11:00.000Z' },
  mayArriveUntil: [LATER],
};

describe('what is asked of Luma while an earlier request may still come in', () => {
  it.each<[string, string, Base<EventState>, Partial<EventState>, boolean]>([
    ['goes out when it says the same', 'First', asked, { title: 'First' }, false],
    ['waits when it says otherwise', 'Second', asked, { title: 'Second' }, true],
    ['waits when it names another field and the event says otherwise', 'Second', asked, { capacity: 50 }, true],
    ['goes out when the repeat was seen and it says the same', 'First', repeated, { capacity: 50 }, false],
    ['waits when the repeat was seen and it says otherwise', 'Second', repeated, { title: 'Second' }, true],
    [
      'waits when the repeat was seen and something else is asked for since',
      'Second',
      { ...repeated, asked: { capacity: 40 } },
      { title: 'Second' },
      true,
    ],
    [
      'goes out when nothing can come in any more',
      'Second',
      { ...asked, mayArriveUntil: [] },
      { title: 'Second' },
      false,
    ],
  ])('%s', (_, title, known, requested, waits) => {
    const ask = () => awaitOthers(anEvent({ revision: 2, title }), known, requested, NOW);
    if (waits) expect(ask).toThrow('may still come in');
    else expect(ask).not.toThrow();
  });
});
