import { describe, expect, it } from '@jest/globals';
import type { RunFact, TimelineFact } from './facts.js';
import { renderEntry } from './render-entry.js';
import { renderFact } from './render-fact.js';

const seen = { via: 'webhook', seenAt: '2030-01-02T14:02:59.000Z' };
const guest = {
  fact: 'rsvp-seen',
  status: 'going',
  approvalStatus: 'approved',
  tickets: 1,
  checkedInAt: null,
  ...seen,
} as const;
const run = {
  fact: 'run',
  job: 'event.push',
  trigger: 'api',
  askedBy: 'shop',
  ending: { kind: 'done', details: {} },
  requests: [],
  requestsMore: 0,
} satisfies RunFact;
const request = { method: 'GET', path: '/v1/events/get', status: 200, durationMs: 40, code: null };

type Row = [fact: TimelineFact, kind: string, actor: string, message: string];

describe('the words of', () => {
  it.each<Row>([
    [
      { fact: 'event-created', approval: 'approved', hostRole: null },
      'decided',
      'luma-sync',
      'Created, approved: the app named no role of a host.',
    ],
    [
      { fact: 'event-created', approval: 'pending', hostRole: 'citizen' },
      'decided',
      'luma-sync',
      'Created, pending: the role of the host is citizen.',
    ],
    [
      { fact: 'event-edited', revision: 2, fields: ['title', 'capacity'], approval: null },
      'decided',
      'luma-sync',
      'Edited (revision 2): title, capacity.',
    ],
    [
      { fact: 'event-edited', revision: 3, fields: ['host'], approval: 'pending' },
      'decided',
      'luma-sync',
      'Edited (revision 3): host; now pending.',
    ],
    [
      { fact: 'event-commanded', revision: 4, command: 'cancelled, to be hidden at Luma' },
      'decided',
      'luma-sync',
      'Cancelled, to be hidden at Luma (revision 4).',
    ],
    [
      { fact: 'event-create-asked', slug: 'yoga-1a2b' },
      'asked',
      'luma-sync',
      'Asked Luma to create the event under the address "yoga-1a2b".',
    ],
    [
      { fact: 'event-create-asked', slug: null },
      'asked',
      'luma-sync',
      'Asked Luma to create the event under an address of Luma’s choice.',
    ],
    [
      { fact: 'event-create-answered', lumaEventId: 'evt-1', isAdopted: true, foundBy: 'start-and-name' },
      'answered',
      'luma-sync',
      'Found the event at Luma by its start and name (evt-1): an earlier request went through and its answer was lost. Adopted, not created again.',
    ],
    [
      { fact: 'event-create-answered', lumaEventId: 'evt-1', isAdopted: false },
      'answered',
      'luma',
      'Luma created the event (evt-1).',
    ],
    [
      { fact: 'event-create-answered', lumaEventId: 'evt-1', isAdopted: true },
      'answered',
      'luma-sync',
      'Found the event at Luma under its reserved address (evt-1): an earlier request went through and its answer was lost. Adopted, not created again.',
    ],
    [
      { fact: 'event-pushed', revision: 2, fields: ['title'], mailReason: 'No mail: a repeated request never mails.' },
      'answered',
      'luma',
      'Luma holds revision 2 (title). No mail: a repeated request never mails.',
    ],
    [
      { fact: 'event-pushed', revision: 2, fields: ['title'], mailReason: null },
      'answered',
      'luma',
      'Luma holds revision 2 (title).',
    ],
    [
      {
        fact: 'event-not-at-luma',
        fields: [
          { field: 'coordinate', why: 'cannot_be_emptied' },
          { field: 'meetingUrl', why: 'refused', message: 'Invalid URL' },
          { field: 'title', why: 'rewritten' },
          { field: 'visibility', why: 'not_shown' },
        ],
      },
      'answered',
      'luma',
      'Not at Luma: coordinate (Luma’s API cannot empty this field; a host can, on Luma’s page of the event); meetingUrl (Luma refuses this value: Invalid URL); title (Luma stored another writing of it); visibility (Luma accepted this value and still shows the one from before).',
    ],
    [
      { fact: 'event-at-luma-again', fields: ['coordinate'] },
      'observed',
      'luma',
      'Both sides hold the same again: coordinate.',
    ],
    [
      { fact: 'event-cover-refused', code: 'cover.unsupported_type', message: 'the cover is SVG' },
      'decided',
      'luma-sync',
      'The event’s cover was not used: the cover is SVG.',
    ],
    [
      { fact: 'event-push-given-up', code: 'luma.rejected', message: 'Luma says no' },
      'failed',
      'luma-sync',
      'Push given up: Luma says no',
    ],
    [{ fact: 'event-first-seen', ...seen }, 'observed', 'luma', 'First seen at Luma, seen 14:02 UTC by webhook.'],
    [
      { fact: 'event-changed-there', fields: ['title', 'startsAt'], ...seen, via: 'drift check' },
      'observed',
      'luma',
      'Changed at Luma: title, startsAt; taken over, seen 14:02 UTC by drift check.',
    ],
    [
      { fact: 'event-gone', isCancelled: true, ...seen },
      'observed',
      'luma',
      'Cancelled at Luma, seen 14:02 UTC by webhook; marked cancelled here as well.',
    ],
    [
      { fact: 'event-gone', isCancelled: false, ...seen },
      'observed',
      'luma',
      'Luma no longer has this event, seen 14:02 UTC by webhook and confirmed by a read. Nothing was deleted here.',
    ],
    [
      { fact: 'event-id-reused', lumaEventId: 'evt-1', ...seen },
      'observed',
      'luma',
      'Luma’s evt-1 is another event now, seen 14:02 UTC by webhook. Nothing was merged, sent or cancelled.',
    ],
    [
      { fact: 'event-adopted', lumaEventId: 'evt-1', by: 'time_and_name', fields: ['description', 'cover'] },
      'decided',
      'luma-sync',
      'Luma’s evt-1 is this event: start and name are the same, and nothing else fits. Taken from Luma, since it was empty here: description, cover.',
    ],
    [
      { fact: 'event-adopted', lumaEventId: 'evt-1', by: 'answer', fields: [] },
      'decided',
      'luma-sync',
      'Luma’s evt-1 is this event: a person said so.',
    ],
    [
      { fact: 'event-in-doubt', lumaEventIds: ['evt-1'] },
      'decided',
      'luma-sync',
      'This event may be Luma’s evt-1. Nothing was created: a person has to say at /v1/backfill-questions.',
    ],
    [
      { fact: 'event-in-doubt', lumaEventIds: ['evt-1', 'evt-2'] },
      'decided',
      'luma-sync',
      'This event may be one of 2 that Luma has (evt-1, evt-2). Nothing was created: a person has to say at /v1/backfill-questions.',
    ],
    [
      { fact: 'event-compared', lumaEventId: 'evt-1', answer: 'link' },
      'decided',
      'luma-sync',
      'A person said that Luma’s evt-1 is this event: the two are tied now.',
    ],
    [
      { fact: 'event-compared', lumaEventId: 'evt-1', answer: 'keep_apart' },
      'decided',
      'luma-sync',
      'A person said that Luma’s evt-1 is another event: the two stay apart.',
    ],
    [
      { fact: 'conflict', field: 'timezone', kept: 'ours', rule: 'adoption' },
      'decided',
      'luma-sync',
      'Both sides had their own timezone when they met: ours stays, since the app speaks for its event now. Both values are kept in the conflict.',
    ],
    [
      { fact: 'conflict', field: 'visibility', kept: 'theirs', rule: 'adoption' },
      'decided',
      'luma-sync',
      'Both sides had their own visibility when they met: Luma’s stays, since adopting an event does not publish it. Both values are kept in the conflict.',
    ],
    [
      { fact: 'conflict', field: 'title', kept: 'ours', rule: 'owner' },
      'decided',
      'luma-sync',
      'Both sides changed title: ours stays, since the record began in the app. Both values are kept in the conflict.',
    ],
    [
      { fact: 'conflict', field: 'title', kept: 'theirs', rule: 'owner' },
      'decided',
      'luma-sync',
      'Both sides changed title: Luma’s stays, since the record began there. Both values are kept in the conflict.',
    ],
    [
      { fact: 'conflict', field: 'status', kept: 'theirs', rule: 'declined' },
      'decided',
      'luma-sync',
      'Both sides changed status: Luma’s stays, since nobody is approved against a refusal. Both values are kept in the conflict.',
    ],
    [
      { fact: 'conflict-settled', field: 'title', keep: 'theirs', isFlipped: true },
      'decided',
      'luma-sync',
      'The conflict over title was decided the other way: Luma’s value is put in its place, and nobody is mailed.',
    ],
    [
      { fact: 'conflict-settled', field: 'title', keep: 'ours', isFlipped: false },
      'decided',
      'luma-sync',
      'The conflict over title was looked at and confirmed: our value stays.',
    ],
  ])('an event: %j', told);

  it.each<Row>([
    [
      { fact: 'rsvp-answered', revision: 1, status: 'going', person: 'new' },
      'decided',
      'luma-sync',
      'The app says going (first answer); a new person.',
    ],
    [
      { fact: 'rsvp-answered', revision: 2, status: 'cancelled', person: 'known' },
      'decided',
      'luma-sync',
      'The app says cancelled (revision 2).',
    ],
    [
      { fact: 'rsvp-answered', revision: 3, status: 'interested', person: 'known' },
      'decided',
      'luma-sync',
      'The app says interested (revision 3). Luma has no word for it but an invitation: nothing is sent.',
    ],
    [
      { fact: 'rsvp-answered', revision: 2, status: 'going', person: 'changed' },
      'decided',
      'luma-sync',
      'The app says going (revision 2); name, mail or phone changed.',
    ],
    [
      { fact: 'rsvp-answered', revision: 2, status: 'going', person: 'taken-over' },
      'decided',
      'luma-sync',
      'The app says going (revision 2); the person was known from Luma and signed up at the app, history kept.',
    ],
    [
      { fact: 'rsvp-answered', revision: 2, status: 'going', person: 'absorbed' },
      'decided',
      'luma-sync',
      'The app says going (revision 2); a person known from Luma has the same mail: both are one now, history kept.',
    ],
    [
      { fact: 'rsvp-decided', revision: 2, status: 'rejected' },
      'decided',
      'luma-sync',
      'A host decided rejected (revision 2).',
    ],
    [
      { fact: 'rsvp-asked', how: 'add', approvalStatus: 'approved', revision: 1, isRepeat: false },
      'asked',
      'luma-sync',
      'Asked Luma to add the guest as approved (revision 1); confirmed by a later look.',
    ],
    [
      { fact: 'rsvp-asked', how: 'update', approvalStatus: 'declined', revision: 2, isRepeat: true },
      'asked',
      'luma-sync',
      'Asked Luma to change the guest to declined once more, as a repeat that mails nobody (revision 2); confirmed by a later look.',
    ],
    [{ ...guest, reason: 'first-seen' }, 'observed', 'luma', 'Registered at Luma: going, seen 14:02 UTC by webhook.'],
    [
      { ...guest, reason: 'first-seen', approvalStatus: 'session' },
      'observed',
      'luma',
      'Registered at Luma: going (Luma’s undocumented "session"), seen 14:02 UTC by webhook; earns no coupon and no mail.',
    ],
    [{ ...guest, reason: 'confirmed' }, 'answered', 'luma', 'Luma has this guest as going, seen 14:02 UTC by webhook.'],
    [
      { ...guest, reason: 'changed-there', status: 'waitlist', approvalStatus: 'waitlist' },
      'observed',
      'luma',
      'Changed at Luma to waitlist, seen 14:02 UTC by webhook.',
    ],
    [
      { ...guest, reason: 'declined-there', status: 'rejected', approvalStatus: 'declined' },
      'observed',
      'luma',
      'Declined at Luma, not by us, seen 14:02 UTC by webhook; not approved again.',
    ],
    [
      { ...guest, reason: 'conflict', status: 'cancelled', approvalStatus: 'waitlist' },
      'decided',
      'luma-sync',
      'Both sides changed the answer, Luma to waitlist: cancelled stays, seen 14:02 UTC by webhook.',
    ],
    [
      { ...guest, reason: 'details', checkedInAt: '2030-01-02T18:05:00.000Z' },
      'observed',
      'luma',
      'Details changed at Luma, seen 14:02 UTC by webhook; check-in 18:05 UTC.',
    ],
    [
      { ...guest, reason: 'details', tickets: 3, checkedInAt: '2030-01-02T18:05:00.000Z' },
      'observed',
      'luma',
      'Details changed at Luma, seen 14:02 UTC by webhook; 3 tickets; earliest check-in 18:05 UTC.',
    ],
    [
      { ...guest, reason: 'overtaken', status: 'cancelled' },
      'answered',
      'luma',
      'What was sent came through; ours is cancelled by now and follows, seen 14:02 UTC by webhook.',
    ],
    [
      { ...guest, reason: 'differs-from-ours', approvalStatus: 'waitlist' },
      'decided',
      'luma-sync',
      'Luma has another answer (waitlist); ours, going, is sent, seen 14:02 UTC by webhook.',
    ],
    [
      { fact: 'rsvp-declined-there' },
      'skipped',
      'luma-sync',
      'Not sent: declined at Luma, not by us. A host can decide otherwise, here or at Luma.',
    ],
    [
      { fact: 'rsvp-unverified' },
      'skipped',
      'luma-sync',
      'Not sent: Luma has a guest under this address, and the app has not verified that it is this person.',
    ],
    [
      { fact: 'rsvp-removed', was: 'going' },
      'observed',
      'luma',
      'Removed at Luma: missing from two complete guest lists and from a read of this guest. Was going here; nothing was deleted, and it can be undone.',
    ],
    [
      { fact: 'rsvp-restored', status: 'going' },
      'decided',
      'luma-sync',
      'Removal undone: going again. Nothing is sent to Luma; not removed again until a list has shown the guest.',
    ],
    [
      {
        fact: 'rsvp-given-up',
        code: 'rsvp.unconfirmed',
        message: 'Luma accepted it more than once and never showed it',
      },
      'failed',
      'luma-sync',
      'Push given up: Luma accepted it more than once and never showed it',
    ],
  ])('an answer: %j', told);

  it('an answer that was sent without its name', () => {
    told(
      { fact: 'rsvp-name-refused', message: 'Too odd' },
      'skipped',
      'luma-sync',
      'Sent without the name, which Luma refuses: Too odd',
    );
  });

  it.each<Row>([
    [
      { fact: 'coupon-assigned', pool: 'Drinks', mail: 'asked-for', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'A code of "Drinks" was given, for a confirmed place; a mail is on its way.',
    ],
    [
      { fact: 'coupon-assigned', pool: 'Drinks', mail: 'not-wanted', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'A code of "Drinks" was given, for a confirmed place; no mail, since none was asked for.',
    ],
    [
      { fact: 'coupon-assigned', pool: 'Drinks', mail: 'no-address', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'A code of "Drinks" was given, for a confirmed place; no mail, since the person has no address.',
    ],
    [
      { fact: 'coupon-mail-asked', pool: 'Drinks', askedBy: 'guest.pull' },
      'decided',
      'luma-sync',
      'The code of "Drinks", given before without a mail, is mailed now: a guest pull asked for it.',
    ],
    [
      { fact: 'coupon-missing', pool: 'Drinks' },
      'waiting',
      'luma-sync',
      'The guest earned a code of "Drinks", and none is left; new codes of the pool are given out by themselves.',
    ],
    [
      { fact: 'coupon-pool-empty', pool: 'Drinks' },
      'waiting',
      'luma-sync',
      'The coupon pool "Drinks" has no codes left for guests of this event; new codes of the pool are given out by themselves.',
    ],
    [
      { fact: 'coupon-mailed', providerId: 'm1' },
      'mailed',
      'luma-sync',
      'The coupon code was mailed, since the guest has a confirmed place (m1).',
    ],
    [
      { fact: 'coupon-withdrawn', reason: 'no-place' },
      'decided',
      'luma-sync',
      'The coupon code was taken back before it was mailed: the person holds no place any more.',
    ],
    [
      { fact: 'coupon-withdrawn', reason: 'event-cancelled' },
      'decided',
      'luma-sync',
      'The coupon code was taken back before it was mailed: the event was cancelled.',
    ],
    [
      { fact: 'coupon-settled', isSent: true },
      'decided',
      'luma-sync',
      'The coupon mail, of which nobody knew, was found to have arrived.',
    ],
    [
      { fact: 'coupon-settled', isSent: false },
      'decided',
      'luma-sync',
      'The coupon mail, of which nobody knew, did not arrive and is sent again.',
    ],
    [{ fact: 'calendar-created', kind: 'luma' }, 'decided', 'luma-sync', 'The calendar was added, of kind luma.'],
    [
      { fact: 'calendar-changed', fields: ['name', 'apiKey'] },
      'decided',
      'luma-sync',
      'Settings changed: name, apiKey.',
    ],
    [
      { fact: 'coupon-pool-created', pool: 'Drinks' },
      'decided',
      'luma-sync',
      'The coupon pool "Drinks" was made for this calendar.',
    ],
    [{ fact: 'coupon-codes-added', pool: 'Drinks', codes: 1 }, 'decided', 'luma-sync', '1 code was added to "Drinks".'],
    [
      { fact: 'calendar-status', status: 'ok', reason: null },
      'observed',
      'luma',
      'Luma accepts the key again; what waited goes on.',
    ],
    [
      { fact: 'calendar-status', status: 'auth_failed', reason: '401 for GET /v1/events/get' },
      'observed',
      'luma',
      'Luma refuses the calendar’s key (401 for GET /v1/events/get); its work waits, and goes on by itself when the key works again.',
    ],
    [
      { fact: 'calendar-status', status: 'disconnected', reason: 'Luma cannot be reached' },
      'observed',
      'luma-sync',
      'A test of the connection to Luma failed (Luma cannot be reached); work goes on trying.',
    ],
    [
      { fact: 'calendar-status', status: 'connected', reason: null },
      'observed',
      'luma',
      'Luma answers the calendar’s key again.',
    ],
    [
      { fact: 'calendar-status', status: 'plan_inactive', reason: null },
      'observed',
      'luma',
      'Luma says that the calendar has no active plan; its work waits, and goes on by itself when the key works again.',
    ],
  ])('a coupon or a calendar: %j', told);

  it.each<Row>([
    [
      {
        ...run,
        ending: { kind: 'done', details: { lumaEventId: 'evt-1', sent: 2, taken: 0 } },
        requests: [{ ...request, method: 'POST', path: '/v1/events/update', durationMs: 81 }, request],
      },
      'answered',
      'luma-sync',
      'Push of the event ended well: sent 2. 2 requests to Luma: update the event (200, 81 ms); read the event (200, 40 ms). Asked for by the app (shop).',
    ],
    [
      { ...run, job: 'rsvp.push', askedBy: 'event.push', requests: [request] },
      'answered',
      'luma-sync',
      'Push of answers ended well; nothing changed. One request to Luma: read the event (200, 40 ms). Follows from: push of the event.',
    ],
    [
      { ...run, job: 'event.pull', trigger: 'manual', requests: [request] },
      'answered',
      'luma-sync',
      'Look at the event ended well; nothing changed. One request to Luma: read the event (200, 40 ms). Asked for by hand (shop).',
    ],
    [
      {
        ...run,
        job: 'rsvp.push',
        trigger: 'scheduled',
        requests: Array.from({ length: 12 }, () => ({ ...request, path: '/v1/events/guests/get', durationMs: 10 })),
        requestsMore: 5,
      },
      'answered',
      'luma-sync',
      'Push of answers ended well; nothing changed. 17 requests to Luma: read a guest ×12 (200, 120 ms), and 5 more. Asked for by the schedule.',
    ],
    [
      { ...run, ending: { kind: 'skipped', reason: 'already-pushed' } },
      'skipped',
      'luma-sync',
      'Push of the event: nothing was done, Luma has this revision. Asked for by the app (shop).',
    ],
    [
      { ...run, trigger: 'webhook', job: 'new.job', ending: { kind: 'skipped', reason: 'some-new-reason' } },
      'skipped',
      'luma-sync',
      'new.job: nothing was done, some new reason.',
    ],
    [
      {
        ...run,
        ending: { kind: 'waiting', code: 'limiter.budget', message: 'waits', until: '2030-01-02T14:03:20.500Z' },
      },
      'waiting',
      'luma-sync',
      'Push of the event waits until 14:03:20 UTC: the request budget is spent (limiter.budget). Asked for by the app (shop).',
    ],
    [
      {
        ...run,
        ending: {
          kind: 'waiting',
          code: 'operation.lease_lost',
          message: 'another run has taken this operation over',
          until: '2030-01-02T14:03:20.500Z',
        },
      },
      'waiting',
      'luma-sync',
      'Push of the event: this run stopped, another run has taken this operation over (operation.lease_lost). Asked for by the app (shop).',
    ],
    [
      {
        ...run,
        ending: {
          kind: 'retry',
          code: 'luma.unavailable',
          message: 'POST /v1/events/update was answered 503',
          attempt: 2,
        },
        requests: [{ ...request, method: 'POST', path: '/v1/events/update', status: 503, code: 'luma.unavailable' }],
      },
      'failed',
      'luma-sync',
      'Push of the event failed in attempt 2 and is tried again: POST /v1/events/update was answered 503 (luma.unavailable). One request to Luma: update the event (503, luma.unavailable, 40 ms). Asked for by the app (shop).',
    ],
    [
      {
        ...run,
        ending: { kind: 'failed', code: 'luma.rejected', message: 'Luma says no', attempt: 1 },
        requests: [{ ...request, path: '/v9/new', status: null, code: 'luma.outcome_unknown' }],
      },
      'failed',
      'luma-sync',
      'Push of the event failed in attempt 1, the last: Luma says no (luma.rejected). One request to Luma: GET /v9/new (no answer, luma.outcome_unknown, 40 ms). Asked for by the app (shop).',
    ],
    [
      { ...run, ending: { kind: 'interrupted' } },
      'waiting',
      'luma-sync',
      'Push of the event was interrupted by a shutdown or a lost lease, and goes on. Asked for by the app (shop).',
    ],
    [
      {
        ...run,
        job: 'inbox.apply',
        trigger: 'webhook',
        ending: { kind: 'done', details: { type: 'event.updated', applied: 'unchanged' } },
      },
      'skipped',
      'luma-sync',
      'Webhook event.updated: nothing new; an echo of our own push, or seen before.',
    ],
    [
      {
        ...run,
        job: 'inbox.apply',
        trigger: 'webhook',
        ending: { kind: 'done', details: { type: 'guest.updated', applied: 'updated' } },
        requests: [{ ...request, path: '/v1/events/guests/get' }],
      },
      'observed',
      'luma-sync',
      'Webhook guest.updated: news. One request to Luma: read a guest (200, 40 ms).',
    ],
  ])('a run: %j', told);
});

/** Of the fact, and of the entry that the store keeps of it. */
function told(fact: TimelineFact, kind: string, actor: string, message: string): void {
  expect(renderFact(fact)).toEqual({ kind, actor, message });
  const { fact: name, ...data } = fact;
  const details: unknown = JSON.parse(JSON.stringify(data));
  expect(renderEntry({ fact: name, details, message: null, kind: null, actor: null })).toEqual({
    kind,
    actor,
    message,
  });
}
