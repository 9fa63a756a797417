import { describe, expect, it } from '@jest/globals';
import { REMOVED_KEY, withoutBearerKeys } from './bearer-keys.js';

const KEY = 'g-OpensTheDoor';
const code = `https://luma.com/check-in/evt-1?pk=${KEY}`;

describe('withoutBearerKeys', () => {
  it.each([
    ['flat', { check_in_qr_code: code }],
    ['wrapped', { api_id: 'gst-1', guest: { check_in_qr_code: code } }],
    ['in a list', { entries: [{ check_in_qr_code: code }, { guest: { check_in_qr_code: code } }] }],
    ['under an old name', { guest: { proxy_key: KEY, guest_key: KEY } }],
    ['quoted in an answer', { registration_answers: [{ value: `my code: ${code}&x=1` }] }],
    ['as an object', { check_in_qr_code: { url: code } }],
  ])('removes the key %s', (_where, body) => {
    const kept = JSON.stringify(withoutBearerKeys(body));
    expect(kept).not.toContain(KEY);
    expect(kept).toContain(REMOVED_KEY);
  });

  it('leaves everything else as it is, and what it was given unchanged', () => {
    const body = {
      id: 'gst-1',
      n: 1.5,
      none: null,
      check_in_qr_code: null,
      list: [true, { text: 'pk', url: 'https://a.b/?q=1' }],
    };
    const before = structuredClone(body);
    expect(withoutBearerKeys(body)).toEqual(before);
    expect(body).toEqual(before);
  });

  it('reads any depth, and keeps a field called __proto__', () => {
    let deep: unknown = { check_in_qr_code: code };
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    let kept = withoutBearerKeys(deep);
    while (Array.isArray(kept)) [kept] = kept;
    expect(kept).toEqual({ check_in_qr_code: REMOVED_KEY });
    const odd = JSON.parse('{"__proto__": {"secret": "whsec_x"}}') as object;
    expect(JSON.stringify(withoutBearerKeys(odd))).toBe(`{"__proto__":{"secret":"${REMOVED_KEY}"}}`);
  });
});
