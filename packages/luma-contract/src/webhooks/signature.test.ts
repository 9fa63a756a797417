import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signWebhook, verifyWebhook } from './signature.js';

const secret = 'whsec_EXAMPLE';
const rawBody = '{"type":"event.updated","data":{}}';
const at = 1_760_000_000;
const header = signWebhook({ secret, rawBody, timestampSeconds: at });
const verify = (over: Partial<Parameters<typeof verifyWebhook>[0]>) =>
  verifyWebhook({ secrets: [secret], header, rawBody, nowSeconds: at, toleranceSeconds: 600, ...over });

describe('webhook signatures', () => {
  it('T55 the form is fixed: any change here would refuse every real delivery', () => {
    // Computed with openssl: printf '1760000000.{"type":"event.updated","data":{}}' | openssl dgst -sha256 -hmac
    // whsec_EXAMPLE
    expect(header).toBe('t=1760000000,v1=9b5ad6c9f5c232e5bb471e5bab33f163e134b5eba4d6bd7b54fd1c1e8f8c3b3c');
  });

  it('verify accepts exactly what sign made, over any bytes, secret and time', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.integer({ min: -600, max: 600 }),
        (bytes, key, timestampSeconds, drift) => {
          const signed = signWebhook({ secret: key, rawBody: bytes, timestampSeconds });
          const input = { secrets: [key], header: signed, rawBody: bytes, nowSeconds: timestampSeconds + drift };
          expect(verifyWebhook({ ...input, toleranceSeconds: 600 })).toEqual({
            ok: true,
            timestampSeconds,
            secretIndex: 0,
          });
        },
      ),
    );
  });

  it('one changed byte of body or header, or another secret, is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, where, flip) => {
        const signed = signWebhook({ secret, rawBody: bytes, timestampSeconds: at });
        const index = where % bytes.length;
        const changed = Uint8Array.from(bytes, (byte, i) => (i === index ? byte ^ flip : byte));
        expect(verify({ header: signed, rawBody: changed })).toEqual({ ok: false, reason: 'mismatch' });
      }),
    );
    expect(verify({ header: header.replace('t=1760000000', 't=1760000001') })).toEqual({
      ok: false,
      reason: 'mismatch',
    });
    expect(verify({ secrets: ['whsec_OTHER'] })).toEqual({ ok: false, reason: 'mismatch' });
    expect(verify({ secrets: [secret.replace('whsec_', '')] })).toEqual({ ok: false, reason: 'mismatch' });
    expect(verify({ secrets: [] })).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('T56 a delivery signed too long ago, or in the future, is stale; the limit itself is not', () => {
    expect(verify({ nowSeconds: at + 600 })).toMatchObject({ ok: true });
    expect(verify({ nowSeconds: at + 601 })).toEqual({ ok: false, reason: 'stale' });
    expect(verify({ nowSeconds: at - 601 })).toEqual({ ok: false, reason: 'stale' });
  });

  it('the previous secret still verifies while it is given, and one of several signatures is enough', () => {
    expect(verify({ secrets: ['whsec_NEW', secret] })).toEqual({ ok: true, timestampSeconds: at, secretIndex: 1 });
    const other = signWebhook({ secret: 'whsec_NEW', rawBody, timestampSeconds: at });
    const both = `${other},${header.slice(header.indexOf('v1='))}`;
    expect(verify({ header: both })).toMatchObject({ ok: true });
    expect(verify({ header: ` ${header.replace(',', ' , ')},v2=abc ` })).toMatchObject({ ok: true });
  });

  it.each([[undefined], [''], ['  ']])('no header is missing: %j', (none) => {
    expect(verify({ header: none })).toEqual({ ok: false, reason: 'missing' });
  });

  it.each([
    [`v1=${'a'.repeat(64)}`],
    ['t=1760000000'],
    [`t=abc,v1=${'a'.repeat(64)}`],
    [`t=1,t=1760000000,v1=${'a'.repeat(64)}`],
    ['t=1760000000,v1=xyz'],
    [`t=1760000000,v1=${'a'.repeat(63)}`],
    ['nonsense'],
    [`t=1760000000${(`,v1=${'a'.repeat(64)}`).repeat(11)}`],
  ])('a header that is no signature is malformed: %s', (malformed) => {
    expect(verify({ header: malformed })).toEqual({ ok: false, reason: 'malformed' });
  });

  it('never throws, whatever arrives', () => {
    fc.assert(fc.property(fc.string(), (junk) => void expect(verify({ header: junk }).ok).toBe(false)));
  });
});
