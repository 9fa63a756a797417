import { describe, expect, it } from '@jest/globals';
import { toRecordKey } from './record-key.js';

describe('toRecordKey', () => {
  it.each([
    ['event.updated', { id: 'evt-1' }, 'evt-1'],
    ['event.canceled', { api_id: 'evt-1' }, 'evt-1'],
    ['calendar.event.added', { id: 'calev-1' }, 'calev-1'],
    ['guest.registered', { id: 'gst-1', event: { id: 'evt-1' } }, 'evt-1'],
    ['guest.updated', { id: 'gst-1', event: { api_id: 'evt-1' } }, 'evt-1'],
    ['ticket.registered', { id: 'gst-1', event_id: 'evt-1' }, 'evt-1'],
    // What names no event, or names it strangely, stands for itself.
    ['guest.refunded', { id: 'gst-1' }, null],
    ['event.updated', null, null],
    ['event.updated', 'evt-1', null],
    ['event.updated', { id: 7 }, null],
    ['event.updated', { id: '' }, null],
    ['event.updated', { id: 'evt\u0000' }, null],
    ['event.updated', { id: 'e'.repeat(201) }, null],
  ])('%s %j: %s', (type, data, expected) => {
    expect(toRecordKey(type, data)).toBe(expected);
  });
});
