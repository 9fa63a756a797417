import { describe, it } from '@jest/globals';
import { expectRendered, type Row } from '../test/expect-rendered.js';

const seen = { via: 'webhook', seenAt: '2030-01-02T14:02:59.000Z' };
const guest = {
  fact: 'rsvp-seen',
  status: 'going',
  approvalStatus: 'approved',
  tickets: 1,
  checkedInAt: null,
  ...seen,
} as const;

describe('the messages of answers', () => {
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
      'Asked Luma to change the guest to declined once more, as a repeat that mails nobody (revision 2); ' +
        'confirmed by a later look.',
    ],
    [{ ...guest, reason: 'first-seen' }, 'observed', 'luma', 'Registered at Luma: going, seen 14:02 UTC by webhook.'],
    [
      { ...guest, reason: 'first-seen', approvalStatus: 'session' },
      'observed',
      'luma',
      'Registered at Luma: going (Luma’s undocumented "session"), seen 14:02 UTC by webhook; earns no coupon ' +
        'and no mail.',
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
      'Removed at Luma: missing from two complete guest lists and from a read of this guest. Was going here; ' +
        'nothing was deleted, and it can be undone.',
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
  ])('%j', expectRendered);

  it('an answer that was sent without its name', () => {
    expectRendered(
      { fact: 'rsvp-name-refused', message: 'Too odd' },
      'skipped',
      'luma-sync',
      'Sent without the name, which Luma refuses: Too odd',
    );
  });
});
