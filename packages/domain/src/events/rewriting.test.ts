import { describe, expect, it } from '@jest/globals';
import type { EventField } from './event-state.js';
import { isRewriting } from './rewriting.js';

const LONG = 'A title that goes on and on until Luma cuts it at forty characters';
const TEXT = 'One sentence of a long description. '.repeat(60);

describe('a value that Luma has rewritten', () => {
  it.each<[string, EventField, unknown, unknown, boolean]>([
    ['a title cut at forty characters', 'title', LONG, LONG.slice(0, 40), true],
    ['a title cut with an ellipsis', 'title', LONG, `${LONG.slice(0, 10)}…`, true],
    ['a title cut with three dots', 'title', LONG, `${LONG.slice(0, 10)}...`, true],
    ['a title cut within a letter of two characters', 'title', `${LONG} Ä`.normalize('NFD'), LONG, true],
    ['a short title that a host shortened', 'title', 'Meetup in Berlin', 'Meetup', false],
    ['a title that a host made longer', 'title', LONG.slice(0, 40), LONG, false],
    ['another title', 'title', LONG, 'Another title that goes on and on', false],
    ['an ellipsis alone', 'title', LONG, '…', false],
    ['a title in compatible characters', 'title', 'Ｔｅａ ﬁne', 'Tea fine', true],
    ['a title with plain quotes and dashes', 'title', '“Tea” – it’s fine', '"Tea" - it\'s fine', true],
    ['a title in other capitals', 'title', 'Tea time', 'TEA TIME', false],
    ['a title with another sign at its end', 'title', 'Tea time?', 'Tea time!', false],
    ['an address in compatible characters', 'address', 'Ｓtreet １', 'Street 1', true],
    ['a place rounded to two decimals', 'coordinate', { lat: 52.5249, lng: 13.4151 }, { lat: 52.52, lng: 13.42 }, true],
    ['a place cut to two decimals', 'coordinate', { lat: 52.5249, lng: 13.4151 }, { lat: 52.52, lng: 13.41 }, true],
    [
      'a place rounded south and west',
      'coordinate',
      { lat: -33.86881, lng: -70.66692 },
      { lat: -33.9, lng: -70.7 },
      true,
    ],
    ['a place rounded to whole degrees', 'coordinate', { lat: 52.5249, lng: 13.41 }, { lat: 53, lng: 13 }, false],
    ['another place', 'coordinate', { lat: 52.5249, lng: 13.4151 }, { lat: 52.5349, lng: 13.4151 }, false],
    [
      'another place with few decimals',
      'coordinate',
      { lat: 52.5249, lng: 13.4151 },
      { lat: 52.54, lng: 13.42 },
      false,
    ],
    ['no place', 'coordinate', { lat: 52.5249, lng: 13.4151 }, null, false],
    ['a description cut at its end', 'description', TEXT, TEXT.slice(0, 1_500), true],
    ['a description of which a host took the end', 'description', TEXT, TEXT.slice(0, 300), false],
    ['a link without its query', 'meetingUrl', 'https://zoom.us/j/1?pwd=x', 'https://www.zoom.us/j/1/', true],
    [
      'a link within a redirect',
      'meetingUrl',
      'https://zoom.us/j/1',
      'https://luma.com/go?to=https%3A%2F%2Fzoom.us%2Fj%2F1',
      true,
    ],
    ['another room', 'meetingUrl', 'https://zoom.us/j/1', 'https://zoom.us/j/2', false],
    ['no link', 'meetingUrl', 'https://zoom.us/j/1', null, false],
    ['a start without its seconds', 'startsAt', '2030-01-01T12:00:30.000Z', '2030-01-01T12:00:00.000Z', true],
    ['a start a minute later', 'startsAt', '2030-01-01T12:00:00.000Z', '2030-01-01T12:01:00.000Z', false],
    ['another visibility', 'visibility', 'members-only', 'public', false],
  ])('%s', (_, field, asked, shown, expected) => {
    expect(isRewriting(field, asked, shown)).toBe(expected);
  });
});
