import { render, toPlainText } from '@react-email/render';
import { CouponMail, type CouponMailProps } from './coupon-mail.js';

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
}

/** Long titles are cut: mail clients show some 70 characters, and Resend refuses subjects near a thousand. */
const SUBJECT_MAX = 150;

/**
 * The mail that carries a coupon code, with the same words as HTML and as text.
 *
 * The same input gives the same bytes: the provider answers a repeat only when it equals the first.
 */
export async function renderCouponMail({
  eventTitle,
  code,
  poolName,
  eventUrl,
}: CouponMailProps): Promise<RenderedMail> {
  const title = toOneLine(eventTitle);
  const html = await render(
    CouponMail({ eventTitle: title, code, poolName: toOneLine(poolName), eventUrl: toWebUrl(eventUrl) }),
  );
  const text = toPlainText(html, {
    selectors: [
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'a', options: { linkBrackets: ['(', ')'] } },
    ],
  });
  return { subject: cut(`Your code for ${title}`), html, text };
}

/** A line break in a title could start another mail header at a careless provider. */
function toOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= SUBJECT_MAX ? text : `${characters.slice(0, SUBJECT_MAX - 1).join('')}…`;
}

/** The event's address comes from outside: only web addresses become a link, never `javascript:`. */
function toWebUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
