import { describe, expect, it } from '@jest/globals';
import type { Base, EventState } from '@luma-sync/domain';
import { agreedOn, anEvent } from '../../test/builders.js';
import { awaitOthers } from './under-way.js';

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
    ['waits while something else is asked for since', 'Second', { ...seen, asked: { capacity: 40 } }, {}, true],
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
