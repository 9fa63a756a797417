import { parseUrl, toVisibleLine } from '@luma-sync/domain';
import { render, toPlainText } from '@react-email/render';
import { CouponMail, type CouponMailProps } from './coupon-mail.js';

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
}

/** Long titles are cut: mail clients show some 70 characters, and Resend refuses subjects near a thousand. */
const SUBJECT_MAX = 150;
/** In the mail itself: a host at Luma may write any title, and a page of it says no more than a line. */
const LINE_MAX = 500;

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
  const title = toOneLine(cut(eventTitle, LINE_MAX));
  const html = await render(
    CouponMail({ eventTitle: title, code, poolName: toOneLine(cut(poolName, LINE_MAX)), eventUrl: toWebUrl(eventUrl) }),
  );
  const text = toPlainText(html, {
    selectors: [
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'a', options: { linkBrackets: ['(', ')'] } },
    ],
  });
  return { subject: cut(`Your code for ${title}`, SUBJECT_MAX), html, text };
}

/** A line break in a title could start another mail header at a careless provider. */
function toOneLine(text: string): string {
  return toVisibleLine(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
}

function cut(text: string, lengthMax: number): string {
  // A character has two halves at most, so what lies behind is never read.
  const characters = [...text.slice(0, 2 * (lengthMax + 1))];
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join('')}…`;
}

/** The event's address comes from outside: only web addresses become a link, never `javascript:`. */
function toWebUrl(url: string | null): string | null {
  const parsed = url === null ? null : parseUrl(url);
  if (parsed === null) return null;
  const { protocol, href } = parsed;
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
