import { describe, expect, it } from '@jest/globals';
import { judgeSilence } from './is-silent.js';

const NOW = new Date('2030-03-16T12:00:00.000Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

describe('a webhook that stands', () => {
  it.each([
    ['speaks while nothing was found that it kept to itself', null, ago(600), null, 'no'],
    ['may be in flight', ago(1), null, null, 'no'],
    ['spoke since', ago(10), ago(9), null, 'no'],
    ['was renewed since', ago(10), null, ago(5), 'no'],
    ['is silent', ago(10), ago(60), null, 'renew'],
    ['never spoke', ago(10), null, null, 'renew'],
    ['is silent again, long after it was renewed', ago(10), ago(60), ago(400), 'renew'],
    ['stays silent after it was renewed', ago(10), ago(60), ago(30), 'hopeless'],
  ] as const)('%s', (_what, unannouncedAt, heardAt, repairedAt, silence) => {
    expect(judgeSilence({ unannouncedAt, heardAt, repairedAt }, NOW)).toBe(silence);
  });
});
