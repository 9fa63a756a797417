import type { Load } from '../plan/load.js';
import { type Book, guestKey } from '../play/book.js';
import type { Sides } from './read-sides.js';

/**
 * Mails nobody should have had: Luma's because of us, and coupons. `missing`: coupon mails that somebody waits for in
 * vain.
 */
export function findMails(
  load: Load,
  book: Book,
  sides: Sides,
  mayMailOnRsvp: boolean,
): { unwanted: string[]; missing: string[] } {
  return {
    unwanted: [...lumaMails(book, sides, mayMailOnRsvp), ...couponMails(load, sides)],
    missing: missingCoupons(load, sides),
  };
}

/** With leave, Luma may write once for each answer the app gave or decided; without it, never. */
function lumaMails(book: Book, { ours, lumaMails: mails }: Sides, mayMailOnRsvp: boolean): string[] {
  const byUs = mails.filter(({ by }) => by === 'api');
  if (!mayMailOnRsvp) return byUs.map(({ kind, to }) => `Luma mailed ${to} (${kind}) because of us`);
  const numbers = new Map(ours.map(({ event }) => [event.luma?.eventId, event.externalId]));
  const unwanted: string[] = [];
  const counts = new Map<string, { added: number; all: number }>();
  for (const { kind, to, eventId } of byUs) {
    const number = /^event-(\d+)$/.exec(numbers.get(eventId) ?? '')?.[1];
    const said = book.rsvps.get(guestKey(Number(number ?? -1), toPerson(to)));
    const count = counts.get(`${eventId} ${to}`) ?? { added: 0, all: 0 };
    counts.set(`${eventId} ${to}`, count);
    count.all += 1;
    if (kind === 'guest-added') count.added += 1;
    if (kind !== 'guest-added' && kind !== 'guest-status') unwanted.push(`Luma mailed ${to} (${kind}) because of us`);
    else if (said === undefined) unwanted.push(`Luma mailed ${to} (${kind}), whom the app never named`);
    else if (count.added > 1) unwanted.push(`Luma mailed ${to} a second time about being added`);
    else if (count.all > said.commands)
      unwanted.push(`Luma mailed ${to} ${count.all} times for ${said.commands} answers`);
  }
  return unwanted;
}

const toPerson = (email: string): string => email.toLowerCase().split('@')[0] ?? '';

function couponMails(load: Load, { theirs, ours, mailbox }: Sides): string[] {
  const known = new Set(
    couponEvents(load, { theirs, ours }).flatMap(({ guests }) => guests.map(({ email }) => email.toLowerCase())),
  );
  const unwanted: string[] = [];
  const seen = new Set<string>();
  for (const to of mailbox.flatMap((mail) => mail.to.map((address) => address.toLowerCase()))) {
    if (seen.has(to)) unwanted.push(`${to} was mailed a coupon twice`);
    if (!known.has(to)) unwanted.push(`${to} was mailed a coupon and is a guest of no event that has any`);
    seen.add(to);
  }
  return unwanted;
}

function missingCoupons(load: Load, sides: Sides): string[] {
  const mailed = new Set(sides.mailbox.flatMap(({ to }) => to.map((address) => address.toLowerCase())));
  const entitled = new Set(
    couponEvents(load, sides).flatMap(({ guests }) =>
      guests.filter(({ status }) => status === 'approved').map(({ email }) => email.toLowerCase()),
    ),
  );
  return [...entitled]
    .filter((email) => !mailed.has(email))
    .map((email) => `${email} holds a place and was mailed no coupon`);
}

function couponEvents(load: Load, { theirs, ours }: Pick<Sides, 'theirs' | 'ours'>) {
  const keys = new Set(load.events.filter(({ role }) => role === 'coupons').map(({ number }) => `event-${number}`));
  const ids = new Set(
    ours.filter(({ event }) => keys.has(event.externalId ?? '')).map(({ event }) => event.luma?.eventId),
  );
  return theirs.filter(({ id }) => ids.has(id));
}
