import { describe, expect, it } from '@jest/globals';
import { renderEntry, type StoredEntry } from './render-entry.js';

const entry: StoredEntry = {
  fact: 'event-commanded',
  details: { revision: 4, command: 'approved' },
  message: null,
  kind: null,
  actor: null,
};

describe('an entry of the timeline', () => {
  it('is rendered from its fact', () => {
    expect(renderEntry(entry)).toEqual({ kind: 'decided', actor: 'luma-sync', message: 'Approved (revision 4).' });
  });

  it('names who did it where somebody is named', () => {
    expect(renderEntry({ ...entry, actor: 'ann' })).toMatchObject({ actor: 'ann' });
  });

  it('of an earlier version shows what was stored', () => {
    const stored = { message: 'As it was written.', kind: 'waiting', actor: 'shop' } as const;
    expect(renderEntry({ ...entry, ...stored })).toEqual(stored);
    expect(renderEntry({ ...stored, fact: null, details: null })).toEqual(stored);
  });

  it.each([
    ['a fact of another version', { fact: 'event-painted', details: { colour: 'red' } }],
    ['data that this version cannot read', { fact: 'event-edited', details: { revision: 1 } }],
    ['no data', { fact: 'event-edited', details: null }],
    ['the name of a method', { fact: 'toString', details: {} }],
  ])('costs its own message alone: %s', (_what, odd) => {
    expect(renderEntry({ ...entry, ...odd })).toEqual({
      kind: 'observed',
      actor: 'luma-sync',
      message: `Entry "${odd.fact}", which this version cannot show in words.`,
    });
  });
});
