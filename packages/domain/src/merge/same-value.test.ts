import { describe, expect, it } from '@jest/globals';
import { isSameValue } from './same-value.js';

describe('same value', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['equal text', 'a', 'a', true],
    ['other text', 'a', 'b', false],
    ['none and none', null, null, true],
    ['none and empty text: told apart, since a reader of states has made one of the other', null, '', false],
    ['a place and none', { lat: 1, lng: 1 }, null, false],
    ['places within a metre', { lat: 48.137154, lng: 11.576124 }, { lat: 48.137158, lng: 11.57612 }, true],
    ['places two metres apart', { lat: 48.13715, lng: 11.57612 }, { lat: 48.13717, lng: 11.57612 }, false],
    ['places that differ in longitude alone', { lat: 1, lng: 1 }, { lat: 1, lng: 1.1 }, false],
  ])('%s', (_, a, b, same) => {
    expect(isSameValue(a, b)).toBe(same);
    expect(isSameValue(b, a)).toBe(same);
  });
});
