import { normalizeEmail, spellingsOf } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { findPersonByKey } from '../people/store-person.js';

/** Whose data is exported or erased, with everything that leads to it. */
export interface Subject {
  personIds: string[];
  /** As stored, and in the other spellings that texts and older rows may hold. */
  emails: string[];
  rsvpIds: string[];
  /** Events that the person answered or hosts, or whose guest list earned them a code. */
  eventIds: string[];
  lumaGuestIds: string[];
  assignmentIds: string[];
  /** Finds an address or a guest's id of theirs inside a text, as a whole and not as a part of a longer one. */
  pattern: string;
}

/**
 * @param key The app's id of a person, ours, or a mail address. With an address also who is only a host, or is only
 *   named in what was received.
 * @returns null when an id names nobody.
 */
export async function findSubject(db: Db, key: string): Promise<Subject | null> {
  const email = key.includes('@') ? normalizeEmail(key) : null;
  const person = email === null ? await findPersonByKey(db, key) : await db.person.findUnique({ where: { email } });
  if (person === null && email === null) return null;
  const personIds = person === null ? [] : [person.id];
  const answers = await db.$queryRaw<{ id: string; eventId: string; guestId: string | null; asked: string | null }[]>`
    select r.id, r.event_id as "eventId", l.luma_guest_id as "guestId", l.asked_email as asked
    from rsvps r left join rsvp_links l on l.rsvp_id = r.id where r.person_id = any(${personIds}::uuid[])`;
  const emails = distinct([email, person?.email, ...answers.map(({ asked }) => asked)].flatMap(toSpellings));
  const assignments = await db.couponAssignment.findMany({
    where: { personId: { in: personIds } },
    select: { id: true, eventId: true },
  });
  const hosted = await db.$queryRaw<{ eventId: string }[]>`
    select distinct event_id as "eventId" from event_hosts where lower(email) = any(${emails}::text[])`;
  const lumaGuestIds = distinct(answers.map(({ guestId }) => guestId));
  return {
    personIds,
    emails,
    rsvpIds: answers.map(({ id }) => id),
    eventIds: distinct([...answers, ...assignments, ...hosted].map(({ eventId }) => eventId)),
    lumaGuestIds,
    assignmentIds: assignments.map(({ id }) => id),
    pattern: toPattern([...emails, ...lumaGuestIds]),
  };
}

/** For Postgres' `~*`. Nothing to look for finds nothing. */
function toPattern(texts: readonly string[]): string {
  if (texts.length === 0) return 'a^';
  const escaped = texts.map((text) => text.replace(/[^\p{L}\p{N}@_-]/gu, '\\$&'));
  return `(?<![\\w.+%-])(${escaped.join('|')})(?![\\w-])`;
}

const toSpellings = (email: string | null | undefined): string[] =>
  email == null ? [] : [email, ...spellingsOf(email)];

const distinct = (values: readonly (string | null | undefined)[]): string[] => [
  ...new Set(values.filter((value): value is string => value != null && value !== '')),
];

/** How the audit log names a subject: by our id, which says nothing once the person is erased. */
export const subjectName = ({ personIds: [id] }: Subject): string => id ?? 'a mail address';
