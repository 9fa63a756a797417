import { describe, it } from '@jest/globals';
import { expectRendered, type Row } from '../test/expect-rendered.js';

describe('the messages of coupons and calendars', () => {
  it.each<Row>([
    [
      { fact: 'coupon-assigned', pool: 'Drinks', mail: 'asked-for', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'A code of "Drinks" was given, for a confirmed place; a mail is on its way.',
    ],
    [
      { fact: 'coupon-assigned', pool: 'Drinks', mail: 'not-wanted', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'A code of "Drinks" was given, for a confirmed place; no mail, since none was asked for.',
    ],
    [
      { fact: 'coupon-assigned', pool: 'Drinks', mail: 'no-address', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'A code of "Drinks" was given, for a confirmed place; no mail, since the person has no address.',
    ],
    [
      { fact: 'coupon-mail-asked', pool: 'Drinks', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'The code of "Drinks", given before without a mail, is mailed now: a guest pull asked for it.',
    ],
    [
      { fact: 'coupon-missing', pool: 'Drinks' },
      'waiting',
      'luma-sync',
      'The guest earned a code of "Drinks", and none is left; new codes of the pool are given out by themselves.',
    ],
    [
      { fact: 'coupon-pool-empty', pool: 'Drinks' },
      'waiting',
      'luma-sync',
      'The coupon pool "Drinks" has no codes left for guests of this event; new codes of the pool are given out ' +
        'by themselves.',
    ],
    [
      { fact: 'coupon-mailed', providerId: 'm1' },
      'mailed',
      'luma-sync',
      'The coupon code was mailed, since the guest has a confirmed place (m1).',
    ],
    [
      { fact: 'coupon-withdrawn', reason: 'no-place' },
      'decided',
      'luma-sync',
      'The coupon code was taken back before it was mailed: the person holds no place any more.',
    ],
    [
      { fact: 'coupon-withdrawn', reason: 'event-cancelled' },
      'decided',
      'luma-sync',
      'The coupon code was taken back before it was mailed: the event was cancelled.',
    ],
    [
      { fact: 'coupon-settled', isSent: true },
      'decided',
      'luma-sync',
      'The coupon mail, of which nobody knew, was found to have arrived.',
    ],
    [
      { fact: 'coupon-settled', isSent: false },
      'decided',
      'luma-sync',
      'The coupon mail, of which nobody knew, did not arrive and is sent again.',
    ],
    [{ fact: 'calendar-created', kind: 'luma' }, 'decided', 'luma-sync', 'The calendar was added, of kind luma.'],
    [
      { fact: 'calendar-changed', fields: ['name', 'apiKey'] },
      'decided',
      'luma-sync',
      'Settings changed: name, apiKey.',
    ],
    [
      { fact: 'coupon-pool-created', pool: 'Drinks' },
      'decided',
      'luma-sync',
      'The coupon pool "Drinks" was made for this calendar.',
    ],
    [{ fact: 'coupon-codes-added', pool: 'Drinks', codes: 1 }, 'decided', 'luma-sync', '1 code was added to "Drinks".'],
    [
      { fact: 'calendar-status', status: 'ok', reason: null },
      'observed',
      'luma',
      'Luma accepts the key again; what waited goes on.',
    ],
    [
      { fact: 'calendar-status', status: 'auth_failed', reason: '401 for GET /v1/events/get' },
      'observed',
      'luma',
      'Luma refuses the calendar’s key (401 for GET /v1/events/get); its work waits, and goes on by itself when ' +
        'the key works again.',
    ],
    [
      { fact: 'calendar-status', status: 'disconnected', reason: 'Luma cannot be reached' },
      'observed',
      'luma-sync',
      'A test of the connection to Luma failed (Luma cannot be reached); work goes on trying.',
    ],
    [
      { fact: 'calendar-status', status: 'connected', reason: null },
      'observed',
      'luma',
      'Luma answers the calendar’s key again.',
    ],
    [
      { fact: 'calendar-status', status: 'plan_inactive', reason: null },
      'observed',
      'luma',
      'Luma says that the calendar has no active plan; its work waits, and goes on by itself when the key works again.',
    ],
  ])('%j', expectRendered);
});
