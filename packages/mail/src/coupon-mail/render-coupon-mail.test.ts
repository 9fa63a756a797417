import { describe, expect, it } from '@jest/globals';
import { renderCouponMail } from './render-coupon-mail.js';

const input = {
  eventTitle: 'Autumn Meetup',
  code: 'TEA-4711',
  poolName: 'Tea House',
  eventUrl: 'https://luma.com/autumn',
};

describe('renderCouponMail', () => {
  it('names event, pool and code in HTML and text, and the event in the subject', async () => {
    const { subject, html, text } = await renderCouponMail(input);
    expect(subject).toBe('Your code for Autumn Meetup');
    for (const part of [html, text]) {
      expect(part).toContain('Autumn Meetup');
      expect(part).toContain('TEA-4711');
      expect(part).toContain('Tea House');
      expect(part).toContain('https://luma.com/autumn');
    }
  });

  it('writes out characters that turn a line round or hide part of it', async () => {
    const { subject, html, text } = await renderCouponMail({ ...input, eventTitle: 'Free\u202egpj.exe\u0085\u2066' });
    expect(subject).toBe('Your code for Free\\u{202e}gpj.exe \\u{2066}');
    for (const part of [html, text]) expect(part).not.toMatch(/[\u202e\u2066\u0085]/);
  });

  it('shows markup in any field as text', async () => {
    const evil = '<script>alert("1")</script>';
    const { html, text } = await renderCouponMail({
      eventTitle: evil,
      code: evil,
      poolName: `${evil} & Co`,
      eventUrl: null,
    });
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(html).toContain('&amp; Co');
    expect(text).toContain(evil);
  });

  it('keeps a quote in the address inside its attribute', async () => {
    const { html } = await renderCouponMail({
      ...input,
      eventUrl: 'https://luma.com/a?x="><img src=x onerror=alert(1)>',
    });
    expect(html).not.toContain('<img');
    expect(html).toContain('href="https://luma.com/a?');
  });

  it.each([
    ['no address', null],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,<b>x</b>'],
    ['no URL at all', 'luma.com/autumn'],
  ])('has no link when the event gives %s', async (_, eventUrl) => {
    const { html, text } = await renderCouponMail({ ...input, eventUrl });
    expect(html).not.toContain('<a ');
    expect(html).not.toContain('See the event');
    expect(text).not.toContain('See the event');
  });

  it('keeps the subject one line, whatever the title holds', async () => {
    const { subject } = await renderCouponMail({ ...input, eventTitle: ' Meetup\r\nBcc: someone\u2028\u0000 here ' });
    expect(subject).toBe('Your code for Meetup Bcc: someone here');
  });

  it('cuts a long title between characters, not inside one', async () => {
    const { subject } = await renderCouponMail({ ...input, eventTitle: '🍵'.repeat(400) });
    expect([...subject]).toHaveLength(150);
    expect(subject.endsWith('🍵…')).toBe(true);
  });

  it('gives the same bytes for the same input, since the provider answers only an equal repeat', async () => {
    expect(await renderCouponMail(input)).toEqual(await renderCouponMail({ ...input }));
  });
});
