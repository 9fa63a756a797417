import { expect, it } from '@jest/globals';
import { isWebhookOf } from './calendar-webhook.js';

const id = '11111111-2222-4333-8444-aaaaaaaaaaaa';
const owner = { publicUrl: 'https://sync.example.org/luma', calendarId: id, name: 'Höhle/Süd' };
const base = 'https://sync.example.org/luma/webhooks/luma';

it.each([
  [`${base}/${id}`, true],
  [`${base}/${id.toUpperCase()}/`, true],
  [`https://SYNC.example.org:443/luma/webhooks/luma/${id}?from=luma`, true],
  [`${base}/H%C3%B6hle%2FS%c3%bcd`, true],
  [`${base}/Höhle%2fSüd`, true],
  // Two parts of a path are no name with a slash in it.
  [`${base}/Höhle/Süd`, false],
  [`${base}/höhle%2Fsüd`, false],
  [`${base}/%E0%A4%A`, false],
  [`https://sync.example.org/webhooks/luma/${id}`, false],
  [`http://sync.example.org/luma/webhooks/luma/${id}`, false],
  [`https://other.example.org/luma/webhooks/luma/${id}`, false],
  [`${base}`, false],
  ['not an address', false],
])('%s is the webhook’s address: %s', (url, isOurs) => {
  expect(isWebhookOf(url, owner)).toBe(isOurs);
});
