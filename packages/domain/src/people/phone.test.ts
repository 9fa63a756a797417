import { expect, it } from '@jest/globals';
import { normalizePhone } from './phone.js';

it.each([
  ['+91 98450 12345', '+919845012345'],
  [' +1 (415) 555-2671 ', '+14155552671'],
  ['+1 415 555 2671 ext. 5', '+14155552671'],
  ['+49 (0) 171 5550001', '+491715550001'],
  ['+4901715550001', '+491715550001'],
  ['0049 171 5550001', '+491715550001'],
  ['＋４９ 171 5550001', '+491715550001'],
  // Signs that cannot be seen come along when a number is copied from a contact.
  ['\u202a+49 171 5550001\u202c', '+491715550001'],
  ['+49\u200e1715550001', '+491715550001'],
  ['+49 171\u200b555\u00ad0001\ufeff', '+491715550001'],
  ['+49\u2011171\u2011555\u20110001', '+491715550001'],
  ['tel:+49-171-555-0001', '+491715550001'],
  ['+44 (0)20 7946 0958', '+442079460958'],
  ['+39 06 698 12345', '+390669812345'],
  // Brazil: 0, the two digits of a carrier of one's choice, then the area.
  ['+55 (0xx11) 5555-1234', '+551155551234'],
  ['+55 0XX 11 5555-1234', '+551155551234'],
  ['+49 (89) 123-45.67', '+49891234567'],
  // A plan of numbers that the library does not know any more.
  ['+52 1 55 1234 5678', '+5215512345678'],
])('%s is %s, and that is itself', (text, normal) => {
  expect(normalizePhone(text)).toBe(normal);
  expect(normalizePhone(normal)).toBe(normal);
});

it.each(['98450 12345', '089 1234567', '+91 12', '+0123456789', '+12345', 'call me', '', ' ', '+', '1'.repeat(500)])(
  '%j is no number whose country is told',
  (text) => {
    expect(normalizePhone(text)).toBeNull();
  },
);
