import { type RsvpStatus, toApprovalStatus } from '@luma-sync/domain';
import type { Sending } from '../luma/sendings.js';
import type { Play } from '../play.js';
import type { Said, SaidBySides } from '../scenarios/said.js';
import type { Verdict } from './check-invariants.js';
import { personKeyOf } from './guests.js';

/**
 * Luma may mail somebody about what the app said, once for each time it said something, and only where the calendar
 * allows it. Checked against what we allowed and what the simulated Luma mailed. Whether Luma mails about a repeat is
 * not known, so no repeat may allow it.
 */
export function checkMails(play: Play, said: SaidBySides, verdict: Verdict): void {
  checkMailed(play, said, verdict);
  const mailing = play.sendings.list.filter(({ mayMail }) => mayMail);
  checkAnswers(play, mailing, said, verdict);
  checkEdits(play, mailing, said, verdict);
}

function checkMailed(play: Play, said: SaidBySides, verdict: Verdict): void {
  const { mailOnRsvp = false, mailOnUpdate = false } = play.options;
  const ourIds = new Map([...play.tables.eventLinks].map(([id, link]) => [link.lumaEventId, id]));
  const counts = new Map<string, number>();
  for (const { kind, by, eventId, to } of play.luma.world.mails.list()) {
    if (by !== 'api') continue;
    const isAboutEvent = kind === 'event-updated';
    const who = personKeyOf(to);
    // Who registered twice, under two addresses, is two guests to Luma: each is told of an edit.
    const key = isAboutEvent ? `update of ${eventId} to ${to}` : `answer of ${eventId} to ${who}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const id = ourIds.get(eventId) ?? '';
    const wordCount = isAboutEvent ? (said.edits.get(id) ?? 0) : (said.answers.get(`${id} ${who}`)?.length ?? 0);
    const allowed = (isAboutEvent ? mailOnUpdate : mailOnRsvp) ? wordCount : 0;
    if (count > allowed) verdict.unwantedMails.push(`${kind} ${key}: ${count}, allowed ${allowed}`);
  }
}

/** Each answer may go out once with mail. */
function checkAnswers({ options }: Play, mailing: readonly Sending[], said: SaidBySides, verdict: Verdict): void {
  const used = new Set<Said>();
  const crowds = new Map<string, number>();
  for (const sending of mailing) {
    if (sending.kind !== 'add' && sending.kind !== 'status') continue;
    for (const email of sending.emails) {
      const who = personKeyOf(email);
      const what = `${sending.kind} of ${who} to ${sending.lumaEventId} as ${sending.status}`;
      if (options.mailOnRsvp !== true) verdict.unwantedMails.push(`${what}: the calendar allows no mail`);
      const answer = carried(sending, said.answers.get(`${sending.eventId} ${who}`) ?? []).find(
        (candidate) => !used.has(candidate),
      );
      if (answer === undefined) verdict.unwantedMails.push(`${what}: sent with mail again, or never said`);
      else {
        used.add(answer);
        // A no is not due with the others: it may wait for a guest to say it to. A person's own answer is their own
        // mail.
        if (sending.status === 'declined' || answer.isOwn === true) continue;
        const crowd = `${sending.eventId} ${answer.at} ${sending.run.operation.id}`;
        crowds.set(crowd, (crowds.get(crowd) ?? 0) + 1);
      }
    }
  }
  const limit = options.mailConfirmAbove ?? Number.POSITIVE_INFINITY;
  for (const [crowd, count] of crowds) {
    const [eventId = '', at = ''] = crowd.split(' ');
    if (count > limit + confirmed(said, eventId, Number(at)))
      verdict.unwantedMails.push(
        `answers to ${eventId}: ${count} of one moment sent with mail by one operation, ${limit} need no word`,
      );
  }
}

/** How many people were named up to a moment, and since it while their answers were on their way. */
function confirmed({ permits }: SaidBySides, eventId: string, at: number): number {
  const words = permits.filter((permit) => permit.eventId === eventId && Math.abs(permit.at - at) < DAY_MS);
  return words.reduce((sum, { recipients }) => sum + recipients, 0);
}

const DAY_MS = 86_400_000;

/** Which answers a sending may stand for: the last one before its run began, and those that came since. */
function carried({ at, run, status }: Sending, answers: readonly Said[]): Said[] {
  const alike = answers.filter((answer) => answer.at <= at && toApprovalStatus(answer.value as RsvpStatus) === status);
  const before = alike.filter((answer) => answer.at <= run.startedAt);
  return [...before.slice(-1), ...alike.slice(before.length)];
}

/** What Luma mails guests about; everything else may travel with it. */
const MAILED = new Set(['title', 'startsAt', 'endsAt', 'timezone', 'address', 'coordinate']);

/** An update may go out with mail when it carries something the app said since one last did. */
function checkEdits({ options }: Play, mailing: readonly Sending[], said: SaidBySides, verdict: Verdict): void {
  const lastSentAt = new Map<string, number>();
  for (const sending of mailing) {
    if (sending.kind !== 'update') continue;
    const what = `update of ${sending.lumaEventId} (${sending.fields.join(', ')})`;
    if (options.mailOnUpdate !== true) verdict.unwantedMails.push(`${what}: the calendar allows no mail`);
    const fields = sending.fields.filter((field) => MAILED.has(field));
    const isNews = fields.some((field) => {
      const since = lastSentAt.get(`${sending.eventId} ${field}`) ?? Number.NEGATIVE_INFINITY;
      const words = said.app.get(`${sending.eventId} ${field}`) ?? [];
      return words.some(({ at }) => at >= since && at <= sending.at);
    });
    if (!isNews) verdict.unwantedMails.push(`${what}: sent with mail again, or never said`);
    for (const field of fields) lastSentAt.set(`${sending.eventId} ${field}`, sending.run.startedAt);
  }
}
