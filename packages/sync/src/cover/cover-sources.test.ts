import { expect, it } from '@jest/globals';
import { coverSources } from './cover-sources.js';

const byTag = { Music: 'https://a.example/music.png', art: 'https://a.example/art.png' };
const otherwise = 'https://a.example/any.png';

it.each([
  [
    'its own cover, then that of its tag, then the placeholder',
    'https://b.example/1.png',
    ['art'],
    ['https://b.example/1.png', byTag.art, otherwise],
  ],
  ['the cover of the first tag that has one', null, ['food', ' MUSIC ', 'art'], [byTag.Music, otherwise]],
  ['the placeholder alone', null, [], [otherwise]],
  ['each address once', otherwise, ['food'], [otherwise]],
])('an event is tried with %s', (_, coverUrl, tags, sources) => {
  expect(coverSources({ coverUrl, tags }, { byTag, otherwise })).toEqual(sources);
});

it('an event without cover and without any fallback has none', () => {
  expect(coverSources({ coverUrl: null, tags: ['art'] }, { byTag: {}, otherwise: null })).toEqual([]);
  // A tag that is the name of something every object has.
  expect(coverSources({ coverUrl: null, tags: ['constructor'] }, { byTag: {}, otherwise: null })).toEqual([]);
});
