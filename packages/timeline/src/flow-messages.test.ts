import { describe, it } from '@jest/globals';
import { expectRendered, type Row } from '../test/expect-rendered.js';

const mail = { purpose: 'event.cancel', allowed: true, recipients: 3, confirmedBy: 'ops' };
const repaired = { fact: 'webhook-repaired', webhookId: null, since: null } as const;

describe('the messages of flows', () => {
  it.each<Row>([
    [
      { fact: 'removal-asked', recordType: 'rsvp', missing: 12, total: 40 },
      'skipped',
      'luma-sync',
      '12 of 40 guests are missing from Luma’s complete list. Nobody was removed: a person has to say what that means.',
    ],
    [
      { fact: 'removal-asked', recordType: 'event', missing: 6, total: 9 },
      'skipped',
      'luma-sync',
      '6 of 9 events are missing from Luma’s complete list. None was taken for deleted: a person has to say ' +
        'what that means.',
    ],
    [
      { fact: 'removal-answered', recordType: 'rsvp', missing: 12, total: 40, answer: 'keep', questionId: 'q' },
      'decided',
      'luma-sync',
      'A person was asked what it means that 12 of 40 guests are missing at Luma: they stay as they are.',
    ],
    [
      { fact: 'removal-answered', recordType: 'event', missing: 6, total: 9, answer: 'remove', questionId: 'q' },
      'decided',
      'luma-sync',
      'A person was asked what it means that 6 of 9 events are missing at Luma: those that a read finds gone ' +
        'are removed here.',
    ],
    [
      { fact: 'guest-second-entry', lumaGuestId: 'gst-2', status: 'waitlist', via: 'guest pull' },
      'observed',
      'luma',
      'Luma has a second entry of this person, waitlist (gst-2, seen by guest pull); this answer stands for the ' +
        'first. A host can put it right at Luma.',
    ],
    [
      { fact: 'guest-id-reused', lumaGuestId: 'gst-2', otherEventId: 'e-1', via: 'pull' },
      'skipped',
      'luma-sync',
      'Luma shows the guest gst-2 (seen by pull), who is linked to event e-1 here. The guest was left out.',
    ],
    [
      { fact: 'cancel-ordered', guests: 1 },
      'decided',
      'luma-sync',
      'To be cancelled at Luma for good: Luma will mail 1 guest at most and delete the event there.',
    ],
    [
      { fact: 'cancel-asked', refund: true, mail },
      'asked',
      'luma-sync',
      'Asked Luma to cancel the event for good. Luma mails 3 guests: ops confirmed their number. Paid tickets ' +
        'are refunded.',
    ],
    [
      { fact: 'cancel-asked', refund: null, mail },
      'asked',
      'luma-sync',
      'Asked Luma to cancel the event for good. Luma mails 3 guests: ops confirmed their number. Nothing is refunded.',
    ],
    [
      { fact: 'mail-decided', reason: 'No mail: a repeated request never mails.', mail },
      'decided',
      'luma-sync',
      'No mail: a repeated request never mails.',
    ],
    [
      { fact: 'held-mails-answered', answer: 'confirmed', recipients: 4 },
      'decided',
      'luma-sync',
      'The mails that were held back are confirmed: Luma may mail 4 guests.',
    ],
    [
      { fact: 'held-mails-answered', answer: 'discarded', recipients: 1 },
      'decided',
      'luma-sync',
      'The mails that were held back are discarded, those of 1 guest.',
    ],
    [
      { ...repaired, what: 'asleep' },
      'decided',
      'luma-sync',
      'Luma’s webhook was paused or lacked types of news, and was woken. What it may have missed is listed again.',
    ],
    [
      { ...repaired, what: 'missing', webhookId: 'whk-1' },
      'decided',
      'luma-sync',
      'Luma’s webhook (whk-1) was missing, and was made anew. What it may have missed is listed again.',
    ],
    [
      { ...repaired, what: 'silent', since: '2030-01-02T14:00:00.000Z' },
      'decided',
      'luma-sync',
      'Luma’s webhook told us nothing though lists showed news since 2030-01-02T14:00:00.000Z, and was made ' +
        'anew. What it may have missed is listed again.',
    ],
    [
      { ...repaired, what: 'other-secret' },
      'decided',
      'luma-sync',
      'Luma’s webhook had another secret than we knew, so that its deliveries were refused; the secret was ' +
        'taken over. What it may have missed is listed again.',
    ],
    [
      { fact: 'webhook-silent' },
      'observed',
      'luma-sync',
      'Luma’s webhook stands and was made anew not long ago, yet nothing arrives. Can Luma reach PUBLIC_URL ' +
        'from outside?',
    ],
  ])('%j', expectRendered);
});
