import { describe, expect, it } from '@jest/globals';
import { checkImage } from './check-image.js';

/** The head of a PNG, which is all that is looked at. */
function png(width: number, height: number): Uint8Array {
  const head = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(head);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  head[24] = 8;
  return head;
}

const JPEG_640_480 = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0001108' + '01e0' + '0280' + '03012200021101031101ffd9',
  'hex',
);
const GIF = Buffer.from('47494638396180028002f00000', 'hex');
const SVG = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"></svg>');

describe('a cover', () => {
  it.each([
    ['PNG', png(1200, 630), 'image/png'],
    ['JPEG', JPEG_640_480, 'image/jpeg'],
  ])('is taken as %s', (_, bytes, contentType) => {
    expect(checkImage(bytes)).toBe(contentType);
  });

  it.each([
    ['SVG', SVG, /SVG.*JPEG and PNG/],
    ['GIF', GIF, /GIF.*JPEG and PNG/],
    ['a page', Buffer.from('<!doctype html><title>Log in</title>'), /no image/],
    ['nothing', Buffer.alloc(0), /no image/],
    ['half a head', png(1200, 630).subarray(0, 12), /no image/],
  ])('is refused as %s, in words that say what to do', (_, bytes, words) => {
    expect(() => checkImage(bytes)).toThrow(
      expect.objectContaining({
        code: 'cover.unsupported_type',
        verdict: 'fail',
        message: expect.stringMatching(words),
      }),
    );
  });

  it.each([
    [1, 1],
    [1200, 63],
    [10_001, 630],
  ])('is refused with %i x %i pixels', (width, height) => {
    expect(() => checkImage(png(width, height))).toThrow(expect.objectContaining({ code: 'cover.unsupported_size' }));
  });
});
