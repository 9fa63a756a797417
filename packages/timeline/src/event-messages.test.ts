import { describe, it } from '@jest/globals';
import { expectRendered, type Row } from '../test/expect-rendered.js';

const seen = { via: 'webhook', seenAt: '2030-01-02T14:02:59.000Z' };

describe('the messages of events', () => {
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
      'Found the event at Luma by its start and name (evt-1): an earlier request went through and its answer ' +
        'was lost. Adopted, not created again.',
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
      'Found the event at Luma under its reserved address (evt-1): an earlier request went through and its ' +
        'answer was lost. Adopted, not created again.',
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
      'Not at Luma: coordinate (Luma’s API cannot empty this field; a host can, on Luma’s page of the event); ' +
        'meetingUrl (Luma refuses this value: Invalid URL); title (Luma stored another writing of it); ' +
        'visibility (Luma ' +
        'accepted this value and still shows the one from before).',
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
      'Luma’s evt-1 is this event: start and name are the same, and nothing else fits. Taken from Luma, since ' +
        'it was empty here: description, cover.',
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
      'This event may be one of 2 that Luma has (evt-1, evt-2). Nothing was created: a person has to say at ' +
        '/v1/backfill-questions.',
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
      'Both sides had their own timezone when they met: ours stays, since the app speaks for its event now. ' +
        'Both values are kept in the conflict.',
    ],
    [
      { fact: 'conflict', field: 'visibility', kept: 'theirs', rule: 'adoption' },
      'decided',
      'luma-sync',
      'Both sides had their own visibility when they met: Luma’s stays, since adopting an event does not ' +
        'publish it. Both values are kept in the conflict.',
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
      'Both sides changed status: Luma’s stays, since nobody is approved against a refusal. Both values are ' +
        'kept in the conflict.',
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
  ])('%j', expectRendered);
});
