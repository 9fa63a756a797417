import { parseUrl, toNormalForm, withoutInvisible } from '../text/linear.js';
import type { EventField, EventState } from './event-state.js';

/*
 * Luma may store less than it was sent, or another writing of it: a long title is cut, a link loses its query.
 * The value that is shown then was made of ours and is no host's edit.
 */

/** Whether what Luma shows of a field was made of what was asked for. Asked only where it is not the same value. */
export function isRewriting(field: EventField, asked: unknown, shown: unknown): boolean {
  if (field === 'startsAt' || field === 'endsAt') return isWithinAMinute(asked, shown);
  if (field === 'coordinate') return isRounded(asked as EventState['coordinate'], shown as EventState['coordinate']);
  if (typeof asked !== 'string' || typeof shown !== 'string') return false;
  switch (field) {
    case 'title':
    case 'address':
      return isCut(asked, shown, LINE_MIN) || isSameInPlainSigns(asked, shown);
    case 'description':
      return isCut(asked, shown, TEXT_MIN);
    case 'meetingUrl':
      return isSameMeeting(asked, shown);
    default:
      return false;
  }
}

/**
 * The same for an event that was created a moment ago. Luma may then have written a place, a link or a picture in any
 * way of its own. But it makes up no words for a title and no other time: these are a host's, also so soon.
 */
export function isRewritingOfNew(field: EventField, asked: unknown, shown: unknown): boolean {
  if (field === 'startsAt' || field === 'endsAt') return isWithinAMinute(asked, shown);
  if (field === 'title') return hasOnlyLettersOf(String(asked), String(shown));
  return asked !== null;
}

/** Whether each letter and digit stands in the other text as well, in this order. */
function hasOnlyLettersOf(whole: string, part: string): boolean {
  const letters = toLetters(whole);
  let at = 0;
  for (const letter of toLetters(part)) {
    at = letters.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

const toLetters = (text: string): string[] => toNormalForm(text.toLowerCase(), 'NFKD').match(/[\p{L}\p{N}]/gu) ?? [];

/** A shorter beginning without an ellipsis is rather a host's own title. */
const LINE_MIN = 16;
/** A host may take the last paragraph away. */
const TEXT_MIN = 1_000;

function isCut(whole: string, shown: string, charactersMin: number): boolean {
  const [full, plain] = [toPlain(whole), toPlain(shown)];
  const kept = plain.replace(/(?:…|\.\.\.)$/, '').trim();
  const isMarked = kept !== plain && kept !== '';
  return kept.length < full.length && (isMarked || kept.length >= charactersMin) && full.startsWith(kept);
}

const toPlain = (text: string): string => toNormalForm(text, 'NFC').replace(/\s+/g, ' ').trim();

/** In compatible characters, and with the quotation marks and dashes of a keyboard. */
const isSameInPlainSigns = (asked: string, shown: string): boolean => toPlainSigns(asked) === toPlainSigns(shown);

const toPlainSigns = (text: string): string =>
  toNormalForm(withoutInvisible(text), 'NFKC')
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** From the fifth decimal on it is the same place. Whole degrees are a host's own. */
const DECIMALS_MAX = 4;

/** Whether both numbers are ours with fewer decimals, rounded or cut. */
function isRounded(asked: EventState['coordinate'], shown: EventState['coordinate']): boolean {
  if (asked === null || shown === null) return false;
  for (let decimals = 1; decimals <= DECIMALS_MAX; decimals += 1) {
    const unit = 10 ** decimals;
    const isMade = (ours: number, theirs: number) =>
      [Math.round(ours * unit), Math.trunc(ours * unit)].some((units) => Math.abs(units / unit - theirs) < 1e-9);
    if (isMade(asked.lat, shown.lat) && isMade(asked.lng, shown.lng)) return true;
  }
  return false;
}

/** Seconds are dropped; a host moves an event by minutes at least. */
function isWithinAMinute(asked: unknown, shown: unknown): boolean {
  return Math.abs(Date.parse(String(asked)) - Date.parse(String(shown))) < 60_000;
}

/** The same page with another query, scheme or `www.`; or our link inside a redirect. */
function isSameMeeting(asked: string, shown: string): boolean {
  const [ours, theirs] = [parseUrl(asked.trim()), parseUrl(shown.trim())];
  if (ours === null || theirs === null) return false;
  if (theirs.href.includes(encodeURIComponent(asked.trim()))) return true;
  const toPage = ({ hostname, pathname }: URL) => `${hostname.replace(/^www\./, '')}${pathname.replace(/\/$/, '')}`;
  return toPage(ours) === toPage(theirs);
}
